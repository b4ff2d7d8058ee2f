"""The table: its formats, its rows and what a spreadsheet makes of them."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from instrument_model import InstrumentClassifier
from instrument_model.batch import parts
from instrument_model.batch.labelling import Options, label_collection
from instrument_model.batch.table import columns, read_rows, write_rows
from instrument_model.cli import main
from instrument_model.labels import LABEL_NAMES
from tests.support.app_server import ROOT
from tests.support.sounds import tone, write

COLUMNS = list(columns(LABEL_NAMES))


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


@pytest.mark.slow
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
