"""Damaged versions of valid recordings, each given by a format and a seed."""

import functools
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from tests.support.sounds import tone, write

FORMATS = ("wav", "flac", "ogg", "opus", "mp3", "m4a", "webm", "aiff")
EXTENSIONS = (*FORMATS, "txt", "m3u8", "aac", "mkv", "raw", "")
RATE = 48_000
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEADER = 200  # bytes in which most of what a decoder believes is written

Mutation = Callable[[bytearray, Random], None]


@functools.cache
def originals(suffix: str) -> tuple[bytes, ...]:
    """Return valid recordings: a tone, noise in stereo, and two seconds of silence with one click."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE // 2, 2)).astype(np.float32)
    click = np.zeros(2 * RATE, np.float32)
    click[RATE] = 1.0
    with TemporaryDirectory() as folder:
        paths = [
            write(Path(folder, f"{number}.{suffix}"), samples, RATE)
            for number, samples in enumerate((tone(0.5, RATE), noise, click))
        ]
        return tuple(path.read_bytes() for path in paths)


def damaged(suffix: str, seed: int) -> tuple[str, bytes]:
    """(file name, content) of a damaged recording; the same for the same format and seed."""
    rng = Random(f"{suffix} {seed}")  # noqa: S311 - no secret
    content = bytearray(rng.choice(originals(suffix)))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        rng.choice(MUTATIONS)(content, rng)
    extension = suffix if rng.random() < 0.8 else rng.choice(EXTENSIONS)
    return f"damaged.{extension}" if extension else "damaged", bytes(content)


def _place(content: bytearray, rng: Random) -> int:
    """Half of the time in the header."""
    end = min(HEADER, len(content)) if rng.random() < 0.5 else len(content)
    return rng.randrange(max(1, end))


def flip_bits(content: bytearray, rng: Random) -> None:
    """One to a hundred bits."""
    for _ in range(rng.choice((1, 1, 2, 8, 100))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def flip_header_bits(content: bytearray, rng: Random) -> None:
    """Change a few bits of the header."""
    for _ in range(rng.choice((1, 2, 4))):
        if content:
            content[rng.randrange(min(HEADER, len(content)))] ^= 1 << rng.randrange(8)


def set_field(content: bytearray, rng: Random) -> None:
    """Replace a number of one to eight bytes by an extreme or any other."""
    size, order = rng.choice((1, 2, 4, 8)), rng.choice("<>")
    value = rng.choice(EXTREMES) if rng.random() < 0.7 else rng.getrandbits(8 * size)
    if size == 8 and rng.random() < 0.5:
        value = value << 32 & 0xFFFFFFFFFFFFFFFF
    field = struct.pack(f"{order}Q", value)
    place = _place(content, rng)
    content[place : place + size] = field[:size] if order == "<" else field[-size:]


def truncate(content: bytearray, rng: Random) -> None:
    """Cut off the end."""
    del content[_place(content, rng) :]


def cut(content: bytearray, rng: Random) -> None:
    """Take out a piece."""
    place = _place(content, rng)
    del content[place : place + rng.choice((1, 4, 100, 5000))]


def insert(content: bytearray, rng: Random) -> None:
    """Noise or zeros come in between."""
    place, size = _place(content, rng), rng.choice((1, 3, 64, 4000))
    content[place:place] = rng.randbytes(size) if rng.random() < 0.7 else bytes(size)


def overwrite(content: bytearray, rng: Random) -> None:
    """Turn a piece into noise or zeros."""
    place, size = _place(content, rng), rng.choice((4, 64, 4000))
    piece = rng.randbytes(size) if rng.random() < 0.6 else bytes(size)
    content[place : place + size] = piece[: len(content) - place]


def repeat(content: bytearray, rng: Random) -> None:
    """Repeat a piece many times."""
    place, size = _place(content, rng), rng.choice((8, 200, 4000))
    content[place:place] = content[place : place + size] * rng.choice((1, 10, 100))


def swap(content: bytearray, rng: Random) -> None:
    """Two pieces change places."""
    size = rng.choice((4, 100, 2000))
    first, second = sorted((_place(content, rng), _place(content, rng)))
    if first + size <= second:
        content[first : first + size], content[second : second + size] = (
            content[second : second + size],
            content[first : first + size],
        )


def splice(content: bytearray, rng: Random) -> None:
    """Join the beginning of one recording and the end of another, of any format."""
    other = rng.choice(originals(rng.choice(FORMATS)))
    content[_place(content, rng) :] = other[rng.randrange(len(other)) :]


def concatenate(content: bytearray, rng: Random) -> None:
    """Another recording, of any format, follows or comes first."""
    other = rng.choice(originals(rng.choice(FORMATS)))
    place = rng.choice((0, len(content)))
    content[place:place] = other


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    flip_header_bits,
    set_field,
    set_field,
    truncate,
    cut,
    insert,
    overwrite,
    repeat,
    swap,
    splice,
    concatenate,
)
