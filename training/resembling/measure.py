"""How often a second head is right, on clips whose class is known and in which the model hears no instrument."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from instrument_model.atomic import write_text
from instrument_model.resemblance.head import MOST_NAMED

from ..data.clips import Clip
from ..errors import TrainingError
from .classes import SPELLINGS, right_for

RESEMBLANCE_FILE = "resemblance.json"

THRESHOLDS = tuple(n / 20 for n in range(1, 20))
RIGHT_ENOUGH = 0.8
"""The share of names that is to be right; the lowest threshold that reaches it is taken."""

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """How often the classes with the highest scores are right, whether they reach the threshold or not.

    Attributes:
        clips: How many.
        top1: The share whose likeliest class is right.
        top3: The share of which one of the three likeliest is.
    """

    clips: int
    top1: float
    top3: float


@dataclass(frozen=True)
class Resembling:
    """What was measured of a second head.

    Attributes:
        sha256: Of the weights.
        classes: How many there are.
        penalty: Of the fit to recordings; None where AudioSet's own rows were better.
        threshold: From which a class is named.
        chosen: On the half of the collections by which penalty and threshold were chosen.
        measured: On the other half.
        before: On the other half, with AudioSet's own rows.
        named: The share of clips of the other half for which something is named.
        first_right: The share of these whose first name is right.
        one_right: The share of these of which one name is.
        names_right: The share of all names that is right.
        details: On the other half, by what the clips are.
    """

    sha256: str
    classes: int
    penalty: float | None
    threshold: float
    chosen: Figures
    measured: Figures
    before: Figures
    named: float
    first_right: float
    one_right: float
    names_right: float
    details: dict[str, Figures]


class Named(NamedTuple):
    """What a threshold makes of it: the share of clips with any name, and how much of that is right.

    Attributes:
        share: Of clips for which something is named.
        first: Of these, those whose first name is right.
        any: Of these, those with a right name.
        names: Of all names, those that are right.
    """

    share: float
    first: float
    any: float
    names: float


def right_classes(clips: Sequence[Clip], names: Sequence[str]) -> Flags:
    """Return which classes are right for each clip, (clips, classes)."""
    return np.array([[name in right_for(clip) for name in names] for clip in clips])


def ranks(scores: Scores, right: Flags) -> NDArray[np.int64]:
    """Return the place of the first right class among each clip's classes, (clips,), 0 for the likeliest.

    Args:
        scores: (clips, classes).
        right: (clips, classes), at least one for each clip.
    """
    places: NDArray[np.int64] = np.take_along_axis(right, np.argsort(-scores, axis=1), axis=1).argmax(axis=1)
    return places


def figures(places: NDArray[np.int64]) -> Figures:
    """Return the figures of clips whose first right class has these places."""
    return Figures(len(places), float((places < 1).mean()), float((places < MOST_NAMED).mean()))


def by_detail(places: NDArray[np.int64], clips: Sequence[Clip]) -> dict[str, Figures]:
    """Return the figures of the clips of each kind."""
    spelt = [clip.labels[0] if clip.labels else clip.detail for clip in clips]
    details = np.array([SPELLINGS.get(name, name) for name in spelt])
    return {str(detail): figures(places[details == detail]) for detail in np.unique(details)}


def named(scores: Scores, right: Flags, threshold: float) -> Named:
    """Return what a threshold makes of it; scores and right classes are (clips, classes)."""
    order = np.argsort(-scores, axis=1)[:, :MOST_NAMED]
    said = np.take_along_axis(scores, order, axis=1) >= threshold
    true = said & np.take_along_axis(right, order, axis=1)
    some = said[:, 0]
    if not some.any():
        return Named(0.0, 0.0, 0.0, 0.0)
    first, one = true[some, 0].mean(), true[some].any(axis=1).mean()
    return Named(float(some.mean()), float(first), float(one), float(true.sum() / said.sum()))


def threshold_for(scores: Scores, right: Flags) -> float:
    """Return the lowest threshold from which names are right enough, or the one where they are most right."""
    found = {threshold: named(scores, right, threshold).names for threshold in THRESHOLDS}
    enough = [threshold for threshold, share in found.items() if share >= RIGHT_ENOUGH]
    return enough[0] if enough else max(found, key=found.__getitem__)


_FILE = TypeAdapter(Resembling)


def write(folder: Path, measured: Resembling) -> None:
    """Write what was measured into the folder of an evaluation.

    Raises:
        OSError: The folder cannot be written.
    """
    write_text(folder / RESEMBLANCE_FILE, _FILE.dump_json(measured, indent=1).decode() + "\n")


def read(folder: Path, sha256: str) -> Resembling | None:
    """Return what was measured of these weights; None if nothing was.

    Raises:
        TrainingError: The file is broken.
    """
    path = folder / RESEMBLANCE_FILE
    try:
        found = _FILE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise TrainingError(f"{path} is broken; make it with `python -m training resemblance`.") from error
    return found if found.sha256 == sha256 else None


def table(details: Mapping[str, Figures]) -> list[dict[str, str | int | float]]:
    """Return a row for each kind of clip, for tables."""
    return [
        {"sound": name.replace("_", " "), "clips": found.clips, "first": found.top1, "one of three": found.top3}
        for name, found in details.items()
    ]
