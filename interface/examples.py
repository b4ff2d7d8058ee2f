"""The recordings that come with the app, one for each instrument and one of several."""

import filecmp
from pathlib import Path

from instrument_model.labels import DISPLAY_NAMES, INSTRUMENT_NAMES

from . import strings

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
EXAMPLE_NAMES = (*INSTRUMENT_NAMES, "ensemble")


def example_path(name: str) -> Path:
    """Return the file of an example."""
    return EXAMPLES / f"{name}.mp3"


def example_title(name: str) -> str:
    """Return the text on an example's button."""
    return DISPLAY_NAMES.get(name, strings.EXAMPLE_ENSEMBLE)


def example_of(clip: str) -> str | None:
    """Return the name of the example that a clip is a copy of; None if it is not one."""
    name = Path(clip).stem
    return name if name in EXAMPLE_NAMES and filecmp.cmp(clip, example_path(name), shallow=False) else None
