"""The second head: embeddings to scores of classes that are none of the model's labels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..onnx.architecture import LAST_HIDDEN
from ..prediction import Resemblance
from .classes import BIAS, WEIGHT, ResemblanceConfig

MOST_NAMED = 3
"""Classes that a hint names."""

Floats = NDArray[np.float32]
Tensors = Mapping[str, NDArray[Any]]


def hidden_features(tensors: Tensors, embeddings: Floats) -> Floats:
    """Return the input of a network's heads.

    Args:
        tensors: Of the network.
        embeddings: (windows, channels), the last feature map's mean over time and frequency.

    Returns:
        (windows, hidden).
    """
    values = embeddings @ tensors[f"{LAST_HIDDEN}.weight"].T + tensors[f"{LAST_HIDDEN}.bias"]
    activated: Floats = values * np.clip(values + np.float32(3), 0, 6) / np.float32(6)  # hard swish
    return activated


def scores(tensors: Tensors, embeddings: Floats) -> Floats:
    """Return (windows, classes), as `scores_of`; embeddings are (windows, channels).

    Raises:
        ModelError: As `scores_of`.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        logits = hidden_features(tensors, embeddings) @ tensors[WEIGHT].T + tensors[BIAS]
    return scores_of(logits)


def scores_of(logits: Floats) -> Floats:
    """Turn the second head's logits into scores, each between 0 and 1 and for itself; (windows, classes) both.

    Raises:
        ModelError: They are no numbers, as from weights that make sums overflow.
    """
    if not np.isfinite(logits).all():
        raise ModelError("The second head's answers are not finite, so its weights are broken; use another model.")
    found: Floats = np.exp(-np.logaddexp(np.float32(0), -logits))
    return found


def resemblances(config: ResemblanceConfig, overall: Sequence[float]) -> tuple[Resemblance, ...]:
    """Return the classes that reach the threshold, up to three, the likeliest first.

    Args:
        config: Of the second head.
        overall: (classes,), the scores of a recording.
    """
    ranked = sorted(zip(config.classes.items(), overall, strict=True), key=lambda found: -found[1])
    named = [Resemblance(name, display, float(score)) for (name, display), score in ranked[:MOST_NAMED]]
    return tuple(found for found in named if found.score >= config.threshold)
