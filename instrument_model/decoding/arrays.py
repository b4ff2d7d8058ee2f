"""Sound that is in memory already, in any of the forms that other libraries give it, becomes frames of floats."""

import math
import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AudioError
from .blocks import Block, as_floats, frames_per_block
from .level import Level

MOST_CHANNELS = 64
"""An array with more than this in its shorter direction is a spectrogram or a batch."""

_WIDTHS = (16, 24, 32, 64)  # bits of integers; a wide type may hold samples that are narrower
_SHAPES = "give (samples,), (samples, channels) or (channels, samples)"


def decode(waveform: object, rate: object, level: Level) -> Iterator[Block]:
    """Yield the blocks of an array.

    Args:
        waveform: (samples,), (samples, channels) or (channels, samples): the longer direction is time. Anything that
            numpy makes an array of, and tensors wherever they are; floats in [-1, 1] or integers.
        rate: In Hz, any kind of number.
        level: Is told the peak of floats before the first block is there.

    Raises:
        AudioError: It has another shape or type, or the rate is no number.
    """
    whole_rate = rate_of(rate)
    samples = _frames(_array(waveform))
    bits = None
    if samples.dtype.kind in "iu" and samples.dtype.itemsize > 1:
        bits = _bits(samples)
    step = frames_per_block(samples.shape[1])
    starts = range(0, len(samples), step)
    if samples.dtype.kind == "f":
        for start in starts:
            level.measure(as_floats(samples[start : start + step]))
    for start in starts:
        yield whole_rate, as_floats(samples[start : start + step], bits)


def rate_of(rate: object) -> int:
    """Return a sample rate as a whole number of Hz, whatever kind of number it is.

    Raises:
        AudioError: It is no finite number.
    """
    item = getattr(rate, "item", None)  # of numpy's scalars and one-element arrays and tensors
    try:
        value = item() if callable(item) else rate
        if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
            return round(float(value))
    except (TypeError, ValueError, RuntimeError):
        pass
    raise AudioError(f"The sample rate is {str(rate)[:40]!r}; give a number of Hz, such as 44100.")


def _array(waveform: object) -> NDArray[Any]:
    """Make a numpy array of numbers of it."""
    try:
        tensor: Any = waveform
        if hasattr(tensor, "detach") and hasattr(
            tensor, "cpu"
        ):  # PyTorch's, which may need gradients, a GPU or bfloat16
            tensor = tensor.detach().cpu()
            if getattr(tensor, "is_sparse", False):
                tensor = tensor.to_dense()
            if tensor.is_floating_point():
                tensor = tensor.float()
            tensor = tensor.resolve_neg().numpy()
        samples: NDArray[Any] = np.ma.filled(np.asanyarray(tensor), 0)
    except (TypeError, ValueError, RuntimeError, NotImplementedError, OverflowError, AttributeError) as error:
        raise AudioError(f"The waveform is no array of numbers; {_SHAPES}.") from error
    if samples.dtype.kind not in "iuf":
        raise AudioError(f"The waveform holds {samples.dtype} values; give floats in [-1, 1] or integers.")
    return np.asarray(samples)


def _frames(samples: NDArray[Any]) -> NDArray[Any]:
    """Return (samples, channels), whichever way round the channels are."""
    shape = samples.shape
    while samples.ndim > 2 and samples.shape[0] == 1:  # a batch of one
        samples = samples[0]
    if samples.ndim == 1:
        samples = samples[:, np.newaxis]
    if samples.ndim == 2 and 0 < samples.shape[0] < samples.shape[1]:
        samples = samples.T
    if samples.ndim != 2 or samples.shape[1] > MOST_CHANNELS:
        raise AudioError(f"The waveform has shape {shape}; {_SHAPES}.")
    return samples


def _bits(samples: NDArray[Any]) -> int:
    """Return how wide the integers are: a list of numbers becomes 64 bits, whatever the recording had."""
    own = 8 * samples.dtype.itemsize
    low, high = int(samples.min(initial=0)), int(samples.max(initial=0))
    if samples.dtype.kind == "u":
        return next(bits for bits in _WIDTHS if bits == own or high < 2**bits)
    return next(bits for bits in _WIDTHS if bits == own or (-(2 ** (bits - 1)) <= low and high < 2 ** (bits - 1)))
