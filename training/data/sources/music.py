"""Music without labels: whatever audio files a folder holds, at any depth; a teacher says what sounds in it."""

from pathlib import Path

from instrument_model.batch.recordings import SUFFIXES

from ...errors import TrainingError
from ..clips import MUSIC, Clip

MAX_SECONDS = 180.0  # of each file: a song's solo seldom comes in its first minute


def read(root: Path) -> list[Clip]:
    """Read a folder of music; all of it is for training, and a folder in it is a collection.

    Raises:
        TrainingError: The folder is missing or holds no audio file.
    """
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise TrainingError(f"The folder {root} has no audio files; give --music a folder with songs.")
    names = [path.relative_to(root) for path in files]
    return [
        Clip(path, (), MUSIC, "train", name.parts[0] if len(name.parts) > 1 else root.name, name.as_posix())
        for path, name in zip(files, names, strict=True)
    ]
