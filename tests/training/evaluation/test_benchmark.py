"""Published protocols on small trees with the real sets' names, against figures computed by hand."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from instrument_model.labels import LABEL_NAMES
from tests.support.sounds import tone, write
from tests.support.training.library import RATE, Oracle, make_irmas_test, make_irmas_training, pitch_of_label
from training import evaluate
from training.data.benchmark_sets import OPENMIC_CLASSES, OPENMIC_LABELS, UNKNOWN, read_csv, read_irmas, read_openmic
from training.errors import TrainingError
from training.evaluation import benchmark as protocol
from training.evaluation.benchmark import Counts
from training.models import taggers

EXCERPTS = {"a": ("cel", "flu"), "b": ("voi", "pia"), "c": ("cel", "org", "tru")}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "RESAMPLES", 50)


class Deaf(Oracle):
    """Knows the tones but for the flute, and hears a cello in everything that has a piano."""

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        heard = super().window_probabilities(waveform)
        heard[:, LABEL_NAMES.index("cello")] += heard[:, LABEL_NAMES.index("piano")]
        heard[:, LABEL_NAMES.index("flute")] = 0.0
        return heard


@pytest.fixture(scope="module")
def irmas_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("irmas")
    make_irmas_training(root, recordings=2)
    return make_irmas_test(root, EXCERPTS)


def run(
    arguments: list[str], out: Path, monkeypatch: pytest.MonkeyPatch, model: type[Oracle] = Oracle
) -> list[dict[str, Any]]:
    """The rows of the only model and benchmark."""
    monkeypatch.setattr(taggers, "load_recogniser", lambda _: model())
    assert evaluate.main(["model", *arguments, "--out", str(out), "--cache", str(out / "cache")]) == 0
    ((rows,),) = (models.values() for models in json.loads((out / "benchmark.json").read_text()).values())
    return list(rows)


# --- figures ---------------------------------------------------------------------------------------------------------


def test_counts_by_hand() -> None:
    scores = np.array([[0.9, 0.6, 0.1], [0.4, 0.8, 0.7], [0.6, 0.2, 0.9]])
    targets = np.array([[1, 0, 0], [1, 1, UNKNOWN], [0, 0, 0]])
    counts = Counts.of(scores, targets, 0.5)
    assert counts.right.tolist() == [1, 1, 0]
    assert counts.named.tolist() == [2, 2, 1]  # the unknown one is not counted
    assert counts.sounding.tolist() == [2, 1, 0]
    assert [float(value) for value in counts.micro()] == pytest.approx([2 / 5, 2 / 3, 2 * 2 / 8])
    # Over the two classes that sound: precision 1/2 and 1/2, recall 1/2 and 1, F1 1/2 and 2/3.
    assert [float(value) for value in counts.macro()] == pytest.approx([1 / 2, 3 / 4, 7 / 12])
    twice = Counts.of(scores, targets, 0.5, np.array([[2.0, 0.0, 1.0]]))
    assert twice.named.tolist() == [[3, 2, 1]]


def test_aggregations_by_hand() -> None:
    windows = np.array([[0.2, 0.4, 0.0], [0.6, 0.4, 0.1]])
    assert protocol.mean_of_windows(windows).tolist() == pytest.approx([0.4, 0.4, 0.05])
    assert protocol.sum_over_highest(windows).tolist() == pytest.approx([1.0, 1.0, 0.125])
    silent = protocol.aggregated([windows, np.zeros((0, 3))], protocol.sum_over_highest, 3)
    assert silent[1].tolist() == [0, 0, 0]


def test_thresholds_are_the_best_on_training_data() -> None:
    scores, targets = np.array([[0.3, 0.9], [0.2, 0.8], [0.1, 0.2]]), np.array([[1, 1], [1, 0], [0, 0]])
    assert 0.1 < protocol.class_thresholds(scores, targets)[0] <= 0.2
    assert 0.8 < protocol.class_thresholds(scores, targets)[1] <= 0.9
    # One for both: up to 0.2, all three are found with one or two wrong ones; beyond, at most two are.
    assert 0.1 < protocol.global_threshold(scores, targets)[0] <= 0.3
    nowhere = protocol.class_thresholds(scores, np.zeros_like(targets))
    assert nowhere.tolist() == [0.5, 0.5]


def test_intervals_hold_the_figure_and_shrink_with_more_excerpts() -> None:
    rng = np.random.default_rng(0)
    targets = (rng.random((400, 3)) < 0.4).astype(np.int64)
    scores = np.clip(targets * 0.3 + rng.random((400, 3)) * 0.7, 0, 1)
    few, many = (protocol.figures(scores[:n], targets[:n], np.full(3, 0.6)) for n in (40, 400))
    for figures in (few, many):
        assert figures["micro_f1_low"] < figures["micro_f1"] < figures["micro_f1_high"]
        assert figures["lrap_low"] < figures["lrap"] < figures["lrap_high"]
    assert many["micro_f1_high"] - many["micro_f1_low"] < few["micro_f1_high"] - few["micro_f1_low"]


# --- IRMAS -----------------------------------------------------------------------------------------------------------


def test_irmas_has_all_parts_and_classes(irmas_folder: Path) -> None:
    benchmark = read_irmas(irmas_folder)
    assert len(benchmark.classes) == len(benchmark.outputs(LABEL_NAMES)) == 11
    assert len(benchmark.test.clips) == 9
    assert benchmark.test.targets.sum(axis=1).tolist() == [2, 2, 3] * 3
    assert len(benchmark.train.clips) == 44
    assert (benchmark.train.targets.sum(axis=1) == 1).all()


def test_who_knows_the_tones_is_right(
    irmas_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = run(["--irmas", str(irmas_folder)], tmp_path, monkeypatch)
    assert [(row["windows"], row["thresholds"]) for row in rows] == [
        (windows, kind) for windows in ("mean", "Han et al.") for kind in ("the model's", "one", "one a class")
    ]
    for row in rows:
        assert row["micro_f1"] == row["macro_f1"] == row["lrap"] == row["lrap_low"] == 1.0
        assert row["excerpts"] == 9
    printed = capsys.readouterr().out
    assert "IRMAS: 9 excerpts, 11 of 11 classes" in printed
    for text in ("Han et al. 2016", "0.602", "0.503", "not stated", "1.000 (1.000-1.000)"):
        assert text in printed


def test_figures_of_irmas_are_those_computed_by_hand(
    irmas_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = run(["--irmas", str(irmas_folder)], tmp_path, monkeypatch, Deaf)[0]
    # In each part, cello and flute are heard as a cello, voice and piano as these and a cello, the third as it is:
    # six of seven labels are named, and one that is wrong.
    assert row["micro_precision"] == row["micro_recall"] == row["micro_f1"] == pytest.approx(6 / 7)
    # Six classes sound: the cello is right twice of three times, the flute never, the other four always.
    assert row["macro_precision"] == pytest.approx((2 / 3 + 0 + 4) / 6)
    assert row["macro_recall"] == pytest.approx((1 + 0 + 4) / 6)
    assert row["macro_f1"] == pytest.approx((4 / 5 + 0 + 4) / 6)


def test_several_models_have_a_mean(
    irmas_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(taggers, "load_recogniser", lambda name: Oracle() if name == "a" else Deaf())
    assert evaluate.main(["a", "b", "--irmas", str(irmas_folder), "--cache", str(tmp_path)]) == 0
    mean, deviation = np.mean([1, 6 / 7]), np.std([1, 6 / 7], ddof=1)
    assert f"{mean:.3f} ± {deviation:.3f}" in capsys.readouterr().out


# --- other sets ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def openmic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips for each split: a cello with a guitar, and a flute; the rest is not annotated."""
    root = tmp_path_factory.mktemp("openmic")
    (root / "partitions").mkdir()
    (root / "audio" / "000").mkdir(parents=True)
    rows: list[tuple[object, ...]] = [("sample_key", "instrument", "relevance", "num_responses")]
    for split in ("train", "test"):
        both, flute = f"000{split}_0", f"000{split}_1"
        (root / "partitions" / f"split01_{split}.csv").write_text(f"{both}\n{flute}\n")
        samples = tone(0.6, RATE, pitch_of_label("cello"), 0.3) + tone(
            0.6, RATE, pitch_of_label("electric_guitar"), 0.3
        )
        write(root / "audio" / "000" / f"{both}.ogg", samples, RATE)
        write(root / "audio" / "000" / f"{flute}.ogg", tone(0.6, RATE, pitch_of_label("flute"), 0.3), RATE)
        rows += [(both, "cello", 0.9, 3), (both, "guitar", 0.51, 3), (both, "flute", 0.1, 3)]
        rows += [(flute, "flute", 0.8, 3), (flute, "trombone", 1.0, 3)]
    with (root / OPENMIC_LABELS).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return root


