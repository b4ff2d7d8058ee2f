"""A linear head on frozen features: trained, saved, and asked like any other recogniser."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torchaudio.functional import resample

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LABEL_NAMES
from tests.support.command_line import run
from tests.support.sounds import tone, write
from tests.support.training.tflite import tflite_arrays
from training.models.inference import clip_probabilities
from training.models.taggers import load_recogniser
from training.models.yamnet import SAMPLE_RATE, Yamnet, load_yamnet

pytestmark = pytest.mark.slow

RATE = 32_000


def pitch(label: str, take: int) -> float:
    return 300.0 * (1 + LABEL_NAMES.index(label)) * (1 + 0.01 * take)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every label is a tone of its own."""
    root = tmp_path_factory.mktemp("recordings")
    for label in LABEL_NAMES:
        (root / label).mkdir()
        for take in range(4):
            write(root / label / f"{take}.wav", tone(3.2, RATE, pitch(label, take), 0.4), RATE)
    return root


def train(backbone: Path, recordings: Path, out: Path, items: int = 128) -> str:
    arguments = ["--backbone", backbone, "--out", out, "--folder", recordings, "--cache", out.parent / "cache"]
    done = run("training.linear_head", [*map(str, arguments), "--items", str(items)])
    assert done.status == 0, done.error
    return done.out


def test_a_head_on_a_model_folder_learns_what_is_shown_to_it(recordings: Path, tmp_path: Path) -> None:
    train(BUNDLED_WEIGHTS, recordings, tmp_path / "head")
    clips = [np.asarray(tone(3.0, RATE, pitch(label, 0), 0.4), np.float32) for label in LABEL_NAMES]
    probabilities = clip_probabilities(load_recogniser(str(tmp_path / "head")), clips, RATE)
    assert np.mean(probabilities.argmax(axis=1) == np.arange(len(LABEL_NAMES))) > 0.6


def test_a_head_on_yamnet_is_asked_as_it_was_trained(recordings: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    np.savez(tmp_path / "yamnet.npz", allow_pickle=False, **tflite_arrays(Yamnet()))
    train(tmp_path / "yamnet.npz", recordings, tmp_path / "head")
    head = load_file(tmp_path / "head" / "head.safetensors")
    waveform = torch.from_numpy(np.asarray(tone(1.5, RATE, 440.0, 0.4), np.float32))
    recogniser = load_recogniser(str(tmp_path / "head" / "head.safetensors"))
    (answer,) = clip_probabilities(recogniser, [waveform.numpy()], RATE)
    with torch.inference_mode():
        features = load_yamnet(tmp_path / "yamnet.npz").embed(resample(waveform[None], RATE, SAMPLE_RATE)).mean(1)
        expected = torch.sigmoid(features @ head["weight"].T + head["bias"])[0]
    np.testing.assert_allclose(answer, expected.numpy(), rtol=1e-4)


def test_few_items_leave_labels_unlearned_without_a_traceback(recordings: Path, tmp_path: Path) -> None:
    """Some labels sound in none of eight items."""
    out = train(BUNDLED_WEIGHTS, recordings, tmp_path / "head", items=8)
    assert "sounds in none of the 8 items, so it is not learned" in out
    head = load_file(tmp_path / "head" / "model.safetensors")
    for number, name in enumerate(LABEL_NAMES):
        learned = f"{name} sounds in none" not in out
        assert head["classifier.5.weight"][number].any() == learned
        assert learned or float(head["classifier.5.bias"][number].sigmoid()) == pytest.approx(0.1)
