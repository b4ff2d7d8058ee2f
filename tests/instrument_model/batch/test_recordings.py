"""Which files of a collection are recordings: in folders, at addresses, in listings."""

import functools
import http.server
import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from instrument_model import InstrumentClassifier
from instrument_model.batch.labelling import Options, label_collection
from instrument_model.batch.modified import from_seconds
from instrument_model.batch.recordings import Listing, LocalFolder
from instrument_model.batch.table import read_rows
from instrument_model.cli import main
from instrument_model.labels import LABEL_NAMES
from tests.support.tables import json_rows


def walked(folder: Path) -> tuple[list[str], Listing]:
    listing = Listing()
    return [recording.file for recording in LocalFolder(folder).walk(listing)], listing


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


@pytest.mark.parametrize(("seconds", "modified"), [(1e9, "2001-09-09T01:46:40.000000Z"), (1e12, None), (-1e15, None)])
def test_a_time_beyond_every_calendar_is_none(seconds: float, modified: str | None) -> None:
    assert from_seconds(seconds) == modified


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


def test_file_names_that_are_not_text(model_folder: Path, recordings: dict[str, Path], tmp_path: Path) -> None:
    folder, out = tmp_path / "recordings", tmp_path / "out.parquet"
    folder.mkdir()
    shutil.copy(recordings["wav"], folder / os.fsdecode(b"latin-\xe4.wav"))
    assert label_collection(folder, out, Options(model=str(model_folder))) == 0
    (row,) = read_rows(out / "part-000001.parquet")
    assert row["file"] == "latin-\\udce4.wav"
    assert label_collection(folder, out, Options(model=str(model_folder), update=True)) == 0
    assert len(list(out.glob("part-*"))) == 1  # it is known again


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
