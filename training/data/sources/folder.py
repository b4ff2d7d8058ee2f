"""A folder per class, the simplest library there is.

    recordings/violin/anything.wav      or, with the split made by hand,     recordings/train/violin/anything.wav
    recordings/violin_notes/a4.wav                                           recordings/dev/violin/anything else.wav
    recordings/other/oboe.flac

Folders are named after our labels; `other` holds what is none of them. `_notes` after the name says that each file is
one isolated note rather than played music. Files cut from one recording stay on one side of the split if they share a
subfolder (`violin/concert/1.wav`) or their names differ in a last number alone (`concert-1.wav`, `concert-2.wav`).
Where what precedes the number names no recording, being the class or a word such as "take" (`violin_01.wav`,
`violin_02.wav`), every file is a recording of its own.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import cast, get_args

from instrument_model.batch.recordings import SUFFIXES
from instrument_model.labels import LABEL_NAMES

from ...errors import TrainingError
from ..clips import OTHER, Clip, Kind, Split

NOTES = "_notes"
NUMBER = re.compile(r"[-_ .(]+\d+\)?$")  # at the end of a name
GENERIC_WORDS = {
    *("audio", "clip", "example", "excerpt", "file", "note", "part", "phrase", "recording", "sample", "solo", "song"),
    *("sound", "take", "test", "track", "untitled"),
}
"""Words that tell one recording from another as little as the name of the class does."""


ENOUGH = 5
"""Recordings of a class from which two are held out, so that no figure rests on one of them."""


def share_of(name: str, seed: int) -> float:
    """Return a number in [0, 1) drawn from a name and a seed alone: a recording never changes its side of a split."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def read(
    root: Path,
    *,
    dev_share: float = 0.1,
    seed: int = 0,
    source: str | None = None,
    labels: Collection[str] | None = LABEL_NAMES,
) -> list[Clip]:
    """Read a folder per class.

    Args:
        root: Holds a folder per label, or `train`, `dev` and `test` folders that do.
        dev_share: Share of the recordings kept for development, 0 to 1, where there are no `train` and `dev` folders;
            at least one of each class that has several, and two of one that has `ENOUGH`. A class of one recording is
            for training.
        seed: Draws which recordings those are.
        source: Name of the collection; the folder's name where it is not given.
        labels: What a folder may be named after; None allows any name.

    Raises:
        TrainingError: The folder is missing, holds a folder that is no label, or a class without audio files.
    """
    if not root.is_dir():
        raise TrainingError(f"The folder {root} does not exist; give a folder that holds a folder per class.")
    sides = [sub for sub in _subfolders(root) if sub.name in get_args(Split)]
    clips = []
    for folder in sides or [root]:
        for label, kind, files in _classes(folder, labels):
            groups = {path: _group(path, root, label, depth=2 if sides else 1) for path in files}
            held_out = _held_out(set(groups.values()), dev_share, seed)
            for path, group in groups.items():
                split = cast(Split, folder.name) if sides else "dev" if group in held_out else "train"
                sounding = () if label == OTHER else (label,)
                clips.append(Clip(path, sounding, kind, split, source or root.name, group, detail=label))
    if not clips:
        raise TrainingError(f"The folder {root} holds no class folders; name them {_named(labels)} or {OTHER}.")
    return clips


def _named(labels: Collection[str] | None) -> str:
    return "after your classes" if labels is None else ", ".join(labels)


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _classes(folder: Path, labels: Collection[str] | None) -> Iterator[tuple[str, Kind, list[Path]]]:
    for sub in _subfolders(folder):
        label = sub.name.removesuffix(NOTES)
        if labels is not None and label not in (*labels, OTHER):
            raise TrainingError(f"The folder {sub} is not named after a label; use {_named(labels)} or {OTHER}.")
        files = sorted(path for path in sub.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not files:
            raise TrainingError(f"The class folder {sub} has no audio files; fill it or remove it.")
        yield label, "note" if sub.name.endswith(NOTES) else "phrase", files


def _held_out(groups: set[str], dev_share: float, seed: int) -> set[str]:
    """Return the recordings of a class that are kept for development: those drawn, but at least one and never all.

    Of `ENOUGH` recordings at least two are kept.
    """
    if len(groups) < 2 or not dev_share:
        return set()
    ranking = sorted(groups, key=lambda group: share_of(group, seed))
    drawn = sum(share_of(group, seed) < dev_share for group in ranking)
    least = 2 if len(groups) >= ENOUGH else 1
    return set(ranking[: min(max(drawn, least), len(groups) - 1)])


def _group(path: Path, root: Path, label: str, depth: int) -> str:
    """Return the recording that a file is cut from.

    Args:
        path: The file.
        root: Of the collection.
        label: Of the file.
        depth: Of the class folder below the root.

    Returns:
        The subfolder of the class folder if there is one; else the name without its number, or with it where the rest
        names no recording.
    """
    inside = path.relative_to(root)
    if len(inside.parts) > depth + 1:
        return inside.parent.as_posix()
    name = NUMBER.sub("", inside.stem)
    words = set(re.findall(r"[^\W_]+", name.lower()))
    says_nothing = words <= GENERIC_WORDS | set(label.split("_"))
    return (inside.parent / (inside.stem if says_nothing else name)).as_posix()
