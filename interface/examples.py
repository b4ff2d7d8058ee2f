"""The recordings that come with the app, one for each instrument and one of several."""

import filecmp
from pathlib import Path

from instrument_model.labels import LABELS, LabelSet

from .strings import Texts

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
EXAMPLE_NAMES = (*(name for name in LABELS.instruments if (EXAMPLES / f"{name}.mp3").is_file()), "ensemble")


def examples_for(labels: LabelSet) -> list[str]:
    """Return the examples of a model's instruments; none for a model that has no instrument of theirs."""
    theirs = [name for name in EXAMPLE_NAMES if name in labels.instruments]
    return [*theirs, EXAMPLE_NAMES[-1]] if theirs else []


def example_path(name: str) -> Path:
    """Return the file of an example."""
    return EXAMPLES / f"{name}.mp3"


def example_title(texts: Texts, name: str) -> str:
    """Return the text on an example's button."""
    return texts.names(LABELS).get(name, texts.recording.ensemble)


def example_of(clip: str) -> str | None:
    """Return the name of the example that a clip is a copy of; None if it is not one."""
    name = Path(clip).stem
    return name if name in EXAMPLE_NAMES and filecmp.cmp(clip, example_path(name), shallow=False) else None
