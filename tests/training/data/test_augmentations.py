"""Augmentations do what they say, and each can be switched off."""

import numpy as np
import pytest
import torch

from instrument_model.config import ModelConfig
from tests.support.training.runs import SAMPLE_RATE, tone
from training.data.augmentation_names import AUGMENTATIONS, SCENE_LEVEL_NAMES, VOICE_LEVEL_NAMES
from training.data.augmentations import AMPLIFIER, SCENE_LEVEL, VOICE_LEVEL, SpectrogramMask, apply
from training.data.levels import add_at_snr, rms


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name in {**VOICE_LEVEL, **SCENE_LEVEL}])
def test_every_effect_changes_the_sound_and_can_be_switched_off(name: str) -> None:
    effects = {**VOICE_LEVEL, **SCENE_LEVEL}
    _, effect = effects[name]
    waveform = tone(3, 1, 1.0)
    changed = effect(waveform, SAMPLE_RATE, np.random.default_rng(0))
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    assert len(changed) != len(waveform) or not np.allclose(changed, waveform)
    untouched = apply({name: (1.0, effect)}, waveform, SAMPLE_RATE, np.random.default_rng(0), {name})
    np.testing.assert_array_equal(untouched, waveform)


def test_the_list_of_names_is_that_of_the_effects() -> None:
    assert tuple(VOICE_LEVEL) == VOICE_LEVEL_NAMES
    assert tuple(SCENE_LEVEL) == SCENE_LEVEL_NAMES


def test_an_amplifier_adds_harmonics() -> None:
    waveform = np.sin(2 * np.pi * 220 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    rng = np.random.default_rng(4)
    spectra = [np.abs(np.fft.rfft(AMPLIFIER[1](waveform, SAMPLE_RATE, rng))) for _ in range(8)]
    assert max(spectrum[660] / spectrum[220] for spectrum in spectra) > 0.05


def test_pitch_and_stretch_do_what_they_say() -> None:
    waveform = np.sin(2 * np.pi * 440 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)

    def peak_hz(samples: np.ndarray) -> float:
        return float(np.argmax(np.abs(np.fft.rfft(samples))) * SAMPLE_RATE / len(samples))

    stretched = VOICE_LEVEL["stretch"][1](waveform, SAMPLE_RATE, np.random.default_rng(0))
    shifted = VOICE_LEVEL["pitch"][1](waveform, SAMPLE_RATE, np.random.default_rng(0))
    assert abs(len(stretched) / len(waveform) - 1) > 0.05
    assert peak_hz(stretched) == pytest.approx(440, rel=0.01)
    assert abs(len(shifted) - len(waveform)) <= 2
    assert abs(peak_hz(shifted) / 440 - 1) > 0.01


def test_add_at_snr_has_the_ratio_asked_for() -> None:
    signal, other = tone(0, 1), tone(5, 2)
    added = add_at_snr(signal, other, 12.0) - signal
    assert 20 * np.log10(rms(signal) / rms(added)) == pytest.approx(12.0, abs=0.05)


def test_masks_have_the_value_of_silence() -> None:
    config = ModelConfig().frontend
    torch.manual_seed(0)
    masked = SpectrogramMask(config)(torch.ones(4, 1, config.n_mels, 200))
    silence = (np.log(config.log_offset) - config.mean) / config.scale
    assert masked.unique().tolist() == pytest.approx([silence, 1.0])
