"""YAMNet: the front end agrees with the original, padding is TensorFlow's, weights land where they belong."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.support.training.tflite import tflite_arrays
from training.errors import TrainingError
from training.models import audioset
from training.models.taggers import YamnetRecogniser
from training.models.yamnet import N_CLASSES, SAMPLE_RATE, Convolution, Yamnet, YamnetFrontend, load_yamnet, quicken


def rising_tone() -> torch.Tensor:
    """Ten seconds of 220 Hz rising by 220 Hz a second, (1, samples)."""
    t = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    return torch.from_numpy(0.5 * np.sin(2 * np.pi * (220 * t + 110 * t**2))).float()[None]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights, with the class map that belongs beside them."""
    folder = tmp_path_factory.mktemp("yamnet")
    torch.manual_seed(0)
    np.savez(folder / "yamnet.npz", allow_pickle=False, **tflite_arrays(Yamnet()))
    names = [name for several in audioset.NAMES.values() for name in several]
    rows = [f'{index},/m/{index},"{name}"' for index, name in enumerate(names)]
    (folder / "yamnet_class_map.csv").write_text("\n".join(["index,mid,display_name", *rows]))
    return folder / "yamnet.npz"


def test_front_end_agrees_with_the_original() -> None:
    log_mel = YamnetFrontend().log_mel(rising_tone())
    assert log_mel.shape == (1, 998, 64)
    assert float(log_mel.mean()) == pytest.approx(-5.170, abs=5e-4)
    assert float(log_mel.std()) == pytest.approx(2.578, abs=5e-4)


def test_patches_are_one_second_every_half_second() -> None:
    frontend = YamnetFrontend()
    waveform = rising_tone()
    patches = frontend(waveform)
    assert patches.shape == (1, 19, 96, 64)
    torch.testing.assert_close(patches[:, 3], frontend.log_mel(waveform)[:, 144:240])
    assert frontend(waveform[:, :100]).shape == (1, 1, 96, 64)


def test_padding_is_at_the_end_where_tensorflow_puts_it() -> None:
    convolution = Convolution(1, 1, 3, stride=2)
    with torch.no_grad():
        convolution.conv.weight.zero_()[0, 0, 0, 0] = 1.0
        convolution.conv.bias.zero_()  # type: ignore[union-attr]
        even, odd = torch.rand(1, 1, 4, 4), torch.rand(1, 1, 5, 5)
        torch.testing.assert_close(convolution(even), even[:, :, ::2, ::2])
        # An odd size is padded by one on both sides, so the upper left weight sees the row and column before.
        torch.testing.assert_close(convolution(odd)[:, :, 1:, 1:], odd[:, :, 1::2, 1::2])


def test_weights_land_where_they_belong(weights: Path) -> None:
    torch.manual_seed(0)
    original, loaded = Yamnet().half().float().eval(), load_yamnet(weights)
    assert sum(p.numel() for p in loaded.parameters()) == 3_729_481
    with torch.inference_mode():
        logits = loaded(rising_tone())
        assert logits.shape == (1, 19, N_CLASSES)
        torch.testing.assert_close(logits, original(rising_tone()))


def test_recogniser_takes_the_highest_output_of_a_label(weights: Path) -> None:
    recogniser = YamnetRecogniser(weights)
    assert recogniser.rows[5] == [5, 6, 7]  # organ, electronic organ, Hammond organ
    probabilities = torch.zeros(1, N_CLASSES)
    probabilities[0, 7] = 0.8
    assert recogniser.best_of(probabilities)[0].tolist() == pytest.approx([0, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 0])
    with torch.inference_mode():
        assert recogniser.window_probabilities(torch.zeros(2, 32_000)).shape == (2, 11)


def test_broken_files_are_named(weights: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "yamnet.npz"
    np.savez(wrong, something=np.zeros(3))
    with pytest.raises(TrainingError, match=r"yamnet\.npz does not hold YAMNet's weights"):
        load_yamnet(wrong)
    wrong.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(TrainingError, match=r"yamnet\.npz does not hold YAMNet's weights"):
        load_yamnet(wrong)
    with pytest.raises(TrainingError, match=r"yamnet_class_map\.csv does not exist"):
        YamnetRecogniser(wrong)
    with pytest.raises(TrainingError, match=r"nothing\.npz does not exist"):
        load_yamnet(tmp_path / "nothing.npz")


@pytest.mark.parametrize("known", [True, False])
def test_a_teacher_runs_in_bfloat16_where_the_processor_knows_it(
    known: bool, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.models.yamnet.knows_bfloat16", lambda: known)
    load_yamnet.cache_clear()
    recogniser = YamnetRecogniser(weights)
    quicken(recogniser)
    assert recogniser.network.quick == known
    load_yamnet.cache_clear()
