"""Harder versions of recordings, the same for every model: noise, short clips, several instruments at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..data.levels import Waveform, add_at_snr, amplitude, loudest_part, rms, within_full_scale

Colour = Literal["white", "pink"]

COLOURS: tuple[Colour, ...] = ("white", "pink")
SNRS_DB = (20.0, 10.0, 0.0)
LENGTHS = (0.5, 1.0, 3.0, 10.0)  # seconds
SOUNDING = (2, 3)  # instruments in a mixture
MIXTURES = 200  # of each number of instruments
MIXTURE_DB = 6.0  # the quieter parts of a mixture lie up to this far below the loudest
MIXTURE_SECONDS = (
    2.0,
    10.0,
)  # clips shorter than the first are left out where possible, longer ones than the second are cut


def coloured_noise(samples: int, colour: Colour, rng: np.random.Generator, sample_rate: int) -> Waveform:
    """Return stationary noise, (samples,): of flat power (white), or falling by 3 dB per octave above 20 Hz (pink)."""
    noise = rng.standard_normal(samples)
    if colour == "pink":
        frequencies = np.maximum(np.fft.rfftfreq(samples, 1 / sample_rate), 20.0)
        noise = np.fft.irfft(np.fft.rfft(noise) / np.sqrt(frequencies), samples)
    return noise.astype(np.float32)


def with_noise(waveform: Waveform, snr_db: float, colour: Colour, sample_rate: int, seed: Sequence[int]) -> Waveform:
    """Add noise whose power over the whole clip lies `snr_db` below the clip's; (samples,) to (samples,)."""
    noise = coloured_noise(len(waveform), colour, np.random.default_rng(seed), sample_rate)
    return within_full_scale(add_at_snr(waveform, noise, snr_db))


@dataclass(frozen=True)
class Mixture:
    """What to mix.

    Attributes:
        clips: Index of each part, each of another class.
        gains_db: Level of each part after all are made equally loud.
    """

    clips: tuple[int, ...]
    gains_db: tuple[float, ...]


def draw_mixtures(classes: NDArray[np.int64], sounding: int, count: int, seed: int) -> list[Mixture]:
    """Choose what to mix; every class and, within a class, every clip is equally likely.

    Args:
        classes: (clips,), the class of each clip.
        sounding: Parts of a mixture, each of another class.
        count: Mixtures to draw.
        seed: Makes it repeatable.

    Returns:
        Nothing where there are fewer classes than parts.
    """
    present = np.unique(classes)
    if len(present) < sounding:
        return []
    rng = np.random.default_rng((seed, sounding))
    mixtures = []
    for _ in range(count):
        chosen = rng.choice(present, size=sounding, replace=False)
        clips = tuple(int(rng.choice(np.flatnonzero(classes == c))) for c in chosen)
        mixtures.append(Mixture(clips, (0.0, *(float(g) for g in rng.uniform(-MIXTURE_DB, 0.0, sounding - 1)))))
    return mixtures


def mix(parts: Sequence[Waveform], gains_db: Sequence[float], sample_rate: int) -> Waveform:
    """Play recordings at once, each cut to its loudest part of the length that all have; (samples,)."""
    samples = min(*(len(part) for part in parts), round(MIXTURE_SECONDS[1] * sample_rate))
    mixed = np.zeros(samples, np.float32)
    for part, level in zip(parts, gains_db, strict=True):
        cut = loudest_part(part, samples)
        mixed += cut * np.float32(amplitude(level) / rms(cut))
    return mixed * np.float32(0.5 / max(float(np.abs(mixed).max()), 1e-6))
