"""A folder of recordings becomes a table: in this process, in several, with Ray."""

import subprocess
import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from instrument_model import InstrumentClassifier
from instrument_model.batch import cluster, workers
from instrument_model.batch.recordings import Listing, LocalFolder
from instrument_model.batch.table import read_rows
from instrument_model.batch.workers import Job
from instrument_model.cli import main
from instrument_model.errors import CollectionError
from instrument_model.labels import LABEL_NAMES
from tests.support.app_server import ROOT
from tests.support.tables import json_rows


@pytest.mark.slow
def test_as_a_program_in_two_processes(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "instrument_model", str(folder), "--out", str(out), "--model", str(model_folder)]
    done = subprocess.run([*command, "--workers", "2"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "3/3" in done.stderr
    assert "Left out, because recordings have other endings: 1 .jpg.\n" in done.stderr
    assert done.stderr.endswith(f"1 files or folders could not be read; {out} says why.\n")
    rows = {row["file"]: row for row in read_rows(out)}
    assert set(rows) == {"bad.flac", "one.WAV", "deep/er/two.mp3"}
    assert rows["bad.flac"]["error"].startswith("No sound could be read from bad.flac; give")
    one = rows["one.WAV"]
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "one.WAV")
    assert {name: one[name] for name in LABEL_NAMES} == pytest.approx(prediction.probabilities, abs=1e-5)
    assert (one["model"], one["model_sha256"]) == (str(model_folder), prediction.model.sha256)
    assert one["bytes"] == (folder / "one.WAV").stat().st_size
    modified = datetime.fromisoformat(one["modified"]).timestamp()
    assert modified == pytest.approx((folder / "one.WAV").stat().st_mtime, abs=1e-5)
    assert not list(tmp_path.glob("*.parts"))
    assert not list(tmp_path.glob(".*"))


def test_a_few_files_are_heard_in_this_process(
    folder: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    job = Job(str(folder), str(model_folder))
    recordings = list(LocalFolder(folder).walk(Listing()))
    assert len(list(workers.local_rows(job, job.load(), recordings, None))) == 3
    monkeypatch.setattr(workers, "FEW_FILES", 2)
    with pytest.raises(TypeError):  # more of them ask for processes
        list(workers.local_rows(job, job.load(), recordings, None))


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.slow
def test_ray_with_two_workers(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    arguments = [str(folder), "--out", str(out), "--model", str(model_folder), "--engine", "ray", "--workers", "2"]
    assert main(arguments) == 1
    rows = {row["file"]: row for row in json_rows(out)}
    bad, two, one = (rows[name] for name in ("bad.flac", "deep/er/two.mp3", "one.WAV"))
    assert bad["error"].startswith("No sound could be read from bad.flac; give")
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "one.WAV")
    assert {name: one[name] for name in LABEL_NAMES} == pytest.approx(prediction.probabilities, abs=1e-5)
    assert two["error"] is None


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.slow
def test_ray_names_nodes_without_the_folder(tmp_path: Path) -> None:
    import ray

    ray.init(num_cpus=1, log_to_driver=False, include_dashboard=False)
    try:
        assert cluster.nodes_without(ray, Job(str(tmp_path))) == []
        (name,) = [node["NodeName"] for node in ray.nodes()]  # type: ignore[no-untyped-call]
        assert cluster.nodes_without(ray, Job(str(tmp_path / "elsewhere"))) == [name]
        with pytest.raises(CollectionError, match=f"is not there on {name}; mount"):
            list(cluster.ray_rows(Job(str(tmp_path / "elsewhere")), [], None))
    finally:
        ray.shutdown()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}", "--out", "x.txt"], "x.txt ends with none of .parquet, .csv, .jsonl; give"),
        (["{folder}", "--out", "{folder}/nowhere/x.csv"], "nowhere does not exist; make it"),
        (["{folder}/one.WAV", "--out", "{folder}/x.csv"], "one.WAV is no folder; with --out"),
        (["{folder}/empty", "--out", "{folder}/x.csv"], "empty holds no audio files; give"),
        (["{folder}", "--out", "{folder}/there.csv"], "there.csv is finished already; give"),
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
    assert f'install it with: pip install "instrument-model[{"ray" if engine == "ray" else suffix}]"' in last
