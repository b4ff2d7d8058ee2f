"""A folder of recordings becomes a table, also after an interruption."""

import csv
import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from instrument_model import InstrumentClassifier
from instrument_model.batch import cluster, parts, workers
from instrument_model.batch.labelling import Options, label_collection
from instrument_model.batch.parts import Parts
from instrument_model.batch.recordings import Listing, LocalFolder, Recording
from instrument_model.batch.table import columns, read_rows, write_rows
from instrument_model.batch.workers import Job, Labeller
from instrument_model.cli import main
from instrument_model.errors import CollectionError
from instrument_model.labels import LABEL_NAMES
from tests.support.app_server import HANG_SECONDS, ROOT
from tests.support.sounds import tone, write

COLUMNS = list(columns(LABEL_NAMES))


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
    label = Labeller.__call__

    def noted(self: Labeller, recording: Recording) -> list[dict[str, Any]]:
        given.append(recording.file)
        return label(self, recording)

    monkeypatch.setattr(Labeller, "__call__", noted)
    return given


def walked(folder: Path) -> tuple[list[str], Listing]:
    listing = Listing()
    return [recording.file for recording in LocalFolder(folder).walk(listing)], listing


def json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- which files -----------------------------------------------------------------------------------------------------


def test_recordings_of_a_folder(folder: Path) -> None:
    found, listing = walked(folder)
    assert found == ["bad.flac", "one.WAV", "deep/er/two.mp3"]
    assert listing.left_out == {".jpg": 1}
    assert not listing.unreadable


@pytest.mark.parametrize(
    "suffix", [".3gp", ".weba", ".wave", ".bwf", ".avi", ".ts", ".m4v", ".mpga", ".snd", ".ogx", ".M4A"]
)
def test_endings_that_phones_recorders_and_browsers_use(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"take{suffix}").write_bytes(b"\0")
    assert walked(tmp_path)[0] == [f"take{suffix}"]


def test_files_without_an_ending_are_tried_unless_they_are_text(recordings: dict[str, Path], tmp_path: Path) -> None:
    for name, suffix in (("RIFF", "wav"), ("frames", "mp3"), ("box", "m4a")):
        shutil.copy(recordings[suffix], tmp_path / name)
    (tmp_path / "README").write_text("Ein Klavier, ein Klavier! " * 100 + "ü" * 500, encoding="utf-8")
    (tmp_path / "empty").touch()
    found, listing = walked(tmp_path)
    assert found == ["RIFF", "box", "frames"]
    assert listing.left_out == {"no ending, text": 2}


