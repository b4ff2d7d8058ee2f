"""Recordings become blocks of mono float32 samples at the rate a model works with.

A header's word is never taken for the length: blocks are decoded until the file ends or the cap is reached, so neither
a lying header nor an hour of sound costs memory.
"""

import math
import os
from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import ArrayLike

from .decoding import arrays, files
from .decoding.blocks import Block, Waveform
from .decoding.channels import Mixer
from .decoding.level import Level
from .decoding.sources import Recording, array_of, name_of, opened
from .errors import AudioError

__all__ = [
    "Blocks",
    "Recording",
    "Waveform",
    "array_blocks",
    "checked_limit",
    "decoded_blocks",
    "open_blocks",
    "read_audio",
    "read_blocks",
]

MAX_SECONDS = 7200.0
"""What is read of a recording unless the caller says otherwise: a cap on what a small, highly compressed file costs."""

MIN_SECONDS = 0.05
"""A recording with less sound than this is refused: a click has no instrument."""

SAMPLE_RATES = range(4_000, 384_001)
"""Hz. Recordings have 4 to 192 kHz, studio masters up to 384 kHz; another rate is a broken header."""


def checked_limit(max_seconds: float | None) -> float:
    """Return how many seconds may be read, `MAX_SECONDS` if None is given.

    Raises:
        AudioError: It is no finite number, or less than `MIN_SECONDS`.
    """
    try:
        limit = MAX_SECONDS if max_seconds is None else float(max_seconds)
    except (TypeError, ValueError, OverflowError):
        limit = math.nan
    if not (math.isfinite(limit) and limit >= MIN_SECONDS):
        raise AudioError(
            f"max_seconds is {str(max_seconds)[:40]}; give a finite number of at least {MIN_SECONDS}, or leave it out."
        )
    return limit


class Blocks(Iterator[Waveform]):
    """The blocks of a recording, (samples,) in [-1, 1] each, a few seconds at the rates of music."""

    def __init__(self, blocks: Iterator[Waveform], level: Level) -> None:
        self._blocks, self._level = blocks, level

    def __next__(self) -> Waveform:
        return next(self._blocks)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What had to be done to the sound, in sentences; complete once the last block is there."""
        return self._level.remarks


def read_audio(path: str | os.PathLike[str], sample_rate: int, max_seconds: float | None = None) -> Waveform:
    """Return the blocks of `read_blocks` in one array, (samples,)."""
    return np.concatenate(list(read_blocks(path, sample_rate, max_seconds)))


def read_blocks(path: Recording, sample_rate: int, max_seconds: float | None = None) -> Blocks:
    """Decode a file block by block.

    Channels are averaged; where that would cancel the sound (stereo in antiphase), one channel stands for all. Samples
    that are not finite become silence. Where floats exceed full scale, all are scaled by the peak. Of several tracks
    the default one is read, or the next if it is silent. Of a damaged file, what can be decoded is read.

    Args:
        path: A local file, an open binary file, or its content.
        sample_rate: Of the blocks, in Hz.
        max_seconds: Reading stops here; `MAX_SECONDS` if None.

    Raises:
        AudioError: The file cannot be opened, holds no sound that can be decoded, or less than `MIN_SECONDS`.
    """
    limit, level = checked_limit(max_seconds), Level()
    return Blocks(_file_blocks(path, sample_rate, limit, level), level)


def decoded_blocks(path: Recording) -> Iterator[Block]:
    """Decode a file as it is: its own sample rate, all its channels.

    Yields:
        (sample rate in Hz, (frames, channels)), scaled if floats exceed full scale.

    Raises:
        AudioError: The file cannot be opened, or holds no sound that can be decoded.
    """
    name, level = name_of(path), Level()
    try:
        with opened(path, name) as file:
            for rate, frames in files.decode(file, name, level, MAX_SECONDS):
                yield rate, level.scale(frames).copy()  # whose memory is for the next block
    except OSError as error:
        raise AudioError(f"{name} cannot be read ({error.strerror}); check its permissions and its disk.") from error


def array_blocks(waveform: ArrayLike, from_rate: float, sample_rate: int, max_seconds: float | None = None) -> Blocks:
    """Return the same for sound that is already in memory.

    Args:
        waveform: (samples,), (samples, channels) or (channels, samples), the longer direction being time; floats in
            [-1, 1], or integers, scaled by their width. Lists and tensors will do.
        from_rate: The waveform's rate, in Hz.
        sample_rate: Of the blocks, in Hz.
        max_seconds: The rest is left out; `MAX_SECONDS` if None.

    Raises:
        AudioError: The array has another shape or type, or is too short.
    """
    limit, level = checked_limit(max_seconds), Level()
    decoded = arrays.decode(waveform, from_rate, level)
    return Blocks(_resampled(decoded, sample_rate, limit, level, "The waveform"), level)


def open_blocks(audio: Recording, sample_rate: int, max_seconds: float | None = None) -> tuple[str | None, Blocks]:
    """Return the file's name, None for sound in memory, and the blocks of whatever a recording is given as.

    Raises:
        AudioError: As `read_blocks` and `array_blocks`.
    """
    array = array_of(audio)
    if array:
        return None, array_blocks(*array, sample_rate, max_seconds)  # type: ignore[arg-type]  # checked there
    file = os.fspath(audio) if isinstance(audio, str | os.PathLike) else None
    return file, read_blocks(audio, sample_rate, max_seconds)


def _file_blocks(path: Recording, sample_rate: int, limit: float, level: Level) -> Iterator[Waveform]:
    name = name_of(path)
    try:
        with opened(path, name) as file:
            decoded = files.decode(file, name, level, limit)
            yield from _resampled(decoded, sample_rate, limit, level, name)
    except OSError as error:
        raise AudioError(f"{name} cannot be read ({error.strerror}); check its permissions and its disk.") from error


def _resampled(decoded: Iterator[Block], sample_rate: int, limit: float, level: Level, name: str) -> Iterator[Waveform]:
    """Mix blocks to mono and resample them as one stream."""
    kind, stream, mixer = (0, 0), None, Mixer(1)
    seconds = 0.0
    for rate, frames in decoded:
        if rate not in SAMPLE_RATES:
            raise AudioError(f"{name} has a sample rate of {rate} Hz; convert it to one between 4 and 192 kHz.")
        if stream is None or rate != kind[0]:
            if stream is not None:
                yield _next(stream, np.empty(0, np.float32), last=True)
            stream = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32")
        if kind != (rate, frames.shape[1]):
            kind, mixer = (rate, frames.shape[1]), Mixer(rate)
        wanted = frames[: round((limit - seconds) * rate)]
        seconds += len(wanted) / rate
        yield _next(stream, mixer(level.scale(wanted)))
        if (limit - seconds) * rate < 0.5:
            break
    if stream is None or seconds < MIN_SECONDS:
        raise AudioError(f"{name} holds {seconds:.2f} seconds of sound; at least {MIN_SECONDS} seconds are needed.")
    yield _next(stream, np.empty(0, np.float32), last=True)


def _next(stream: soxr.ResampleStream, block: Waveform, *, last: bool = False) -> Waveform:
    """Return a block at the new rate; what overshoots at steep edges is clipped."""
    resampled: Waveform = stream.resample_chunk(block, last=last)
    return np.clip(resampled, -1.0, 1.0, out=resampled)
