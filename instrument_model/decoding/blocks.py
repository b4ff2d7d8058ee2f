"""What passes between the steps of decoding."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]

Block = tuple[int, Waveform]
"""A rate in Hz and (frames, channels) at this rate; floats as they were stored, so they may exceed full scale."""

BLOCK_SAMPLES = 2**17
"""Over all channels of a block; also what a damaged end of a file may take with it."""


def frames_per_block(channels: int) -> int:
    """Return how long a block is, in frames."""
    return max(1, BLOCK_SAMPLES // max(1, channels))


def as_floats(samples: NDArray[Any], bits: int | None = None, out: Waveform | None = None) -> Waveform:
    """Return floats as they are, and integers scaled to [-1, 1).

    Args:
        samples: Of any shape.
        bits: How wide the integers are; as wide as their type if None.
        out: Where to put what signed integers become, of the same shape.
    """
    if samples.dtype.kind == "f":
        return samples.astype(np.float32, copy=False)
    half = 2.0 ** ((bits or 8 * samples.dtype.itemsize) - 1)
    if samples.dtype.kind == "u":
        return ((samples - half) / half).astype(np.float32)
    floats = np.empty(samples.shape, np.float32) if out is None else out
    floats[...] = samples  # rounded here; the scale is a power of two
    floats *= np.float32(1 / half)
    return floats
