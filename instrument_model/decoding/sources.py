"""What a caller may give as a recording, told apart."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO, FileIO
from pathlib import Path
from typing import IO, Any

from numpy.typing import ArrayLike

from ..errors import AudioError

Recording = str | os.PathLike[str] | bytes | IO[bytes] | tuple[ArrayLike, float] | Mapping[str, Any]
"""A file's name, its content, a file object, (waveform, sample_rate), or {"array", "sampling_rate"}."""

WAYS = 'give a file, (waveform, sample_rate) or {"array": ..., "sampling_rate": ...}'


def array_of(audio: object) -> tuple[object, object] | None:
    """Return (waveform, sample rate) if it is sound in memory, None if it is a file.

    Raises:
        AudioError: It is neither.
    """
    if isinstance(audio, Mapping):
        if "array" in audio and "sampling_rate" in audio:
            return audio["array"], audio["sampling_rate"]
        raise AudioError(f"The recording is a mapping without array and sampling_rate; {WAYS}.")
    if isinstance(audio, tuple):
        if len(audio) != 2:
            raise AudioError(f"The recording is a tuple of {len(audio)}; {WAYS}.")
        first, second = audio
        return (second, first) if _is_scalar(first) and not _is_scalar(second) else (first, second)
    if isinstance(audio, str | os.PathLike | bytes | bytearray | memoryview) or callable(getattr(audio, "read", None)):
        return None
    raise AudioError(f"A recording cannot be a {type(audio).__name__} alone; {WAYS}.")


def name_of(audio: object) -> str:
    """Return what a file is called in sentences: never its folder, and nothing that is not printable."""
    if isinstance(audio, str | os.PathLike):
        name = os.fsdecode(Path(audio).name)
    else:
        name = Path(str(getattr(audio, "name", ""))).name or "The recording"
    return "".join(character if character.isprintable() else "?" for character in name)


@contextmanager
def opened(audio: object, name: str) -> Iterator[FileIO]:
    """Open a file, or what a file object or bytes hold, unbuffered.

    Raises:
        AudioError: There is no such file, or the file object gives text.
    """
    if isinstance(audio, str | os.PathLike):
        path = Path(audio)
        try:
            if path.is_dir():
                raise AudioError(f"{name} is a folder; give an audio file.")
            if not path.is_file():
                raise AudioError(f"{name} does not exist or is not a file; check its name.")
        except ValueError as error:  # a zero byte in the name
            raise AudioError(f"{name} does not exist or is not a file; check its name.") from error
        with FileIO(path) as file:
            yield file
        return
    # A copy that has no name: the readers need a descriptor, and that of a file object may be of something else (gzip).
    with tempfile.TemporaryFile(buffering=0) as copy:
        source: Any = BytesIO(audio) if isinstance(audio, bytes | bytearray | memoryview) else audio
        try:
            if source.seekable():
                source.seek(0)
            shutil.copyfileobj(source, copy)
        except (TypeError, ValueError, AttributeError) as error:
            raise AudioError(f"{name} is no readable binary file; open it with mode 'rb'.") from error
        copy.seek(0)
        yield copy


def _is_scalar(value: object) -> bool:
    return not hasattr(value, "__len__") or getattr(value, "ndim", 1) == 0
