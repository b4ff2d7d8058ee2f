"""The mean of the channels, or one of them where the mean would cancel the sound."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from instrument_model.audio import array_blocks
from tests.support.sounds import Samples

RATE = 44_100
SECONDS = 6.0
TIME = np.arange(round(SECONDS * RATE)) / RATE

Pair = tuple[Samples, Samples]
"""The left and the right channel."""


@cache
def melody(seed: int = 0) -> Samples:
    """Notes with overtones that decay, no two alike."""
    rng = np.random.default_rng(seed)
    found = np.zeros(len(TIME))
    for start in np.arange(0.0, SECONDS, 0.4):
        pitch, since = 130.0 * 2 ** (rng.integers(0, 24) / 12), np.maximum(TIME - start, 0)
        for overtone in range(1, 12):
            found += np.sin(2 * np.pi * pitch * overtone * since) * np.exp(-3 * since) * (start <= TIME) / overtone
    return np.asarray(0.4 * found / np.abs(found).max(), np.float32)


def noise(level_dbfs: float, seed: int) -> Samples:
    return (10 ** (level_dbfs / 20) * np.random.default_rng(seed).standard_normal(len(TIME))).astype(np.float32)


def hum(level: float) -> Samples:
    overtones = ((50, 1.0), (100, 0.3), (150, 0.2))
    return np.asarray(level * sum(share * np.sin(2 * np.pi * hertz * TIME) for hertz, share in overtones), np.float32)


def mono(left: Samples, right: Samples) -> Samples:
    return np.concatenate(list(array_blocks(np.stack([left, right], axis=1), RATE, RATE)))


def likeness(one: Samples, other: Samples) -> float:
    """The correlation of what is above the hum."""
    first, second = (np.diff(np.asarray(samples, np.float64), n=1) for samples in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def disturbed(name: str) -> Pair:
    """Antiphase with something else in both channels."""
    music = melody()
    both, left, right = DISTURBANCES[name]()
    scale = np.float32(0.8 if name == "unequal" else 1.0)
    return music + both + left, both + right - scale * music


DISTURBANCES: dict[str, Callable[[], tuple[Samples | float, Samples | float, Samples | float]]] = {
    "nothing": lambda: (0.0, 0.0, 0.0),
    "offset": lambda: (0.02, 0.0, 0.0),
    "soft hum": lambda: (hum(0.01), 0.0, 0.0),
    "loud hum": lambda: (hum(0.1), 0.0, 0.0),
    "noise -55": lambda: (0.0, noise(-55, 1), noise(-55, 2)),
    "noise -45": lambda: (0.0, noise(-45, 1), noise(-45, 2)),
    "noise -40": lambda: (0.0, noise(-40, 1), noise(-40, 2)),
    "all": lambda: (0.02 + hum(0.03), noise(-45, 1), noise(-45, 2)),
    "unequal": lambda: (0.0, noise(-50, 1), noise(-50, 2)),
}
"""What is in both channels, and in the left one and the right one alone."""


@pytest.mark.parametrize("name", DISTURBANCES)
def test_antiphase_is_heard_whatever_else_there_is(name: str) -> None:
    left, right = disturbed(name)
    assert likeness(mono(left, right), left) > 0.99


TRUE_STEREO: dict[str, Callable[[], Pair]] = {
    "the same twice": lambda: (melody(1), melody(1)),
    "nearly the same": lambda: (melody(1) + noise(-30, 1), melody(1) + noise(-30, 2)),
    "one channel alone": lambda: (melody(1), 0 * melody(1)),
    "two players far apart": lambda: (melody(1), melody(2)),
    "three players": lambda: (
        0.9 * melody(1) + 0.4 * melody(2) + 0.6 * melody(3),
        0.4 * melody(1) + 0.9 * melody(2) + 0.6 * melody(3),
    ),
    "two microphones": lambda: (np.roll(melody(1), 30) + noise(-50, 1), melody(1) + noise(-50, 2)),
    "noise": lambda: (noise(-20, 1), noise(-20, 2)),
    "wide": lambda: (melody(1) + 0.5 * melody(2), melody(1) - 0.5 * melody(2)),
}


@pytest.mark.parametrize("name", TRUE_STEREO)
def test_true_stereo_is_averaged(name: str) -> None:
    left, right = TRUE_STEREO[name]()
    np.testing.assert_allclose(mono(left, right), (left + right) / 2, atol=1e-5)


def test_a_recording_does_not_flicker_where_the_music_pauses() -> None:
    music = melody().copy()
    music[2 * RATE : 4 * RATE] *= 0.01
    left, right = music + noise(-50, 1), noise(-50, 2) - music
    found = mono(left, right)
    loud = np.r_[0 : 2 * RATE, 5 * RATE : 6 * RATE]
    assert likeness(found[loud], left[loud]) > 0.99


def test_more_channels_in_antiphase() -> None:
    music = melody()
    frames = np.stack([music, -music, music, -music], axis=1) + 0.02
    found = np.concatenate(list(array_blocks(frames, RATE, RATE)))
    assert likeness(found, music) > 0.99


def test_antiphase_that_begins_later() -> None:
    music = melody()
    right = np.where(TIME < SECONDS / 2, music, -music)
    found = mono(music, right)
    assert likeness(found[: 2 * RATE], music[: 2 * RATE]) > 0.99
    assert likeness(found[-RATE:], music[-RATE:]) > 0.99
