"""Samples beyond full scale: floating-point recordings may hold them, and clipping would make another sound of them."""

import math

import numpy as np

from .blocks import Waveform

OVERSHOOT = 1.5
"""Lossy codecs exceed full scale by up to 3.5 dB where the original just reached it: that much is clipped."""

_OUTLIER = 4.0  # a sample 12 dB above the 99.9th percentile of its block is damage, not music
_PERCENTILE = 99.9


class Level:
    """How far a recording exceeds full scale, and what is done about it.

    Attributes:
        peak: The highest sample that counts, at least 1.
    """

    def __init__(self) -> None:
        self.peak = 1.0

    @property
    def remarks(self) -> tuple[str, ...]:
        """One sentence if the samples were scaled, else none."""
        if self.peak <= 1.0:
            return ()
        decibels = 20 * math.log10(self.peak)
        return (f"The samples exceed full scale (peak {decibels:+.1f} dBFS) and were scaled down by their peak.",)

    def measure(self, frames: Waveform) -> None:
        """Take note of samples before any of them is asked for, so that all of them are scaled alike."""
        self.peak = max(self.peak, _loudest(_finite(frames)))

    def scale(self, frames: Waveform) -> Waveform:
        """Return the samples within [-1, 1]; those that are not finite become silence."""
        if frames.max(initial=0.0) <= 1.0 and frames.min(initial=0.0) >= -1.0:  # false for NaN
            return frames
        frames = _finite(frames)
        loudest = _loudest(frames)
        if loudest > OVERSHOOT * self.peak:  # nobody has measured it: the rest is scaled like this block
            self.peak = loudest
        scaled: Waveform = np.clip(frames / np.float32(self.peak), -1.0, 1.0)
        return scaled


def _finite(frames: Waveform) -> Waveform:
    return np.where(np.isfinite(frames), frames, np.float32(0))


def _loudest(frames: Waveform) -> float:
    """Return the highest sample, or what it would be without lone ones that are far beyond all others."""
    magnitudes = np.abs(frames)
    loudest = float(magnitudes.max(initial=0.0))
    if loudest <= 1.0:
        return loudest
    return min(loudest, _OUTLIER * float(np.percentile(magnitudes, _PERCENTILE)))
