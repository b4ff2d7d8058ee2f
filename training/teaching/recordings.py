"""The recordings of a folder per class, split by recording, and a word where there are too few of them."""

from collections.abc import Sequence
from pathlib import Path

from instrument_model.errors import ModelError
from instrument_model.labels import Label, LabelSet

from ..data.clips import OTHER, Clip
from ..data.sources import folder
from ..errors import TrainingError
from ..models.audioset import FAMILIES

LEAST = 3
"""Recordings that a class needs: one is held out, and calibration compares the others with each other."""

FEW = 15
"""Recordings of a class below which its figures say little."""


def read(root: Path, held_out: float, seed: int) -> tuple[list[Clip], LabelSet]:
    """Read a folder per class, and make labels of the classes.

    Args:
        root: Holds a folder for each class, and `other` for what is none of them.
        held_out: Share of the recordings that are kept for the evaluation, as the split `dev`.
        seed: Draws which ones.

    Raises:
        TrainingError: The folder cannot be used, or a class has too few recordings.
    """
    clips = folder.read(root, dev_share=held_out, seed=seed, labels=None)
    names = list(dict.fromkeys(clip.detail for clip in clips if clip.labels))
    if not names:
        raise TrainingError(f"{root} holds nothing but {OTHER}; add a folder for each class that you want to teach.")
    if len(names) == 1 and not any(clip.detail == OTHER for clip in clips):
        raise TrainingError(
            f"{root} holds one class alone, and nothing to tell it from; add a folder {OTHER} with sounds that are not "
            f"{names[0]}."
        )
    try:
        found = LabelSet.from_names(names)
        labels = LabelSet(tuple(_with_family(label) for label in found))
    except ModelError as error:
        raise TrainingError(f"The folders of {root} cannot name the labels of a model: {error}") from error
    check(clips)
    return clips, labels


def check(clips: Sequence[Clip]) -> None:
    """Refuse a class with too few recordings.

    Raises:
        TrainingError: Names the class.
    """
    for name, sides in recordings(clips).items():
        if sum(sides) < LEAST or not min(sides):
            raise TrainingError(
                f"The class {name} has {sides[0]} recordings for training and {sides[1]} to be measured by, which is "
                f"too thin; give at least {LEAST} recordings of each class, and over {FEW} for figures that mean much."
            )


def recordings(clips: Sequence[Clip]) -> dict[str, tuple[int, int]]:
    """Return how many recordings each class has for training, and how many are held out."""
    groups: dict[str, tuple[set[str], set[str]]] = {}
    for clip in clips:
        groups.setdefault(clip.detail, (set(), set()))[clip.split != "train"].add(clip.group)
    return {name: (len(training), len(held_out)) for name, (training, held_out) in groups.items()}


def warnings(clips: Sequence[Clip]) -> list[str]:
    """Return what the folder's owner should know, in sentences."""
    counts = recordings(clips)
    thin = [f"{name} ({sum(sides)})" for name, sides in counts.items() if sum(sides) < FEW]
    found = []
    if thin:
        found.append(f"Few recordings, so figures of these classes rest on little: {', '.join(thin)}.")
    if OTHER not in counts:
        found.append(
            f"There is no folder {OTHER}, so the model learns from a few examples, noise and tones alone when to "
            "answer none; it will take many other sounds for one of your classes."
        )
    return found


def _with_family(label: Label) -> Label:
    if label.family != "other":
        return label
    return Label(label.name, label.display, FAMILIES.get(label.name.lower().replace(" ", "_"), "other"), label.answer)
