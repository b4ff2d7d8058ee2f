"""Noise, length and mixtures against what they promise."""

import numpy as np
import pytest

from tests.support.sounds import tone
from tests.support.training.library import RATE
from training.data.levels import Waveform, loudest_part
from training.evaluation import conditions


def power(waveform: Waveform) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64)))


@pytest.mark.parametrize("colour", conditions.COLOURS)
@pytest.mark.parametrize("snr", [20.0, 0.0])
def test_noise_has_the_level_asked_for(colour: conditions.Colour, snr: float) -> None:
    signal = tone(1.0, RATE, level=0.1)
    noise = conditions.with_noise(signal, snr, colour, RATE, (0, 1)) - signal
    assert 10 * np.log10(power(signal) / power(noise)) == pytest.approx(snr, abs=0.01)


def test_noise_keeps_its_level_where_it_would_clip() -> None:
    signal = tone(1.0, RATE, level=1.0)
    noisy = conditions.with_noise(signal, 0.0, "white", RATE, (0,))
    assert np.abs(noisy).max() == pytest.approx(1.0)
    scale = float(noisy @ signal / (signal @ signal))  # white noise hardly correlates with a tone
    rest = noisy - np.float32(scale) * signal
    assert 10 * np.log10(power(scale * signal) / power(rest)) == pytest.approx(0.0, abs=0.3)


def test_colours_of_noise() -> None:
    def difference(colour: conditions.Colour) -> float:
        """Power in 2 to 4 kHz over power in 200 to 400 Hz, dB."""
        spectrum = np.abs(np.fft.rfft(conditions.coloured_noise(RATE, colour, np.random.default_rng(0), RATE))) ** 2
        return float(10 * np.log10(spectrum[2000:4000].sum() / spectrum[200:400].sum()))

    assert difference("white") == pytest.approx(10.0, abs=0.7)  # ten times the width
    assert difference("pink") == pytest.approx(0.0, abs=0.7)  # as much in every octave


def test_noise_is_the_same_for_every_model() -> None:
    signal = tone(0.1, RATE)
    first, again, other = (conditions.with_noise(signal, 10, "pink", RATE, (0, n)) for n in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_loudest_part() -> None:
    waveform = np.array([0, 1, 0, -3, 2, 0, 1], np.float32)
    assert loudest_part(waveform, 2).tolist() == [-3, 2]
    assert loudest_part(waveform, 7).tolist() == waveform.tolist()
    assert loudest_part(waveform, 9).tolist() == waveform.tolist()


def test_mixtures_are_of_different_classes() -> None:
    classes = np.array([0] * 50 + [1, 2, 2])
    drawn = conditions.draw_mixtures(classes, 2, 300, seed=0)
    assert drawn == conditions.draw_mixtures(classes, 2, 300, seed=0)
    assert all(classes[a] != classes[b] for a, b in (mixture.clips for mixture in drawn))
    # Classes are equally likely, however many clips they have.
    assert np.mean([50 in mixture.clips for mixture in drawn]) == pytest.approx(2 / 3, abs=0.08)
    assert all(m.gains_db[0] == 0.0 and -6.0 <= m.gains_db[1] <= 0.0 for m in drawn)
    assert conditions.draw_mixtures(classes, 4, 10, seed=0) == []


def test_parts_of_a_mixture_have_the_levels_asked_for() -> None:
    low, high = tone(1.0, RATE, 400.0, level=0.9), tone(0.5, RATE, 4000.0, level=0.01)
    spectrum = np.abs(np.fft.rfft(conditions.mix([low, high], [0.0, -6.0], RATE)))
    assert len(spectrum) == RATE // 4 + 1  # as long as the shorter one
    assert 20 * np.log10(spectrum[200] / spectrum[2000]) == pytest.approx(6.0, abs=0.05)
