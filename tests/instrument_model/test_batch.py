"""A folder of recordings becomes a table, also after an interruption."""

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from instrument_model import InstrumentClassifier
from instrument_model.batch.labelling import Parts, audio_files
from instrument_model.batch.table import read_lines
from instrument_model.batch.workers import ENGINES, Job, label_file
from instrument_model.cli import main
from instrument_model.errors import CollectionError
from instrument_model.labels import LABEL_NAMES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(recordings: dict[str, Path], tmp_path: Path) -> Path:
    """Two recordings, a damaged one, and what is no recording."""
    folder = tmp_path / "recordings"
    (folder / "deep" / "er").mkdir(parents=True)
    shutil.copy(recordings["wav"], folder / "one.WAV")
    shutil.copy(recordings["mp3"], folder / "deep" / "er" / "two.mp3")
    (folder / "bad.flac").write_bytes(b"fLaC, it says")
    (folder / "cover.jpg").write_bytes(b"picture")
    (folder / ".hidden.wav").write_bytes(b"")
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The local engine in this process, which starts at once; the files that it was given."""
    given: list[str] = []

    def rows(job: Job, files: Iterable[str], _: int) -> Iterator[dict[str, Any]]:
        classifier = job.load()
        for file in files:
            given.append(file)
            yield label_file(classifier, job, file)

    monkeypatch.setitem(ENGINES, "local", rows)
    return given


def test_audio_files(folder: Path) -> None:
    assert audio_files(folder) == ["bad.flac", "deep/er/two.mp3", "one.WAV"]


def test_as_a_program_in_two_processes(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "instrument_model", str(folder), "--out", str(out), "--model", str(model_folder)]
    done = subprocess.run([*command, "--workers", "2"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "3/3" in done.stderr
    assert done.stderr.endswith(f"1 files could not be read; {out} says why.\n")
    with out.open(encoding="utf-8", newline="") as file:
        bad, two, one = csv.DictReader(file)
    assert bad["error"].startswith("No sound could be read from bad.flac; give")
    assert (two["file"], one["file"], one["error"]) == ("deep/er/two.mp3", "one.WAV", "")
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "one.WAV")
    found = {name: float(one[name]) for name in LABEL_NAMES}
    assert found == pytest.approx(prediction.probabilities, abs=1e-5)
    assert one["model_sha256"] == prediction.model.sha256
    assert not list(tmp_path.glob("*.parts"))
    assert not list(tmp_path.glob(".*"))


def test_goes_on_after_kill_9(
    model_folder: Path, recordings: dict[str, Path], tmp_path: Path, quick: list[str]
) -> None:
    folder, out = tmp_path / "many", tmp_path / "out.jsonl"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.wav").symlink_to(recordings["wav"])
    code = "from instrument_model import cli\nfrom instrument_model.batch import labelling\n"
    code += "labelling.PART_ROWS = 2\ncli.main()"
    arguments = [str(folder), "--out", str(out), "--model", str(model_folder), "--workers", "1"]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
    parts = tmp_path / "out.jsonl.parts"
    end = time.monotonic() + 120
    while len(list(parts.glob("*.jsonl"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
    acknowledged = [dict(row) for path in sorted(parts.glob("*.jsonl")) for row in read_lines(path)]
    assert 4 <= len(acknowledged) < 300
    assert not out.exists()
    assert main(arguments) == 0
    assert len(quick) == 300 - len(acknowledged)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["file"] for row in rows] == [f"{number:03}.wav" for number in range(300)]
    assert all(row in rows for row in acknowledged)


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="PyArrow is not installed")
def test_parquet(folder: Path, model_folder: Path, tmp_path: Path, quick: list[str]) -> None:
    from pyarrow import parquet

    out = tmp_path / "out.parquet"
    assert main([str(folder), "--out", str(out), "--model", str(model_folder)]) == 1
    rows = parquet.read_table(out).to_pylist()
    assert [row["file"] for row in rows] == quick
    assert rows[0]["duration"] is None
    assert rows[0]["error"]
    assert rows[1]["duration"] == pytest.approx(2.0, abs=0.1)
    assert rows[1]["error"] is None


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_ray_with_two_workers(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    arguments = [str(folder), "--out", str(out), "--model", str(model_folder), "--engine", "ray", "--workers", "2"]
    assert main(arguments) == 1
    bad, two, one = (json.loads(line) for line in out.read_text().splitlines())
    assert bad["error"].startswith("No sound could be read from bad.flac; give")
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "one.WAV")
    assert {name: one[name] for name in LABEL_NAMES} == pytest.approx(prediction.probabilities, abs=1e-5)
    assert two["error"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}", "--out", "x.txt"], "x.txt ends with none of .parquet, .csv, .jsonl; give"),
        (["{folder}", "--out", "{folder}/nowhere/x.csv"], "nowhere does not exist; make it"),
        (["{folder}/one.WAV", "--out", "{folder}/x.csv"], "one.WAV is no folder; with --out"),
        (["{folder}/empty", "--out", "{folder}/x.csv"], "empty holds no audio files; give"),
        (["{folder}", "--out", "{folder}/there.csv"], "there.csv exists already; delete it"),
        (["{folder}", "{folder}", "--out", "{folder}/x.csv"], "With --out, give one folder"),
        (["{folder}", "--out", "{folder}/x.csv", "--workers", "0"], "--workers is 0; give at least 1"),
        (["{folder}", "--out", "{folder}/x.csv", "--model", "nothing"], "nothing is neither a model folder nor"),
    ],
)
def test_what_cannot_be_done(
    arguments: list[str], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    (folder / "there.csv").touch()
    assert main([argument.format(folder=folder) for argument in arguments]) == 1
    errors = capsys.readouterr().err
    assert sentence in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(("module", "suffix", "engine"), [("pyarrow", "parquet", "local"), ("ray", "csv", "ray")])
def test_what_is_not_installed(
    module: str,
    suffix: str,
    engine: str,
    folder: Path,
    model_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    out = str(folder / f"x.{suffix}")
    assert main([str(folder), "--out", out, "--engine", engine, "--model", str(model_folder)]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert "install it (pip install" in last


def test_parts_are_of_one_folder_and_model(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    Parts(out, {"folder": "a", "model_sha256": "1"}).add({"file": "x"})
    with pytest.raises(CollectionError, match="another folder or model; delete it"):
        Parts(out, {"folder": "a", "model_sha256": "2"})