def test_openmic(
    openmic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark = read_openmic(openmic)
    assert len(benchmark.classes) == len(OPENMIC_CLASSES) == 20
    assert len(benchmark.outputs(LABEL_NAMES)) == 10
    assert benchmark.outputs(LABEL_NAMES)["guitar"] == (
        LABEL_NAMES.index("acoustic_guitar"),
        LABEL_NAMES.index("electric_guitar"),
    )
    assert (benchmark.test.targets != UNKNOWN).sum() == 5
    rows = run(["--openmic", str(openmic)], tmp_path, monkeypatch)
    assert rows[0]["micro_f1"] == rows[0]["macro_f1"] == 1.0
    assert rows[0]["lrap"] is None
    printed = capsys.readouterr().out
    assert "10 of 20 classes" in printed
    assert "no such label: accordion, banjo, bass, cymbals" in printed
    assert "not measured" in printed


def test_a_table_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, labels in (("a", ("cello", "flute")), ("b", ("piano",))):
        samples = np.stack([tone(0.6, RATE, pitch_of_label(label), 0.3) for label in labels]).sum(axis=0)
        write(tmp_path / f"{name}.wav", samples, RATE)
    path = tmp_path / "mine.csv"
    path.write_text("path,labels\na.wav,cello; flute\nb.wav,piano\n")
    rows = run(["--multilabel", str(path)], tmp_path, monkeypatch)
    assert [row["thresholds"] for row in rows] == ["the model's"] * 2
    assert rows[0]["micro_f1"] == rows[0]["lrap"] == 1.0
    path.write_text("path,labels,split\na.wav,cello;viola,test\nb.wav,piano,train\n")
    assert set(read_csv(path).outputs(LABEL_NAMES)) == {"cello", "piano"}
    assert len(run(["--multilabel", str(path)], tmp_path, monkeypatch)) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--irmas", "{root}"], "There are no clips of cello"),
        (["--openmic", "{root}"], "give the unpacked folder openmic-2018"),
        (["--multilabel", "{root}/none.csv"], "cannot be read"),
        (["--multilabel", "{root}/viola.csv"], "viola has no class that the model can answer with"),
    ],
)
def test_sets_that_are_broken(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "viola.csv").write_text("path,labels\nx.wav,viola\n")
    assert evaluate.main(["weights", *(argument.format(root=tmp_path) for argument in arguments)]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_relevance_that_is_no_number(tmp_path: Path) -> None:
    (tmp_path / OPENMIC_LABELS).write_text("sample_key,instrument,relevance\nx,cello,much\n")
    with pytest.raises(TrainingError, match=r"Line 2 of .* is not OpenMIC's"):
        read_openmic(tmp_path)
