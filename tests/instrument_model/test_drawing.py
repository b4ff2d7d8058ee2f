"""The spectrogram shows what is in the recording, however long that is."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from instrument_model import drawing
from instrument_model.config import FrontendConfig
from instrument_model.drawing import MAX_COLUMNS, mel_spectrogram, spectrogram_figure
from tests.support.sounds import Samples, tone

CONFIG = FrontendConfig()
RATE = CONFIG.sample_rate


def band_of(pitch: float) -> float:
    """Where a frequency is among the 128 bands, on HTK's mel scale."""
    return float(np.log1p(pitch / 700) / np.log1p(CONFIG.f_max / 700) * (CONFIG.n_mels + 1) - 1)


@pytest.mark.parametrize("pitch", [262.0, 1000.0, 8000.0])
def test_a_tone_is_a_line(pitch: float) -> None:
    spectrogram, hop = mel_spectrogram(tone(2.0, RATE, pitch), CONFIG)
    assert spectrogram.shape == (128, 200)
    assert hop == 320
    assert spectrogram.max() == 0.0
    assert spectrogram.min() == -80.0
    inner = spectrogram[:, 2:-2]  # where the tone begins and ends, it is a click
    assert np.abs(inner.argmax(axis=0) - band_of(pitch)).max() <= 1


def test_levels_are_decibels() -> None:
    waveform = np.concatenate([tone(2.0, RATE, 1000.0), tone(2.0, RATE, 1000.0, level=0.05)])
    spectrogram, _ = mel_spectrogram(waveform, CONFIG)
    loudest = spectrogram.max(axis=0)
    assert loudest[50] == pytest.approx(0.0, abs=0.2)
    assert loudest[350] == pytest.approx(-20.0, abs=0.2)


@pytest.mark.parametrize("samples", [1, 511, 512, 1024, 32_000, 100_001, 4_000_000])
def test_columns_are_bounded_and_cover_the_recording(samples: int) -> None:
    spectrogram, hop = mel_spectrogram(np.zeros(samples, np.float32), CONFIG)
    columns = spectrogram.shape[1]
    assert columns <= MAX_COLUMNS
    assert (columns - 1) * hop < samples <= columns * hop


def test_parts_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rising = tone(30.0, RATE, 300.0) + tone(30.0, RATE, 3000.0, level=0.1)
    whole, _ = mel_spectrogram(rising, CONFIG)
    monkeypatch.setattr(drawing, "FRAMES_AT_ONCE", 500)
    parts, _ = mel_spectrogram(rising, CONFIG)
    assert parts.shape == whole.shape
    for row in (int(band_of(300)), int(band_of(3000))):
        np.testing.assert_allclose(parts[row], whole[row], atol=2.0)


def test_a_click_in_a_long_recording_is_seen() -> None:
    waveform = np.zeros(120 * RATE, np.float32)
    waveform[90 * RATE] = 1.0
    spectrogram, hop = mel_spectrogram(waveform, CONFIG)
    loud = np.flatnonzero(spectrogram.max(axis=0) > -10)
    assert loud.min() * hop / RATE == pytest.approx(90.0, abs=0.2)
    assert loud.max() * hop / RATE == pytest.approx(90.0, abs=0.2)


def test_silence_is_dark() -> None:
    spectrogram, _ = mel_spectrogram(np.zeros(RATE, np.float32), CONFIG)
    assert spectrogram.max() <= -75


@pytest.fixture(scope="module")
def waveform() -> Samples:
    return tone(4.0, RATE, 1000.0)


def test_figure(waveform: Samples) -> None:
    figure = spectrogram_figure(waveform, CONFIG)
    axes, bar = figure.axes
    assert axes.get_xlabel() == "Time (seconds)"
    assert axes.get_ylabel() == "Hz"
    assert axes.get_xlim()[1] == pytest.approx(4.0, abs=0.02)
    assert axes.get_ylim()[1] == pytest.approx(15_000, rel=0.02)
    figure.canvas.draw()
    assert bar.get_yticklabels()[-1].get_text() == "0 dB"


def test_figure_is_transparent_and_its_writing_legible_on_light_and_dark(waveform: Samples) -> None:
    content = io.BytesIO()
    spectrogram_figure(waveform, CONFIG).savefig(content, format="png")
    content.seek(0)
    pixels = plt.imread(content)
    assert pixels[0, 0, 3] == 0.0
    opaque = pixels[-40:][pixels[-40:, :, 3] > 0.9]  # the writing below
    grey = opaque[:, :3].mean()
    luminance = ((grey + 0.055) / 1.055) ** 2.4
    assert min(1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05) >= 4.5


def test_figures_are_not_kept(waveform: Samples) -> None:
    before = plt.get_fignums()
    spectrogram_figure(waveform, CONFIG)
    assert plt.get_fignums() == before
