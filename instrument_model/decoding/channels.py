"""Channels become one: their mean, or one of them where the mean would cancel the sound."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from .blocks import Waveform

_FRAME = 2048  # samples of a spectrum
_FRAMES = 8  # spectra of a block, spread over it evenly
_AT_ONCE = 64  # spectra, over all channels: there may be 1,024 of them
_PARTS = _FRAME + 2  # of a spectrum: real and imaginary
_LOWEST = 200.0  # Hz; hum and a constant offset lie below and say nothing about the music
_STEEPNESS = 8  # of the weights below that: 48 dB an octave

_ANTIPHASE = 0.7
"""From this cancelling on one channel stands for all. Unrelated channels have 0 and recordings with two microphones
up to 0.6; antiphase keeps 0.8 with noise 15 dB below the music."""
_IN_PHASE = 0.4
"""Below this the mean is taken again; between the two it stays as it was, so that a recording does not flicker."""


class Mixer:
    """Mixes the blocks of one stream to mono and remembers how."""

    def __init__(self, rate: int) -> None:
        """Begin with the mean.

        Args:
            rate: Of the stream, in Hz.
        """
        frequencies = np.fft.rfftfreq(_FRAME, 1 / rate)[1:]
        weights = 1 / (1 + (_LOWEST / frequencies) ** _STEEPNESS)
        # Of real and imaginary parts in turn; the constant has no weight.
        self._weights = np.repeat(np.concatenate(([0.0], weights)), 2).astype(np.float32)
        self._channel: int | None = None

    def __call__(self, frames: Waveform) -> Waveform:
        """(frames, channels) to (frames,)."""
        channels = frames.shape[1]
        if channels > 1:
            self._listen(frames)
        if channels == 1 or self._channel is not None:
            return np.ascontiguousarray(frames[:, self._channel or 0])
        # No matrix product: numpy's waits for threads that other programs keep from running.
        mono: Waveform = reduce(np.add, frames.T)
        mono *= np.float32(1 / channels)
        return mono

    def _listen(self, frames: Waveform) -> None:
        power, summed = _spectra(frames)
        loudness = (power * self._weights).sum(axis=1)  # no matrix product: for so few numbers its threads only wait
        heard = float(loudness.sum())
        if heard <= 0.0:
            return
        cancelled = 1 - float((summed * self._weights).sum()) / heard
        if cancelled < _IN_PHASE:
            self._channel = None
        elif cancelled > _ANTIPHASE and self._channel is None:
            self._channel = int(np.argmax(loudness > loudness.max() / 2))  # the first of the loud ones


def _spectra(frames: Waveform) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the power of each channel, (channels, parts), and that of their sum, (parts,).

    The parts are the real and the imaginary part of each bin in turn, squared.
    """
    if len(frames) < _FRAME:
        frames = np.pad(frames, ((0, _FRAME - len(frames)), (0, 0)))
    channels = frames.shape[1]
    power, summed = np.zeros((channels, _PARTS), np.float32), np.zeros(_PARTS, np.float32)
    starts = np.linspace(0, len(frames) - _FRAME, _FRAMES).astype(int)
    at_once = max(1, _AT_ONCE // channels)
    for first in range(0, _FRAMES, at_once):
        some = starts[first : first + at_once]
        pieces = np.empty((len(some), channels, _FRAME), np.float32)
        for piece, start in zip(pieces, some, strict=True):
            np.multiply(frames[start : start + _FRAME].T, _HANN, out=piece)
        parts = np.fft.rfft(pieces).view(np.float32)
        power += np.square(parts).sum(axis=0)
        summed += np.square(parts.sum(axis=1)).sum(axis=0)
    return power, summed


_HANN = np.hanning(_FRAME).astype(np.float32)
