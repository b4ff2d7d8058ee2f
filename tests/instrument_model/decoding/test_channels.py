"""The mean of the channels, or one of them where the mean would cancel the sound."""

from collections.abc import Iterator

import numpy as np
import pytest

from instrument_model.audio import array_blocks
from tests.support.sounds import Samples

RATE = 44_100
SECONDS = 6.0
TIME = np.arange(round(SECONDS * RATE)) / RATE


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


def disturbed() -> Iterator[tuple[str, Samples, Samples]]:
    """Antiphase with something else in both channels."""
    music = melody()
    same: dict[str, Samples | float] = {"nothing": 0.0, "offset": 0.02, "soft hum": hum(0.01), "loud hum": hum(0.1)}
    for name, disturbance in same.items():
        yield name, music + disturbance, disturbance - music
    for level in (-55, -45, -40):
        yield f"noise {level}", music + noise(level, 1), noise(level, 2) - music
    yield "all", music + 0.02 + hum(0.03) + noise(-45, 1), 0.02 + hum(0.03) + noise(-45, 2) - music
    yield "unequal", music + noise(-50, 1), noise(-50, 2) - np.float32(0.8) * music


@pytest.mark.parametrize("name", [name for name, *_ in disturbed()])
def test_antiphase_is_heard_whatever_else_there_is(name: str) -> None:
    left, right = next((left, right) for found, left, right in disturbed() if found == name)
    assert likeness(mono(left, right), left) > 0.99


def true_stereo() -> Iterator[tuple[str, Samples, Samples]]:
    one, two, three = melody(1), melody(2), melody(3)
    yield "the same twice", one, one
    yield "nearly the same", one + noise(-30, 1), one + noise(-30, 2)
    yield "one channel alone", one, 0 * one
    yield "two players far apart", one, two
    yield "three players", 0.9 * one + 0.4 * two + 0.6 * three, 0.4 * one + 0.9 * two + 0.6 * three
    yield "two microphones", np.roll(one, 30) + noise(-50, 1), one + noise(-50, 2)
    yield "noise", noise(-20, 1), noise(-20, 2)
    yield "wide", one + 0.5 * two, one - 0.5 * two


@pytest.mark.parametrize("name", [name for name, *_ in true_stereo()])
def test_true_stereo_is_averaged(name: str) -> None:
    left, right = next((left, right) for found, left, right in true_stereo() if found == name)
    np.testing.assert_allclose(mono(left, right), (left + right) / 2, atol=1e-5)


def test_a_recording_does_not_flicker_where_the_music_pauses() -> None:
    music = melody()
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
