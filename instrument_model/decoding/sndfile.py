"""libsndfile reads uncompressed files and flac: quickly, and whatever their headers claim."""

import struct
from collections.abc import Iterator
from enum import Enum, auto
from io import FileIO

import numpy as np
import soundfile

from .blocks import Block, as_floats, frames_per_block
from .level import Level

_HEAD = 2**16  # bytes in which a header says what it is
_FORMATS = (b"RIFF", b"RIFX", b"RF64", b"riff", b"FORM", b"fLaC", b"caff", b".snd", b"dns.")
_MPEG = (0x50, 0x55)  # wav files may hold MPEG audio
_FLOATS = ("FLOAT", "DOUBLE")
_INTEGERS = {"PCM_16": np.int16, "PCM_24": np.int32, "PCM_32": np.int32}  # numpy scales them faster than libsndfile


class Fitness(Enum):
    """Return whether libsndfile should read a file."""

    BEST = auto()
    PERHAPS = auto()  # a rare format, if FFmpeg does not know it
    NEVER = auto()


def fitness(file: FileIO) -> Fitness:
    """Tell by a file's first bytes whether libsndfile should read it.

    It would read mp3, too, but then writes to the standard error stream of the process about each damaged frame; and
    it decodes Opus at the rate that the header mentions for information only (RFC 7845, section 5.1).
    """
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(b"ID3"):  # a tag before the recording; its size has 7 bits a byte (ID3v2, section 3.1)
        file.seek(10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False)))
        head = file.read(_HEAD)
    if head.startswith(_FORMATS):
        place = head.find(b"fmt ")
        tag = struct.unpack_from("<H", head, place + 8)[0] if 0 < place < len(head) - 10 else 0
        return Fitness.NEVER if tag in _MPEG and head.startswith(b"RIFF") else Fitness.BEST
    frame = head[:1] == b"\xff" and head[1:2] >= b"\xe0"  # where MPEG audio begins
    return Fitness.NEVER if frame or head.startswith((b"ID3", b"OggS")) else Fitness.PERHAPS


def read(file: FileIO, level: Level, max_seconds: float) -> Iterator[Block]:
    """Yield blocks until the file ends.

    Args:
        file: Opened for reading, at its beginning.
        level: Is told the peak of floating-point samples before the first block is there.
        max_seconds: How far the peak is looked for.

    Yields:
        Blocks that are good until the next one is asked for.

    Raises:
        soundfile.LibsndfileError: It is not one of its formats, or damaged.
    """
    # By descriptor: the name must have no say in what the file is.
    file.seek(0)
    with _Sound(file.fileno(), closefd=False) as sound:
        if sound.subtype in _FLOATS:
            blocks, frames = _blocks(sound), 0
            while frames < max_seconds * sound.samplerate and (block := next(blocks, None)):
                level.measure(block[1])
                frames += len(block[1])
    file.seek(0)
    with _Sound(file.fileno(), closefd=False) as sound:
        yield from _blocks(sound)


def _blocks(sound: "_Sound") -> Iterator[Block]:
    """Yield blocks that are good until the next one: fresh memory for each would cost more than what is done in it."""
    shape = (frames_per_block(sound.channels), sound.channels)
    floats, kind = np.empty(shape, np.float32), _INTEGERS.get(sound.subtype)
    # Into our own array: read(frames) would first ask the header how many there are.
    if kind is None:
        while len(block := sound.read(out=floats)):
            yield sound.samplerate, block
        return
    integers = np.empty(shape, kind)
    while count := len(sound.read(out=integers)):
        yield sound.samplerate, as_floats(integers[:count], out=floats[:count])


class _Sound(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    def seekable(self) -> bool:
        """No: after every block soundfile would seek to where it is."""
        return False
