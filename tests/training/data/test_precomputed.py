"""Items that are made once and heard by several runs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.labels import LABEL_NAMES
from instrument_model.network.model import InstrumentNetwork, save_network
from tests.support.command_line import run
from tests.support.training.library import make_class_folders
from training.data.audio_cache import AudioCache
from training.data.examples import Items
from training.data.precomputed import Item, PreparedItems, prepare
from training.data.sources import folder
from training.errors import TrainingError

pytestmark = pytest.mark.slow

RATE, BATCH, LENGTH = 32_000, 4, 12


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_class_folders(tmp_path_factory.mktemp("recordings"))


@pytest.fixture(scope="module")
def items(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Items:
    clips = folder.read(recordings)
    audio = AudioCache.build(tmp_path_factory.mktemp("cache"), clips, RATE)
    training = [clip for clip in clips if clip.split == "train"]
    without = ("stretch", "pitch", "codec")
    return Items(training, audio, length=LENGTH, batch_size=BATCH, seed=5, sample_rate=RATE, without=without)


class Source:
    """Batches of items; counts them, and stops working after some."""

    def __init__(self, items: Items, last: int = 10**9) -> None:
        self.items, self.last, self.made = items, last, 0

    def __call__(self, done: int) -> Iterator[Item]:
        for batch in range(done, LENGTH // BATCH):
            if batch == self.last:
                raise KeyboardInterrupt
            self.made += 1
            members = [self.items[index] for index in range(batch * BATCH, (batch + 1) * BATCH)]
            yield {name: np.stack([item[name] for item in members]) for name in members[0]}


def loudness(batch: Item) -> np.ndarray:
    return np.asarray(np.abs(batch["clean"]).mean(axis=1, keepdims=True), np.float32).repeat(len(LABEL_NAMES), axis=1)


def test_what_comes_back_is_what_was_made(items: Items, tmp_path: Path) -> None:
    prepare(tmp_path, items, Source(items), loudness, {"seed": 5})
    prepared = PreparedItems([tmp_path], length=2 * LENGTH, batch_size=BATCH, seed=1)
    assert prepared.taught
    made = [items[index] for index in range(LENGTH)]
    for turn in range(2):
        heard = [prepared[turn * LENGTH + index] for index in range(LENGTH)]
        for start in range(0, LENGTH, BATCH):  # a batch has one length
            assert len({len(item["waveform"]) for item in heard[start : start + BATCH]}) == 1
        left = list(range(LENGTH))
        for item in heard:
            shape = item["waveform"] / np.abs(item["waveform"]).max()
            (match,) = [
                index
                for index in left
                if len(made[index]["waveform"]) == len(shape)
                and abs(shape @ made[index]["waveform"])
                > 0.999 * np.linalg.norm(shape) * np.linalg.norm(made[index]["waveform"])
            ]
            left.remove(match)  # every item once a turn
            np.testing.assert_array_equal(item["target"], made[match]["target"])
            np.testing.assert_array_equal(item["label_weight"], made[match]["label_weight"])
            assert item["answers"][0] == pytest.approx(np.abs(made[match]["clean"]).mean())
    again = PreparedItems([tmp_path], length=LENGTH, batch_size=BATCH, seed=1)
    other = PreparedItems([tmp_path], length=LENGTH, batch_size=BATCH, seed=2)
    np.testing.assert_array_equal(again[7]["waveform"], prepared[7]["waveform"])
    assert any(not np.array_equal(other[i]["target"], again[i]["target"]) for i in range(LENGTH))


def test_a_stopped_call_goes_on(items: Items, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.data.precomputed.BATCHES_BETWEEN_NOTES", 1)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    prepare(whole, items, Source(items), None, {"seed": 5})
    with pytest.raises(KeyboardInterrupt):
        prepare(parts, items, Source(items, last=2), None, {"seed": 5})
    assert len(PreparedItems([parts], length=LENGTH, batch_size=BATCH, seed=0).batches) == 2
    rest = Source(items)
    prepare(parts, items, rest, None, {"seed": 5})
    assert rest.made == 1
    for name in ("waveforms.int16", "labels.float32"):
        assert (whole / name).read_bytes() == (parts / name).read_bytes()


def test_a_folder_of_other_items_is_refused(items: Items, tmp_path: Path) -> None:
    prepare(tmp_path, items, Source(items), None, {"seed": 5})
    with pytest.raises(TrainingError, match="other settings"):
        prepare(tmp_path, items, Source(items), None, {"seed": 6})
    with pytest.raises(TrainingError, match="batches of 8"):
        PreparedItems([tmp_path], length=LENGTH, batch_size=8, seed=0)
    with pytest.raises(TrainingError, match="no prepared items"):
        PreparedItems([tmp_path / "nothing"], length=LENGTH, batch_size=8, seed=0)


def test_a_run_learns_from_prepared_items_and_their_teacher(recordings: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    narrow = tmp_path / "narrow"
    save_network(narrow, InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1))))
    data = ("--folder", str(recordings), "--cache", str(tmp_path / "cache"))
    size = ("--items", "24", "--batch-size", "4")
    teacher = ("--teacher", f"{narrow}:0.5+{narrow}", "--workers", "0")
    made = run("training.prepare", [*data, *size, "--out", str(tmp_path / "items"), *teacher])
    assert made.status == 0, made.error
    prepared = ("--prepared", str(tmp_path / "items"))
    start = ("--backbone", str(narrow), "--out", str(tmp_path / "run"), "--workers", "0", "--cpu")
    trained = run("training.train", [*data, *size, *prepared, *start, "--distil", "0.5", "--score-every", "3"])
    assert trained.status == 0, trained.error
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()
    refused = run("training.train", [*data, *size, *prepared, *start, "--without", "noise"])
    assert refused.status == 1
    assert refused.error.startswith("error: Prepared items are heard as they are")
    assert "Traceback" not in refused.error
