"""Teaching a model new instruments, on sounds that are made here and told apart by ear in an instant."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from instrument_model import InstrumentClassifier
from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.cli import main as library
from instrument_model.labels import LabelSet
from instrument_model.resemblance.classes import PREFIX, WEIGHT
from tests.support.app_server import EXAMPLES, HANG_SECONDS, ROOT
from training import calibrate, evaluate
from training.errors import TrainingError
from training.publishing.provenance import Provenance
from training.teach import KEPT, main
from training.teaching import background, base, head, recordings

pytestmark = pytest.mark.slow

RATE = 32_000
TAKES = 8
CLASSES = ("square horn", "hiss", "bell", "other")


def sound(kind: str, take: float, seconds: float = 3.0) -> NDArray[np.float32]:
    """A sound of a class, at a pitch of its own."""
    rng = np.random.default_rng(round(10 * take))
    time_axis = np.arange(round(seconds * RATE)) / RATE
    pitch = 180.0 + 37.0 * take
    phase = 2 * np.pi * pitch * time_axis
    samples = {
        "square horn": np.sign(np.sin(phase)),
        "hiss": rng.normal(0, 0.3, len(time_axis)),
        "bell": np.sin(5 * phase) * np.exp(-5 * (time_axis % 0.7)),
        "other": np.sin(phase / 3) * (1 + 0.1 * np.sin(2 * np.pi * 3 * time_axis)) / 2,
    }[kind]
    return (0.3 * samples).astype(np.float32)


def write_classes(root: Path, classes: tuple[str, ...] = CLASSES, takes: int = TAKES) -> Path:
    """A folder per class."""
    for kind in classes:
        (root / kind).mkdir(parents=True)
        for take in range(takes):
            soundfile.write(root / kind / f"take {take}.wav", sound(kind, take), RATE)
    return root


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows three new sounds."""
    root = tmp_path_factory.mktemp("teach")
    folder = write_classes(root / "sounds")
    assert main([str(folder), "--out", str(root / "mine"), "--licence", "CC0", "--held-out", "0.3"]) == 0
    return root / "mine"


def test_the_model_names_what_it_was_taught(taught: Path) -> None:
    classifier = InstrumentClassifier.from_pretrained(taught)
    assert classifier.config.labels.names == ("bell", "hiss", "square horn")
    for kind in ("square horn", "hiss", "bell"):
        assert classifier.predict((sound(kind, 2.5), RATE)).instrument == kind
    assert classifier.predict((sound("other", 2.5), RATE)).instrument is None


def test_the_body_is_that_of_the_base(taught: Path) -> None:
    ours = InstrumentClassifier.from_pretrained(taught).model.tensors
    theirs = InstrumentClassifier.from_pretrained().model.tensors
    network = [name for name in theirs if not name.startswith(PREFIX)]
    changed = [name for name in network if not np.array_equal(ours[name], theirs[name])]
    assert changed == ["classifier.5.bias", "classifier.5.weight"]


def test_what_is_no_class_may_resemble_what_the_base_knows(taught: Path) -> None:
    classifier = InstrumentClassifier.from_pretrained(taught)
    assert classifier.config.resemblance is not None
    classes = classifier.config.resemblance.classes
    assert {"cello", "speech", "accordion"} <= classes.keys()
    assert "bell" not in classes  # which the model was taught
    found = classifier.predict(EXAMPLES / "cello.mp3")
    assert found.instrument is None
    assert found.resembles[0].label == "cello"


def test_the_folder_says_what_it_is(taught: Path) -> None:
    assert {path.name for path in taught.iterdir()} == {
        "config.json", "model.safetensors", "README.md", "provenance.json", "calibration.json", "evaluation",
    }  # fmt: skip
    assert {path.name for path in (taught / "evaluation").glob("*.png")} >= {"confusion.png", "reliability.png"}
    card = (taught / "README.md").read_text(encoding="utf-8")
    assert "**bell**, **hiss**, **square horn**" in card
    assert "held-out recordings" in card
    assert "| Square horn |" in card
    assert "cello" not in card.split("### What else it might be")[0].lower()
    added, *_ = Provenance.read(taught / "provenance.json").collections
    assert (added.name, added.licence) == ("sounds", "CC0")
    results = next(iter(json.loads((taught / "evaluation" / "metrics.json").read_text()).values()))
    assert results["groups"]["held-out recordings"]["top1"]["per_class_mean"] == 1.0


def test_the_command_line_takes_it(taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "new.wav", sound("bell", 3.5), RATE)
    assert library(["--model", str(taught), "--json", str(tmp_path / "new.wav")]) == 0
    assert json.loads(capsys.readouterr().out)["instrument"] == "bell"


def test_a_killed_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = write_classes(tmp_path / "sounds", takes=5), tmp_path / "mine"
    command = [sys.executable, "-m", "training", "teach", str(folder), "--out", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + HANG_SECONDS
    while not list((out / KEPT).glob("*.npz")) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in (out / KEPT).glob("*.npz")}
    assert kept
    assert not (out / "README.md").exists()
    assert main(command[4:]) == 0
    assert "Taught in" in capsys.readouterr().out
    assert not (out / KEPT).exists()


def test_nothing_is_reported_of_others_where_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_classes(tmp_path / "sounds", ("bell", "hiss"), takes=4)
    assert main([str(folder), "--out", str(tmp_path / "mine")]) == 0
    said = capsys.readouterr().out
    assert "held-out clips of your classes" in said
    assert "nan" not in said


