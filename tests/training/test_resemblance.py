"""A second head is made of AudioSet's rows and of recordings, measured, and put into a model folder that fits."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from instrument_model import InstrumentClassifier
from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LABELS, Label, LabelSet
from instrument_model.resemblance.classes import PREFIX
from instrument_model.weights import WEIGHTS_FILE, Model, file_sha256, load_model, save_model
from tests.support.training.measured_model import write_evaluation, write_provenance
from training import backbone
from training.data.clips import Clip
from training.data.sources.manifest import COLUMNS
from training.errors import TrainingError
from training.publishing.measured_model import EVALUATION
from training.publishing.provenance import PROVENANCE_FILE
from training.resemblance import main
from training.resembling import measure
from training.resembling.classes import DETAILS, SOUNDS, SPELLINGS, classes_for, right_for, taught_by
from training.resembling.head import audioset_rows
from training.resembling.listening import Heard
from training.resembling.model import make, without_second_head

RATE = 32_000
AUDIOSET_CLASSES = 527


def sound(kind: str, take: int, seconds: float = 2.0) -> NDArray[np.float32]:
    """A sound of a kind, at a pitch of its own."""
    time_axis = np.arange(round(seconds * RATE)) / RATE
    pitch = 180.0 + 23.0 * take
    samples = {
        "harp": np.sin(10 * np.pi * pitch * time_axis) * np.exp(-6 * (time_axis % 0.5)),
        "accordion": np.sign(np.sin(2 * np.pi * pitch * time_axis)),
        "oboe": np.random.default_rng(take).normal(0, 0.3, len(time_axis)),
    }[kind]
    return (0.3 * samples).astype(np.float32)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten clips of three sounds for training, and three of each in four collections for development."""
    root = tmp_path_factory.mktemp("library")
    (root / "audio").mkdir()
    with (root / "manifest.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for kind in ("harp", "accordion", "oboe"):
            for take in range(22):
                split, source = ("train", "studio") if take < 10 else ("dev", f"hall {take % 4}")
                name = f"{kind}-{take}.wav"
                soundfile.write(root / "audio" / name, sound(kind, take), RATE)
                table.writerow([name, "other", kind, "phrase", split, source, f"{kind}{take}.wav"])
    return root


def checkpoint_state() -> dict[str, torch.Tensor]:
    """Rows that know nothing."""
    generator = torch.Generator().manual_seed(0)
    weight = 0.05 * torch.randn(AUDIOSET_CLASSES, 512, generator=generator)
    return {"classifier.5.weight": weight, "classifier.5.bias": torch.full((AUDIOSET_CLASSES,), -4.0)}


@pytest.fixture(scope="module")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured model that never names an instrument."""
    folder = tmp_path_factory.mktemp("deaf")
    model = without_second_head(load_model(BUNDLED_WEIGHTS))
    never = replace(model.config.calibration, thresholds=dict.fromkeys(LABELS.names, 1.0))
    save_model(folder, Model(replace(model.config, calibration=never), model.tensors))
    (folder / EVALUATION).mkdir()
    write_evaluation(folder / EVALUATION, folder)
    write_provenance(folder / PROVENANCE_FILE)
    return folder


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands for the published one."""
    path = tmp_path / "checkpoint.pt"
    torch.save(checkpoint_state(), path)
    monkeypatch.setattr(backbone, "CHECKPOINT_SHA256", file_sha256(path))
    return path


def test_the_command_makes_a_model_that_says_what_it_resembles(
    deaf: Path, library: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    arguments = ["--memory", str(checkpoint), "--library", str(library), "--cache", str(tmp_path / "cache")]
    assert main([str(deaf), *arguments, "--out", str(out)]) == 0
    assert "is right for 100.0%" in capsys.readouterr().out
    classifier = InstrumentClassifier.from_pretrained(out)
    for kind in ("harp", "accordion", "oboe"):  # oboe is learned from recordings alone
        found = classifier.predict((sound(kind, 30), RATE)).resembles
        assert found[0].label == kind
        assert len(found) <= 3
    # The network is the same, so what was measured of it holds.
    before, after = load_model(deaf), load_model(out)
    for name, tensor in before.tensors.items():
        np.testing.assert_array_equal(after.tensors[name], tensor)
    sha256 = file_sha256(out / WEIGHTS_FILE)
    metrics = json.loads((out / EVALUATION / "metrics.json").read_text(encoding="utf-8"))
    assert {found["sha256"] for found in metrics.values()} == {sha256}
    measured = measure.read(out / EVALUATION, sha256)
    assert measured is not None
    assert measured.measured.top1 > measured.before.top1
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "### What else it might be" in card
    assert sha256 in card
    assert "harp" in card
    assert (
        not any("What else" in line for line in (deaf / "README.md").open()) if (deaf / "README.md").exists() else True
    )
    # Again, in the same folder: the head is replaced.
    assert main([str(out), *arguments, "--out", str(out)]) == 0
    assert load_model(out).config == after.config
    assert file_sha256(out / WEIGHTS_FILE) == sha256


def test_a_model_without_evaluation_gets_no_card(
    deaf: Path, library: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    for path in deaf.glob("*.*"):
        if path.name != PROVENANCE_FILE and path.is_file():
            shutil.copy(path, plain)
    arguments = ["--memory", str(checkpoint), "--library", str(library), "--cache", str(tmp_path / "cache")]
    assert main([str(plain), *arguments, "--out", str(tmp_path / "out")]) == 0
    assert "has no card yet" in capsys.readouterr().out
    assert not (tmp_path / "out" / "README.md").exists()


def test_too_few_clips_are_refused() -> None:
    model = without_second_head(load_model(BUNDLED_WEIGHTS))
    clip = Clip(Path("a.wav"), (), "phrase", "train", "studio", "a", "harp")
    with pytest.raises(TrainingError, match="too few development clips"):
        make(model, checkpoint_state(), Heard([clip], [np.zeros((1, 384), np.float32)]))


def test_a_models_own_labels_are_no_resemblances() -> None:
    own = classes_for(LABELS)
    assert not {"cello", "violin", "voice"} & own.keys()
    assert {"harp", "bassoon", "drum_kit", "speech"} <= own.keys()
    taught = classes_for(LabelSet((Label("harp", "Harp"), Label("Bassoon", "Bassoon"))))
    assert not {"harp", "bassoon"} & taught.keys()
    assert {"cello", "violin", "voice"} <= taught.keys()


def test_rows_are_audiosets_own() -> None:
    state = checkpoint_state()
    classes = {name: SOUNDS[name] for name in ("organ", "harp", "oboe")}
    rows = audioset_rows(state, classes)
    weight = state["classifier.5.weight"].numpy()
    np.testing.assert_allclose(rows.weight[0], weight[[155, 156, 157]].mean(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(rows.weight[1], weight[199])
    np.testing.assert_array_equal(rows.weight[2], weight[195])  # begins as a woodwind
    assert rows.bias[2] < rows.bias[1]


def test_details_name_classes() -> None:
    assert {name for names in DETAILS.values() for name in names} <= SOUNDS.keys()
    oboe = Clip(Path("a.wav"), (), "note", "train", "studio", "a", "cor_anglais")
    assert right_for(oboe) == ("oboe", "woodwind")
    assert taught_by(oboe) == "oboe"
    drums = replace(oboe, detail="percussion")
    assert taught_by(drums) is None
    assert "snare_drum" in right_for(drums)
    assert right_for(replace(oboe, detail="who knows")) == ()
    assert right_for(replace(oboe, labels=("cello",), detail="anything")) == ("cello",)
    assert all(
        right_for(replace(oboe, detail=odd)) == right_for(replace(oboe, detail=usual))
        for odd, usual in SPELLINGS.items()
    )
    assert all(name.startswith(PREFIX) for name in ("resemblance.weight", "resemblance.bias"))


def test_figures_and_threshold() -> None:
    scores = np.array([[0.9, 0.2, 0.1, 0.0], [0.3, 0.6, 0.5, 0.0], [0.1, 0.0, 0.05, 0.15]])
    right = np.array([[True, False, False, False], [True, False, False, False], [False, True, False, False]])
    places = measure.ranks(scores, right)
    assert places.tolist() == [0, 2, 3]
    assert measure.figures(places) == measure.Figures(3, 1 / 3, 2 / 3)
    clips = [
        Clip(Path("a.wav"), (), "note", "dev", "studio", "a", detail)
        for detail in ("harp", "doublebass", "double_bass")
    ]
    assert measure.by_detail(places, clips) == {
        "double_bass": measure.Figures(2, 0.0, 0.5),
        "harp": measure.Figures(1, 1.0, 1.0),
    }
    assert measure.named(scores, right, 0.55) == measure.Named(2 / 3, 0.5, 0.5, 0.5)
    assert measure.named(scores, right, 0.95) == measure.Named(0.0, 0.0, 0.0, 0.0)
    assert measure.threshold_for(scores, right) == 0.65  # below it the second clip's first name is wrong
