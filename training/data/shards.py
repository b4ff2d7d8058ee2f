"""Audio files become the shards of a cache: waveforms one after the other, mono, little-endian 16 bit."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from instrument_model.atomic import put_in_place
from instrument_model.audio import read_audio
from instrument_model.errors import AudioError

SHARD_BYTES = 128 * 2**20
MAX_SECONDS = 60.0
FULL_SCALE = 32767
UNREADABLE = -1

Int16 = npt.NDArray[np.int16]


class Entry(NamedTuple):
    """Where a clip's waveform lies, and the state of the file that it was decoded from.

    Attributes:
        mtime_ns: When the file was last changed.
        size: The file's size in bytes.
        shard: Number of the shard; UNREADABLE for a file without a waveform.
        offset: First sample in the shard.
        length: Samples.
        error: Why the file is unreadable.
    """

    mtime_ns: int
    size: int
    shard: int = UNREADABLE
    offset: int = 0
    length: int = 0
    error: str = ""


def decode(
    files: Mapping[Path, Entry], sample_rate: int, workers: int, max_seconds: float = MAX_SECONDS
) -> Iterator[tuple[Path, Entry, Int16 | str]]:
    """Decode files in their order, several at a time.

    Yields:
        The file, its state, and its waveform, (samples,), or why it cannot be read.
    """

    def read(path: Path) -> Int16 | str:
        try:
            waveform = read_audio(path, sample_rate, max_seconds)
        except AudioError as error:
            return str(error)
        return np.round(np.clip(waveform, -1, 1) * FULL_SCALE).astype("<i2")

    rest = iter(files.items())
    with ThreadPoolExecutor(workers) as pool:
        while part := list(islice(rest, 64)):  # few at a time: what is decoded waits in memory
            waveforms = pool.map(read, [path for path, _ in part])
            yield from ((path, state, waveform) for (path, state), waveform in zip(part, waveforms, strict=True))


def write_shard(
    path: Path, number: int, decoded: Iterator[tuple[Path, Entry, Int16 | str]]
) -> Iterator[tuple[Path, Entry]]:
    """Write waveforms until the shard is full; it appears under its name when it is complete.

    Yields:
        Each file with its entry; to be used only after the last one.

    Raises:
        OSError: The disk is full, or the folder cannot be written. Nothing is left of the shard.
    """
    part = path.with_suffix(".part")
    offset = 0
    try:
        with part.open("wb") as shard:
            for file, state, waveform in decoded:
                if isinstance(waveform, str):
                    yield file, state._replace(error=waveform)
                    continue
                shard.write(waveform.tobytes())
                yield file, state._replace(shard=number, offset=offset, length=len(waveform))
                offset += len(waveform)
                if offset * waveform.itemsize >= SHARD_BYTES:
                    break
        if offset:
            put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)
