"""Training that does not forget what the pretrained network knows."""

from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.network.mobilenet import MobileNetV3
from instrument_model.network.model import InstrumentNetwork, save_network
from tests.support.command_line import run, run_program
from tests.support.sounds import tone
from tests.support.training.library import make_class_folders
from tests.support.training.runs import train_here
from training.data.precomputed import PreparedItems
from training.errors import TrainingError
from training.learning.forgetting import Hidden, Memory

pytestmark = pytest.mark.slow

NARROW, RATE = NetworkConfig(width=0.1), 32_000


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As EfficientAT publishes them, but narrow and with 200 classes: their numbers go up to 198."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("checkpoint") / "narrow.pt"
    torch.save(MobileNetV3(NARROW, 200).state_dict(), path)
    return path


def student(checkpoint: Path) -> InstrumentNetwork:
    """The checkpoint's network with a head of its own."""
    model = InstrumentNetwork(ModelConfig(network=NARROW))
    state = torch.load(checkpoint, weights_only=True)
    model.network.load_state_dict({k: v for k, v in state.items() if "classifier.5" not in k}, strict=False)
    return model.eval()


def test_who_has_not_changed_has_forgotten_nothing(checkpoint: Path) -> None:
    memory, model = Memory(checkpoint), student(checkpoint)
    hidden = Hidden(model.network, memory)
    waveform = torch.from_numpy(np.stack([tone(3.0, RATE, f, 0.3) for f in (220.0, 500.0)]).astype(np.float32))
    answers = memory.answers(waveform)
    model(waveform)
    here = hidden.value.detach().requires_grad_()
    elsewhere = (hidden.value.detach() + 1).requires_grad_()
    entropy = torch.special.entr(answers) + torch.special.entr(1 - answers)
    losses = [memory.loss(features, answers) for features in (here, elsewhere)]
    assert losses[0].item() == pytest.approx(entropy.sum(1).mean().item() / 11, rel=1e-4)
    assert losses[1].item() > losses[0].item()
    pulls = [
        torch.autograd.grad(loss, features)[0].norm().item()
        for loss, features in zip(losses, (here, elsewhere), strict=True)
    ]
    assert pulls[0] < 1e-3 * pulls[1]
    assert not any(parameter.requires_grad for parameter in memory.parameters())


def test_another_width_is_refused(checkpoint: Path) -> None:
    other = InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.2)))
    with pytest.raises(TrainingError, match="checkpoint that the backbone was made from"):
        Hidden(other.network, Memory(checkpoint))


def test_runs_with_fresh_and_with_prepared_items(checkpoint: Path, tmp_path: Path) -> None:
    recordings, start = tmp_path / "recordings", tmp_path / "start"
    make_class_folders(recordings)
    save_network(start, student(checkpoint))
    data = ("--folder", str(recordings), "--cache", str(tmp_path / "cache"), "--items", "24", "--batch-size", "4")
    memory = ("--memory", str(checkpoint))
    training = (*data, "--backbone", str(start), "--workers", "0", "--cpu", "--score-every", "3")
    fresh = [*training, *memory, "--remember", "0.5", "--out", str(tmp_path / "fresh"), "--without", "stretch"]
    done = train_here(fresh)
    assert done.status == 0, done.error
    assert (tmp_path / "fresh" / "model" / "model.safetensors").is_file()

    made = run_program("training.prepare", *data, *memory, "--out", str(tmp_path / "items"))
    assert made.returncode == 0, made.stderr
    items = PreparedItems([tmp_path / "items"], length=24, batch_size=4, seed=0)
    assert items.memory == Memory(checkpoint).sha256
    assert items[3]["memory"].shape == (200,)
    assert 0 < items[3]["memory"].mean() < 1
    prepared = (*training, "--prepared", str(tmp_path / "items"), "--out", str(tmp_path / "prepared"))
    done = train_here([*prepared, *memory, "--remember", "0.5"])
    assert done.status == 0, done.error

    for arguments, sentence in (
        (memory, "--remember and --memory go together"),
        (("--remember", "0.5"), "--remember and --memory go together"),
    ):
        done = train_here([*prepared, *arguments])
        assert done.status == 1
        assert done.error.startswith(f"error: {sentence}"), done.error
    done = run("training.prepare", [*data, "--out", str(tmp_path / "plain"), "--workers", "0"])
    assert done.status == 0, done.error
    other = ("--prepared", str(tmp_path / "plain"), "--out", str(tmp_path / "x"))
    done = train_here([*training, *other, *memory, "--remember", "1"])
    assert done.error.startswith("error: The --prepared items were made with another --memory"), done.error
