"""Calibration finds what was done to logits, keeps collections apart, and writes a model like any other."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from instrument_model.labels import LABEL_NAMES
from instrument_model.network.model import load_network
from tests.support.training.library import make_class_folders, make_irmas_training, make_library
from training import calibrate
from training.errors import TrainingError
from training.evaluation import calibration, thresholds
from training.evaluation.calibration import ClipLogits, Method, choose, cross_validate, fit, folds_by_source

N_LABELS = len(LABEL_NAMES)


@pytest.fixture(autouse=True)
def one_set_of_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "REPEATS", 1)


def sharpened(temperature: float, bias: float, clips: int = 600) -> ClipLogits:
    """Labels are drawn with known probabilities, and the model says `(logit - bias) * temperature`."""
    rng = np.random.default_rng(0)
    true = rng.normal(-5.0, 3.0, (clips, N_LABELS))
    targets = (rng.random(true.shape) < 1 / (1 + np.exp(-true))).astype(np.int64)
    single = (targets.sum(axis=1) == 1) & (targets[:, -1] == 0)
    sources = np.array([f"source {n % 6}" for n in range(clips)])
    recordings = np.array([f"recording {n // 2}" for n in range(clips)])
    logits = ((true - bias) * temperature).astype(np.float32)
    return ClipLogits(logits, np.arange(clips), targets, single, sources, recordings)


def test_temperature_and_bias_are_found() -> None:
    found = fit(sharpened(3.0, 0.0, 4000), "temperature")
    assert found.temperature == pytest.approx(3.0, rel=0.05)
    assert not found.bias.any()
    found = fit(sharpened(2.0, 0.7, 4000), "common bias")
    assert found.temperature == pytest.approx(2.0, rel=0.05)
    assert found.bias == pytest.approx(np.full(N_LABELS, 0.7), abs=0.12)
    found = fit(sharpened(2.0, 0.7, 4000), "bias per label")
    assert found.bias == pytest.approx(np.full(N_LABELS, 0.7), abs=0.35)
    assert found.bias.std() > 0.01  # each has its own


def test_a_recording_is_the_mean_of_its_windows() -> None:
    logits = np.zeros((3, N_LABELS), np.float32)
    logits[:, 0] = 2.0, -2.0, 4.0
    targets = np.zeros((2, N_LABELS), np.int64)
    data = ClipLogits(
        logits, np.array([0, 0, 1]), targets, np.ones(2, bool), np.array(["a", "b"]), np.array(["a/1", "b/1"])
    )
    identity = fit(data, "none")
    sigmoid = 1 / (1 + np.exp(-logits[:, 0].astype(float)))
    assert data.probabilities(identity)[:, 0] == pytest.approx([sigmoid[:2].mean(), sigmoid[2]])
    second = data.where(np.array([1]))
    assert second.owner.tolist() == [0]
    assert second.source.tolist() == ["b"]
    assert second.probabilities(identity)[:, 0] == pytest.approx([sigmoid[2]])


def test_a_collection_is_on_one_side() -> None:
    data = sharpened(1.0, 0.0, clips=60)
    tested = []
    for rest, held_out in folds_by_source(data, 4, seed=0):
        assert not set(data.source[rest]) & set(data.source[held_out])
        tested += held_out.tolist()
    assert sorted(tested) == list(range(60))


def test_recordings_of_a_single_collection_are_on_one_side() -> None:
    data = replace(sharpened(1.0, 0.0, clips=60), source=np.full(60, "only"))
    for rest, held_out in folds_by_source(data, 4, seed=0):
        assert len(held_out) in (14, 16)
        assert not set(data.recording[rest]) & set(data.recording[held_out])
    with pytest.raises(TrainingError, match="only one development recording"):
        list(folds_by_source(data.where(np.array([0, 1])), 4, seed=0))


def test_cross_validation_sees_the_gain() -> None:
    results = cross_validate(sharpened(4.0, 0.0), 3, seed=0)
    assert results["temperature"]["ece"] < results["none"]["ece"] - 0.05
    assert results["temperature"]["top1"] == results["none"]["top1"]  # one window each: the order stays


def test_a_fit_that_ranks_worse_is_not_chosen() -> None:
    def row(ece: float, top1: float, auroc: float) -> dict[str, float]:
        return {"ece": ece, "ece_equal_size": ece, "top1": top1, "auroc": auroc}

    results: dict[Method, dict[str, float]] = {
        "none": row(0.2, 0.9, 0.95),
        "temperature": row(0.05, 0.9, 0.95),
        "common bias": row(0.03, 0.9, 0.94),
        "bias per label": row(0.01, 0.89, 0.96),
    }
    assert choose(results) == "temperature"
    results["common bias"] = row(0.03, 0.9, 0.948)
    assert choose(results) == "common bias"


def test_thresholds_are_between_the_two_kinds_of_recording() -> None:
    probabilities, targets = np.full((6, N_LABELS), 0.05), np.zeros((6, N_LABELS), np.int64)
    probabilities[:, 0] = 0.3, 0.25, 0.28, 0.21, 0.2, 0.1
    targets[:3, 0] = 1
    probabilities[:, 1] = 0.9, 0.8, 0.1, 0.7, 0.6, 0.5  # two with it, the others are drums that sound like it
    targets[:2, 1] = 1
    own = thresholds.choose(probabilities, targets, "per label")
    assert 0.21 < own[0] <= 0.25
    assert 0.7 < own[1] <= 0.8
    assert own[5] == 0.5  # nothing to learn from
    between = thresholds.choose(probabilities, targets, "drawn to 0.5")
    assert between[0] == pytest.approx(0.5 + 3 / 33 * (own[0] - 0.5))
    assert thresholds.choose(probabilities, targets, "0.5").tolist() == [0.5] * N_LABELS


def test_thresholds_are_measured_on_other_collections() -> None:
    ways = thresholds.cross_validate(sharpened(2.0, 0.0), "temperature", 3, seed=0)
    for figures in ways.values():
        assert 0 < figures["right"] <= figures["named"] <= 1
        assert 0 < figures["rejected"] < 1
    assert ways["per label"]["macro_f1"] > ways["0.5"]["macro_f1"]  # rare labels want a lower one


@pytest.mark.slow
def test_command_writes_a_model(model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library, out = make_library(tmp_path / "library", seconds=0.3), tmp_path / "out"
    arguments = [str(model_folder), "--library", str(library), "--cache", str(tmp_path / "cache")]
    assert calibrate.main([*arguments, "--out", str(out), "--folds", "2"]) == 0
    before, after = load_network(model_folder), load_network(out)
    assert after.config.calibration != before.config.calibration
    for name, tensor in before.network.state_dict().items():
        assert tensor.equal(after.network.state_dict()[name])
    report = json.loads((out / "calibration.json").read_text())
    chosen = report["calibration"]
    assert chosen in report["calibrations"]
    assert report["calibrations"][chosen]["top1"] >= report["calibrations"]["none"]["top1"]
    assert set(report["ways_to_thresholds"]) == set(thresholds.WAYS)
    assert f"Temperature {after.config.calibration.temperature:.3f}" in capsys.readouterr().out

    assert (
        calibrate.main([*arguments[:-2], "--cache", str(tmp_path / "cache"), "--out", str(library / "manifest.csv")])
        == 1
    )
    assert capsys.readouterr().err.startswith("error: ")


def test_without_development_recordings_one_sentence(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = make_library(tmp_path / "library", seconds=0.3)
    manifest = library / "manifest.csv"
    manifest.write_text(manifest.read_text().replace(",dev,", ",train,"))
    arguments = [str(model_folder), "--library", str(library), "--cache", str(tmp_path / "cache")]
    assert calibrate.main([*arguments, "--out", str(tmp_path / "out")]) == 1
    assert "no played music for development" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_folder_per_class_and_irmas_alone_are_enough(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classes = make_class_folders(tmp_path / "classes", takes=3, seconds=0.3)
    arguments = [str(model_folder), "--cache", str(tmp_path / "cache"), "--folds", "2"]
    assert calibrate.main([*arguments, "--folder", str(classes), "--out", str(tmp_path / "one")]) == 0
    assert "these figures say nothing about others" in capsys.readouterr().out
    assert load_network(tmp_path / "one")

    irmas = make_irmas_training(tmp_path / "irmas", recordings=4, seconds=0.3)
    assert calibrate.main([*arguments, "--irmas", str(irmas), "--out", str(tmp_path / "two")]) == 0
    assert "name their predominant instrument only" in capsys.readouterr().out
    assert load_network(tmp_path / "two")
