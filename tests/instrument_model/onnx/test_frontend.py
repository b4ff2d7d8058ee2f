"""The front end in numpy computes what the network was trained on, and overlapping windows share their frames."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchaudio.compliance.kaldi import get_mel_banks

from instrument_model.audio import array_blocks
from instrument_model.config import FrontendConfig, WindowConfig
from instrument_model.network import frontend as in_pytorch
from instrument_model.onnx.frontend import BANDS_AT_ONCE, FRAMES_AT_ONCE, LogMel, mel_bank
from instrument_model.windows import Window, WindowStream, joined
from tests.support.sounds import Samples, noise

RATE = 32_000
STEP = FrontendConfig().hop_length
OTHER = FrontendConfig(16_000, 512, 401, 161, 64, 50.0, 7_000.0)
HIGH = FrontendConfig(8_000, 8192, 4000, 100, 512, 0.0, 4_000.0)


def windows_of(waveform: Samples, config: WindowConfig | None = None) -> list[Window]:
    blocks = array_blocks(waveform, RATE, RATE)
    return list(WindowStream(blocks, config or WindowConfig(), RATE, step=STEP))


def alone(front: LogMel, windows: list[Window]) -> Samples:
    return np.stack([front(window.samples)[np.newaxis] for window in windows])


@pytest.mark.parametrize("config", [FrontendConfig(), OTHER, HIGH])
def test_the_mel_bank_is_that_of_kaldi(config: FrontendConfig) -> None:
    kaldi, _ = get_mel_banks(
        config.n_mels, config.n_fft, config.sample_rate, config.f_min, config.f_max, 100.0, -500.0, 1.0
    )
    frequencies = np.fft.rfftfreq(config.n_fft, 1 / config.sample_rate)
    bank = mel_bank(frequencies, config.n_mels, config.f_min, config.f_max)
    np.testing.assert_allclose(bank[:, :-1], kaldi, atol=1e-4)  # torchaudio computes in single precision
    np.testing.assert_allclose(bank[:, -1], 0, atol=1e-6)


@pytest.mark.parametrize("config", [FrontendConfig(), OTHER, HIGH])
@pytest.mark.parametrize("samples", [5_000, 31_999, 32_000, 32_001, 200_000])
def test_features_are_those_of_training(config: FrontendConfig, samples: int) -> None:
    time = np.arange(samples) / config.sample_rate
    tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    for waveform in (noise(samples / RATE), 0.5 * tone, np.zeros(samples, np.float32)):
        features = LogMel(config)(waveform)
        expected = in_pytorch.LogMel(config)(torch.from_numpy(waveform[np.newaxis]))[0, 0]
        assert features.dtype == np.float32
        assert features.shape == (config.n_mels, 1 + (samples - 1) // config.hop_length)
        np.testing.assert_allclose(features, expected, atol=1e-3)
        assert np.abs(features - expected.numpy()).mean() < 1e-5


def test_pieces_of_a_spectrogram_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waveform = noise(3.3)
    expected = LogMel(FrontendConfig())(waveform)
    monkeypatch.setattr("instrument_model.onnx.frontend.FRAMES_AT_ONCE", 7 * FRAMES_AT_ONCE)
    monkeypatch.setattr("instrument_model.onnx.frontend.BANDS_AT_ONCE", BANDS_AT_ONCE // 3)
    np.testing.assert_allclose(LogMel(FrontendConfig())(waveform), expected, atol=1e-5)


@pytest.mark.parametrize("samples", [100, 512, 513, 514, 515])
def test_short_waveforms_are_reflected(samples: int) -> None:
    """Also more than once, which PyTorch refuses."""
    waveform, config = noise(samples / RATE)[:samples], FrontendConfig()
    emphasised = waveform[1:] - np.float32(config.preemphasis) * waveform[:-1]
    centred = np.pad(emphasised, config.n_fft // 2, mode="reflect")
    frames = LogMel(config)._frames(waveform)
    assert len(frames) == 1 + (samples - 1) // config.hop_length
    for number, frame in enumerate(frames):
        np.testing.assert_array_equal(frame, centred[number * config.hop_length :][: config.n_fft])


@pytest.mark.parametrize("samples", [96_001, 96_319, 96_320, 96_321, 144_000, 320_000, 333_333])
def test_windows_begin_where_frames_do(samples: int) -> None:
    waveform = noise(samples / RATE)
    windows, front = windows_of(waveform), LogMel(FrontendConfig())
    assert all(window.first % STEP == 0 for window in windows)
    assert windows[-1].end == samples / RATE
    np.testing.assert_array_equal(joined(windows), waveform)
    log_mels = front.windows(windows)
    assert log_mels.shape == (len(windows), 1, 128, 300)
    np.testing.assert_allclose(log_mels, alone(front, windows), atol=1e-4)


@pytest.mark.parametrize(("seconds", "hop_seconds"), [(0.5, 0.1), (0.55, 0.5), (1.0, 1.0), (2.345, 0.777)])
@pytest.mark.parametrize("n_fft", [1024, 8192])
def test_windows_of_other_models(seconds: float, hop_seconds: float, n_fft: int) -> None:
    front = LogMel(FrontendConfig(n_fft=n_fft))
    windows = windows_of(noise(4.0), WindowConfig(seconds, hop_seconds))
    np.testing.assert_allclose(front.windows(windows), alone(front, windows), atol=1e-4)


def test_shared_frames_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    front, frames = LogMel(FrontendConfig()), []
    rfft = np.fft.rfft

    def counted(block: Samples, out: NDArray[np.complex64]) -> object:
        frames.append(len(block))
        return rfft(block, out=out)  # type: ignore[arg-type]  # numpy's types know no complex64 here

    monkeypatch.setattr(np.fft, "rfft", counted)
    front.windows(windows_of(noise(25.5))[:16])
    assert sum(frames) == 2550 + 15 * 2 * 2  # 16 windows of 300 frames, 150 apart, and two at each inner end
    assert max(frames) == FRAMES_AT_ONCE
