"""How loud sounds are, and how they are mixed at a given level."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]
"""(samples,), mono, full scale at 1."""


def amplitude(decibels: float) -> float:
    """Return the factor by which this many decibels change a waveform."""
    return float(10.0 ** (decibels / 20))


def rms(waveform: NDArray[Any]) -> float:
    """Return the root mean square, which is never 0."""
    return float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) + 1e-9


def add_at_snr(signal: Waveform, other: Waveform, snr_db: float) -> Waveform:
    """Add `other` at a level `snr_db` decibels below that of `signal`; both (samples,)."""
    return signal + other * np.float32(rms(signal) / rms(other) * amplitude(-snr_db))


def within_full_scale(waveform: Waveform) -> Waveform:
    """Make a waveform that would clip quieter as a whole, because clipping would be another disturbance."""
    return waveform / max(1.0, float(np.abs(waveform).max(initial=0.0)))


def loudest_part(waveform: Waveform, samples: int) -> Waveform:
    """Cut out the part of this many samples that has the most energy; all of it if there are fewer."""
    if len(waveform) <= samples:
        return waveform
    energy = np.concatenate(([0.0], np.cumsum(np.square(waveform, dtype=np.float64))))
    start = int(np.argmax(energy[samples:] - energy[:-samples]))
    return waveform[start : start + samples]
