"""A file of any kind becomes blocks."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from io import FileIO

import soundfile

from ..errors import AudioError
from . import ffmpeg, sndfile
from .blocks import Block
from .level import Level


def decode(file: FileIO, name: str, level: Level, max_seconds: float) -> Iterator[Block]:
    """Yield the blocks of a file; the other reader goes on where the first cannot.

    Args:
        file: Opened for reading, unbuffered, because libsndfile reads from the descriptor.
        name: For people.
        level: Is told the peak where it is known beforehand.
        max_seconds: How much will be asked for at most.

    Yields:
        Blocks that are good until the next one is asked for.

    Raises:
        AudioError: It is empty, or holds no sound that can be decoded.
    """
    if not os.fstat(file.fileno()).st_size:
        raise AudioError(f"{name} is empty; record or copy it again.")
    done = 0
    for reader in _readers(file, level, max_seconds):
        heard = 0
        try:
            for rate, frames in reader():
                heard += len(frames)
                if heard > done:
                    yield rate, frames[max(0, len(frames) - (heard - done)) :]
        except soundfile.LibsndfileError:  # not one of its formats, or damaged, or several recordings in one file
            done = heard
            continue
        if heard:
            return
    if not done:
        raise AudioError(
            f"No sound could be read from {name}; give a wav, flac, ogg, opus, mp3, aiff, m4a or webm recording."
        )


def _readers(file: FileIO, level: Level, max_seconds: float) -> list[Callable[[], Iterator[Block]]]:
    """Return who may read a file, the best first."""
    fitness = sndfile.fitness(file)
    others = [partial(ffmpeg.read, file, max_seconds)]
    libsndfile = partial(sndfile.read, file, level, max_seconds)
    if fitness is sndfile.Fitness.BEST:
        return [libsndfile, *others]
    return [*others, libsndfile] if fitness is sndfile.Fitness.PERHAPS else list(others)
