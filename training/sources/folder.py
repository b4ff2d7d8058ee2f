"""A folder per class, the simplest library there is.

    recordings/violin/anything.wav          or, with the split made by hand,      recordings/train/violin/anything.wav
    recordings/other/oboe.flac                                                    recordings/dev/violin/anything else.wav

Folders are named after our labels; `other` holds what is none of them. Files that were cut from one recording stay on one side of the split if
they share a subfolder (`violin/concert/1.wav`) or their names differ in a last number alone (`concert-1.wav`, `concert-2.wav`).
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


def share_of(name: str, seed: int) -> float:
    """A number in [0, 1) that depends on a name and a seed alone, so that a recording's side of a split never changes."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _classes(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    for sub in _subfolders(folder):
        if sub.name not in (*LABEL_NAMES, OTHER):
            raise TrainingError(
                f"The folder {sub} is not named after a label; use {', '.join(LABEL_NAMES)} or {OTHER}."
            )
        files = sorted(path for path in sub.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
        if not files:
            raise TrainingError(f"The class folder {sub} has no audio files; fill it or remove it.")
        yield sub.name, files


def _group(path: Path, folder: Path) -> str:
    inside = path.relative_to(folder)
    recording = inside.parent if len(inside.parts) > 2 else inside.parent / re.sub(r"[-_ ]+\d+$", "", inside.stem)
    return recording.as_posix()


def read(
    root: Path, *, kind: Kind = "phrase", dev_share: float = 0.1, seed: int = 0, source: str | None = None
) -> list[Clip]:
    """Reads a folder per class.

    Args:
        root: Holds a folder per label, or `train`, `dev` and `test` folders that do.
        kind: What all its files are.
        dev_share: Share of the recordings kept for development, 0 to 1, where there are no `train` and `dev` folders.
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
        for label, files in _classes(folder):
            for path in files:
                group = _group(path, folder)
                drawn: Split = "dev" if share_of(group, seed) < dev_share else "train"
                split = cast(Split, folder.name) if sides else drawn
                labels = () if label == OTHER else (label,)
                clips.append(Clip(path, labels, kind, split, source or root.name, group, detail=label))
    if not clips:
        raise TrainingError(f"The folder {root} holds no class folders; name them {', '.join(LABEL_NAMES)} or {OTHER}.")
    return clips