def test_a_label_that_the_base_knows_begins_with_its_row() -> None:
    start = base.load(BUNDLED_WEIGHTS, LabelSet.from_names(["cello", "French horn", "nay"]))
    bundled = InstrumentClassifier.from_pretrained().model
    assert bundled.config.resemblance is not None
    assert set(start.rows) == {"cello", "French horn"}
    horn = list(bundled.config.resemblance.classes).index("french_horn")
    np.testing.assert_array_equal(start.rows["French horn"][0], bundled.tensors[WEIGHT][horn])
    np.testing.assert_array_equal(start.rows["cello"][0], bundled.tensors["classifier.5.weight"][0])


@pytest.mark.parametrize(
    ("names", "missing", "there"),
    [
        (("bassoon", "Cello"), {"cello"}, {"violin", "ensemble", "pink noise", "hum 50"}),
        (("guitars", "my synth"), {"acoustic_guitar", "electric_guitar", "tone 440"}, {"cello", "piano"}),
        (("brass band", "hiss"), {"trumpet", "ensemble", "white noise"}, {"cello", "flute"}),
    ],
)
def test_what_stands_in_for_other_sounds_is_no_class(
    names: tuple[str, ...], missing: set[str], there: set[str], bundled: InstrumentClassifier
) -> None:
    found = background.hear(LabelSet.from_names(names), bundled, "mine")
    heard = {clip.group.removeprefix("other/background/") for clip in found}
    assert there <= heard
    assert missing.isdisjoint(heard)
    assert all(not clip.labels and clip.source == "mine" and len(answer.clean) for clip, answer in found.items())


def test_what_the_base_knows_is_kept_where_there_is_nothing_to_add() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(60, 4)).astype(np.float32)
    first = head.Rows(np.array([[4.0, 0, 0, 0]], np.float32), np.zeros(1, np.float32))
    targets = (hidden[:, :1] > 0).astype(np.float32)
    windows = head.Windows(hidden, targets, np.arange(60), np.ones(60, np.float32), np.ones(60, bool))
    strict, free = (head.fit(windows, first, strength).weight for strength in (1e3, 1e-4))
    assert np.abs(strict - first.weight).max() < 0.05 < np.abs(free - first.weight).max()


def test_the_heads_input_is_that_of_the_network() -> None:
    start = base.load(BUNDLED_WEIGHTS, LabelSet.from_names(["cello"]))
    classifier, waveform = start.classifier(), sound("bell", 3)
    embeddings, _ = classifier.embed((waveform, RATE))
    rows = head.Rows(start.model.tensors["classifier.5.weight"], start.model.tensors["classifier.5.bias"])
    calibration = start.model.config.calibration
    bias = np.array(list(calibration.bias.values()))
    logits = rows.logits(start.hidden(embeddings)) / calibration.temperature + bias
    _, expected = classifier.probabilities((waveform, RATE))
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("classes", "takes", "sentence"),
    [
        (
            ("bell", "other"),
            2,
            "The class bell has 1 recordings for training and 1 to be measured by",
        ),
        (("bell",), 4, "one class alone, and nothing to tell it from; add a folder other"),
        (("other",), 4, "holds nothing but other"),
    ],
)
def test_thin_data_is_refused(classes: tuple[str, ...], takes: int, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=sentence):
        recordings.read(write_classes(tmp_path / "sounds", classes, takes), 0.2, 0)


def test_folders_that_cannot_name_labels_are_refused(tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "sounds")
    (folder / "bell").rename(folder / "be'll")
    with pytest.raises(TrainingError, match="cannot name the labels of a model: The label"):
        recordings.read(folder, 0.2, 0)


def test_the_owner_is_warned(tmp_path: Path) -> None:
    clips, _ = recordings.read(write_classes(tmp_path / "sounds", ("bell", "hiss"), 4), 0.3, 0)
    few, missing = recordings.warnings(clips)
    assert few == "Few recordings, so figures of these classes rest on little: bell (4), hiss (4)."
    assert missing.startswith("There is no folder other, so the model learns from a few examples")


def test_what_cannot_be_done_is_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_classes(tmp_path / "sounds", takes=4)
    for arguments in (
        [str(tmp_path / "missing"), "--out", str(tmp_path / "mine")],
        [str(folder), "--out", str(folder)],
        [str(folder), "--out", str(tmp_path / "mine"), "--held-out", "1.5"],
        [str(folder), "--out", str(tmp_path / "mine"), "--base", str(tmp_path / "missing.pt")],
    ):
        assert main(arguments) == 1
        captured = capsys.readouterr()
        assert captured.err.startswith("error: ")
        assert captured.err.count("\n") == 1


def test_a_taught_model_can_be_evaluated_and_calibrated(
    taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_classes(tmp_path / "new", takes=4)
    data = ["--folder", str(folder), "--cache", str(tmp_path / "cache")]
    assert evaluate.main([str(taught), *data, "--split", "all", "--quick", "--out", str(tmp_path / "report")]) == 0
    assert "| Square horn |" in (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert calibrate.main([str(taught), *data, "--out", str(tmp_path / "again")]) == 0
    assert InstrumentClassifier.from_pretrained(tmp_path / "again").config.labels.names[0] == "bell"
    capsys.readouterr()
    assert evaluate.main([str(taught), "weights", *data]) == 1
    assert capsys.readouterr().err == f"error: weights has other labels than {taught}; measure them one at a time.\n"