def test_a_folder_that_cannot_be_opened_is_told(
    model_folder: Path, recordings: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Deeper than a path may be long, so that it cannot be opened whoever asks."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    shutil.copy(recordings["wav"], folder / "one.wav")
    before = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(20):
            os.mkdir("deep" * 60)  # noqa: PTH102 - pathlib would give the whole path
            os.chdir("deep" * 60)
    finally:
        os.chdir(before)
    out = tmp_path / "out.csv"
    assert main([str(folder), "--out", str(out), "--model", str(model_folder)]) == 1
    errors = capsys.readouterr().err
    assert "cannot be read (File name too long), so its recordings are missing." in errors
    assert "1 files or folders could not be read" in errors
    assert [row["file"] for row in read_rows(out)] == ["one.wav"]


# --- as a program ----------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.slow
def test_goes_on_after_kill_9(
    suffix: str, model_folder: Path, recordings: dict[str, Path], tmp_path: Path, quick: list[str]
) -> None:
    folder, out = tmp_path / "many", tmp_path / f"out.{suffix}"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.wav").symlink_to(recordings["wav"])
    code = (
        "from instrument_model import cli; from instrument_model.batch import parts; "
        "parts.PART_ROWS, parts.SYNC_SECONDS = 5, 0; cli.main()"
    )
    arguments = [str(folder), "--out", str(out), "--model", str(model_folder), "--segments"]
    command = [sys.executable, "-c", code, *arguments, "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    work = out if suffix == "parquet" else tmp_path / "out.jsonl.parts"
    end = time.monotonic() + HANG_SECONDS
    while len(list(work.glob("part-*"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    started = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(started, timeout=HANG_SECONDS)
    assert not alive
    acknowledged = [dict(row) for path in sorted(work.glob(f"part-*.{suffix}")) for row in read_rows(path)]
    assert 6 <= len(acknowledged) < 600
    for journal in work.glob("_journal-*"):
        with journal.open("a") as file:
            file.write('[{"file": "half a li')  # as if the line had been cut
    assert main(arguments) == 0
    heard = [row for path in sorted(out.glob("*.parquet")) for row in read_rows(path)] or list(read_rows(out))
    assert {row["file"] for row in heard if row["start"] is None} == {f"{number:03}.wav" for number in range(300)}
    assert len(heard) == 600  # one segment each, and none twice
    assert len(quick) < 300
    assert all(row in heard for row in acknowledged)


def test_parquet_is_a_folder_that_readers_take_for_one_table(
    folder: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr(parts, "PART_ROWS", 1)
    out = tmp_path / "out.parquet"
    assert main([str(folder), "--out", str(out), "--model", str(model_folder)]) == 1
    assert len(list(out.glob("part-*.parquet"))) == 3
    table = parquet.read_table(out)
    assert table.column_names == COLUMNS
    rows = {row["file"]: row for row in table.to_pylist()}
    assert rows["bad.flac"]["duration"] is None
    assert rows["bad.flac"]["error"]
    assert rows["one.WAV"]["duration"] == pytest.approx(2.0, abs=0.1)
    assert rows["one.WAV"]["error"] is None


def test_segments_have_rows(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    write(folder / "long.wav", tone(8.0), 44_100)
    out = tmp_path / "out.jsonl"
    assert label_collection(folder, out, Options(model=str(model_folder), segments=True)) == 1
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "long.wav")
    whole, *segments = [row for row in read_rows(out) if row["file"] == "long.wav"]
    assert whole["start"] is None
    assert whole["confidence"] == pytest.approx(prediction.confidence, abs=1e-5)
    assert [(row["start"], row["end"]) for row in segments] == [(part.start, part.end) for part in prediction.segments]
    assert segments[1]["violin"] == pytest.approx(prediction.segments[1].probabilities["violin"], abs=1e-5)
    assert len({row["model_sha256"] for row in segments} | {whole["model_sha256"]}) == 1


# --- working on a finished table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_retry_and_update(
    suffix: str, folder: Path, model_folder: Path, tmp_path: Path, quick: list[str], recordings: dict[str, Path]
) -> None:
    out = tmp_path / f"out.{suffix}"
    arguments = [str(folder), "--out", str(out), "--model", str(model_folder)]

    def rows() -> dict[str, Any]:
        paths = sorted(out.glob("*.parquet")) if out.is_dir() else [out]
        found = [row for path in paths for row in read_rows(path)]
        assert len({row["file"] for row in found}) == len(found)
        return {row["file"]: row for row in found}

    assert main(arguments) == 1
    quick.clear()
    assert main([*arguments, "--update"]) == 1  # the damaged file still has its row
    assert quick == []

    shutil.copy(recordings["flac"], folder / "bad.flac")
    assert main([*arguments, "--retry-errors"]) == 0
    assert quick == ["bad.flac"]
    assert not any(row["error"] for row in rows().values())

    quick.clear()
    before = rows()
    shutil.copy(recordings["flac"], folder / "new.flac")
    write(folder / "one.WAV".replace("WAV", "wav"), tone(1.0), 44_100).replace(folder / "one.WAV")
    (folder / "deep/er/two.mp3").unlink()
    assert main([*arguments, "--update"]) == 0
    assert sorted(quick) == ["new.flac", "one.WAV"]
    assert set(rows()) == {"bad.flac", "deep/er/two.mp3", "new.flac", "one.WAV"}  # what is gone keeps its row
    assert rows()["one.WAV"]["duration"] == 1.0
    assert rows()["bad.flac"] == before["bad.flac"]


def test_a_finished_table_of_something_else_is_left_alone(
    folder: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    arguments = [str(folder), "--out", str(out)]
    main([*arguments, "--model", str(model_folder)])
    content = out.read_bytes()
    capsys.readouterr()
    assert main([*arguments, "--model", str(model_folder)]) == 1
    assert "is finished already; give --update" in capsys.readouterr().err
    for change in (["--model", str(model_folder), "--segments"], []):
        assert main([*arguments, "--update", *change]) == 1
        assert "of another model or choice of --segments; give" in capsys.readouterr().err
    out.write_text("some,table\n1,2\n")
    assert main([*arguments, "--update"]) == 1
    assert "out.csv is damaged or not a table of this program" in capsys.readouterr().err
    out.write_bytes(content)
    assert not list(tmp_path.glob("*.parts"))


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["=1+1.wav", "+.wav", "-cmd.wav", "@SUM(A1).wav", "\ttab.wav", "\rreturn.wav", "'=.wav"]
)
def test_no_file_name_is_a_formula(name: str, model_folder: Path, recordings: dict[str, Path], tmp_path: Path) -> None:
    folder, out = tmp_path / "recordings", tmp_path / "out.csv"
    folder.mkdir()
    shutil.copy(recordings["wav"], folder / name)
    (folder / f"{name[:-4]}.flac").write_bytes(b"fLaC, it says")  # its name begins the sentence of the error
    assert label_collection(folder, out, Options(model=str(model_folder))) == 1
    with out.open(encoding="utf-8", newline="") as file:
        texts = [cell for row in csv.DictReader(file) for cell in (row["file"], row["error"])]
    assert not [text for text in texts if text[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert {row["file"] for row in read_rows(out)} == {name, f"{name[:-4]}.flac"}  # and this program reads it back


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_tables_say_what_they_were_given(suffix: str, tmp_path: Path) -> None:
    labels = ("=label", "file", 'quo"te')
    names = list(columns(labels))
    assert len(set(names)) == len(names)
    full = dict.fromkeys(names, 0.25) | {"file": 'a, "b"\n.wav', "bytes": 3, "modified": "now", "error": None}
    full |= {"instrument": "-", "silent": False, "truncated": True, "model": "'m", "revision": None, "model_sha256": ""}
    empty = dict.fromkeys(names) | {"file": "b", "error": "+"}
    path = tmp_path / f"table.{suffix}"
    write_rows(path, [full, empty], labels)
    expected = [full | {"model_sha256": None}, empty] if suffix == "csv" else [full, empty]  # CSV has no null
    assert list(read_rows(path)) == expected


def test_file_names_that_are_not_text(model_folder: Path, recordings: dict[str, Path], tmp_path: Path) -> None:
    folder, out = tmp_path / "recordings", tmp_path / "out.parquet"
    folder.mkdir()
    shutil.copy(recordings["wav"], folder / os.fsdecode(b"latin-\xe4.wav"))
    assert label_collection(folder, out, Options(model=str(model_folder))) == 0
    (row,) = read_rows(out / "part-000001.parquet")
    assert row["file"] == "latin-\\udce4.wav"
    assert label_collection(folder, out, Options(model=str(model_folder), update=True)) == 0
    assert len(list(out.glob("part-*"))) == 1  # it is known again


# --- large collections -----------------------------------------------------------------------------------------------


def test_a_million_rows_in_constant_memory(tmp_path: Path) -> None:
    """Rows as of a million recordings; peak memory is that of a part and sixteen bytes for each recording."""
    count = int(os.environ.get("ROWS", "100000"))
    code = f"""
import resource
from pathlib import Path
from instrument_model.batch.parts import Done, Parts
from instrument_model.batch.recordings import Recording
from instrument_model.labels import LABEL_NAMES

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

rest = {{"bytes": 1, "modified": "2026-01-01", "error": None, "start": None, "duration": 3.0, "model_sha256": "0" * 64}}
rest |= dict.fromkeys(LABEL_NAMES, 0.123456789)
parts = Parts(Path({str(tmp_path)!r}, "out.parquet"), LABEL_NAMES, {{}})
for number in range({count}):
    parts.add([{{"file": f"folder {{number % 1000}}/recording {{number}}.wav"}} | rest])
    if number == 20_000:
        early = peak()
parts.finish()
late = peak()
done = Done(Parts(Path({str(tmp_path)!r}, "out.parquet"), LABEL_NAMES, {{}}).rows())
assert len(done) == {count}
assert Recording("folder 7/recording 7.wav", 1, "2026-01-01") in done
assert Recording("folder 7/recording 8.wav", 1, "2026-01-01") not in done
print(early, late, peak())
"""
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    early, late, resumed = map(int, output.split())
    assert late < early + 60, output
    assert resumed < late + 60 + count * 150e-6, output
    assert len(list(tmp_path.glob("out.parquet/part-*"))) == -(-count // parts.PART_ROWS)


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


# --- other places ----------------------------------------------------------------------------------------------------


def test_an_fsspec_address(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    """An archive as a folder, in two processes."""
    shutil.make_archive(str(tmp_path / "archive"), "zip", folder)
    out = tmp_path / "out.jsonl"
    address = f"zip://recordings::file://{tmp_path / 'archive.zip'}"
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, Path("recordings", path.relative_to(folder)))
    assert main([address, "--out", str(out), "--model", str(model_folder), "--workers", "2"]) == 1
    rows = {row["file"]: row for row in json_rows(out)}
    assert set(rows) == {"bad.flac", "one.WAV", "deep/er/two.mp3"}
    prediction = InstrumentClassifier.from_pretrained(model_folder).predict(folder / "one.WAV")
    assert {name: rows["one.WAV"][name] for name in LABEL_NAMES} == pytest.approx(prediction.probabilities, abs=1e-5)
    assert rows["one.WAV"]["bytes"] == (folder / "one.WAV").stat().st_size


def test_a_listing_on_the_web(folder: Path, model_folder: Path, tmp_path: Path) -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        out = tmp_path / "out.jsonl"
        assert main([address, "--out", str(out), "--model", str(model_folder)]) == 1
        server.shutdown()
    rows = {row["file"]: row for row in json_rows(out)}
    assert set(rows) == {"bad.flac", "one.WAV", "deep/er/two.mp3"}
    assert rows["one.WAV"]["duration"] == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nothing://folder", "cannot be opened"),
        ("file:///no/such/folder", "holds no audio files"),
        ("http://127.0.0.1:9/folder", "holds no audio files"),
    ],
)
def test_addresses_that_cannot_be_opened(
    address: str, sentence: str, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([address, "--out", str(tmp_path / "out.csv"), "--model", str(model_folder)]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    assert list(tmp_path.glob("out*")) == []


# --- Ray -------------------------------------------------------------------------------------------------------------


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


# --- what cannot be done ---------------------------------------------------------------------------------------------


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


def test_parts_are_of_one_folder_and_model(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    Parts(out, LABEL_NAMES, {"collection": "a", "model_sha256": "1"}).add([])
    with pytest.raises(CollectionError, match="another folder, model or choice of --segments; delete it"):
        Parts(out, LABEL_NAMES, {"collection": "a", "model_sha256": "2"})
