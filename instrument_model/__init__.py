"""Recognises which musical instrument is playing in a recording."""

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import AudioError, InstrumentModelError, ModelError

if TYPE_CHECKING:
    from .classifier import InstrumentClassifier
    from .prediction import Guess, ModelIdentity, Prediction, Resemblance, Segment

__version__ = "1.0.0"

__all__ = [
    "AudioError",
    "Guess",
    "InstrumentClassifier",
    "InstrumentModelError",
    "ModelError",
    "ModelIdentity",
    "Prediction",
    "Resemblance",
    "Segment",
]

_PREDICTION = ("Guess", "ModelIdentity", "Prediction", "Resemblance", "Segment")


def __getattr__(name: str) -> object:
    """Import numpy and ONNX Runtime only for those who use them (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".prediction" if name in _PREDICTION else ".classifier", __name__), name)
