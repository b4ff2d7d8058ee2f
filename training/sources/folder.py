"""A folder per class, the simplest library there is.

    recordings/violin/anything.wav      or, with the split made by hand,     recordings/train/violin/anything.wav
    recordings/violin_notes/a4.wav                                           recordings/dev/violin/anything else.wav
    recordings/other/oboe.flac

Folders are named after our labels; `other` holds what is none of them. `_notes` after the name says that each file is
one isolated note rather than played music. Files cut from one recording stay on one side of the split if they share a
subfolder (`violin/concert/1.wav`) or their names differ in a last number alone (`concert-1.wav`, `concert-2.wav`).
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from instrument_model.labels import LABEL_NAMES

from ..clips import Clip, Kind, Split
from ..errors import TrainingError

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".webm"})
OTHER = "other"
NOTES = "_notes"


def share_of(name: str, seed: int) -> float:
    """A number in [0, 1) drawn from a name and a seed alone: a recording never changes its side of a split."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def read(root: Path, *, dev_share: float = 0.1, seed: int = 0, source: str | None = None) -> list[Clip]:
    """Reads a folder per class.

    Args:
        root: Holds a folder per label, or `train`, `dev` and `test` folders that do.
        dev_share: Share of the recordings kept for development, 0 to 1, where there are no `train` and `dev` folders.
            A class of one recording is for training.
        seed: Draws which recordings those are.
        source: Name of the collection; the folder's name where it is not given.

    Raises:
        TrainingError: The folder is missing, holds a folder that is no label, or a class without audio files.
    """
    if not root.is_dir():
        raise TrainingError(f"The folder {root} does not exist; give a folder that holds a folder per class.")
    sides = [sub for sub in _subfolders(root) if sub.name in get_args(Split)]
    clips = []
    for folder in sides or [root]:
        for label, kind, files in _classes(folder):
            groups = {path: _group(path, root, depth=2 if sides else 1) for path in files}
            several = len(set(groups.values())) > 1
            for path, group in groups.items():
                drawn: Split = "dev" if several and share_of(group, seed) < dev_share else "train"
                split = cast(Split, folder.name) if sides else drawn
                labels = () if label == OTHER else (label,)
                clips.append(Clip(path, labels, kind, split, source or root.name, group, detail=label))
    if not clips:
        raise TrainingError(f"The folder {root} holds no class folders; name them {', '.join(LABEL_NAMES)} or {OTHER}.")
    return clips


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _classes(folder: Path) -> Iterator[tuple[str, Kind, list[Path]]]:
    for sub in _subfolders(folder):
        label = sub.name.removesuffix(NOTES)
        if label not in (*LABEL_NAMES, OTHER):
            raise TrainingError(
                f"The folder {sub} is not named after a label; use {', '.join(LABEL_NAMES)} or {OTHER}."
            )
        files = sorted(path for path in sub.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
        if not files:
            raise TrainingError(f"The class folder {sub} has no audio files; fill it or remove it.")
        yield label, "note" if sub.name.endswith(NOTES) else "phrase", files


def _group(path: Path, root: Path, depth: int) -> str:
    """The subfolder of the class folder, which is `depth` levels below the root; else the name without its number."""
    inside = path.relative_to(root)
    if len(inside.parts) > depth + 1:
        return inside.parent.as_posix()
    return (inside.parent / re.sub(r"[-_ ]+\d+$", "", inside.stem)).as_posix()
