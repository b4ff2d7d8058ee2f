"""An interrupted run goes on where it stopped."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from instrument_model.batch.parts import Parts
from instrument_model.batch.table import read_rows
from instrument_model.cli import main
from instrument_model.errors import CollectionError
from instrument_model.labels import LABEL_NAMES
from tests.support.app_server import HANG_SECONDS, ROOT
from tests.support.sounds import tone, write


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


def test_parts_are_of_one_folder_and_model(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    Parts(out, LABEL_NAMES, {"collection": "a", "model_sha256": "1"}).add([])
    with pytest.raises(CollectionError, match="another folder, model or choice of --segments; delete it"):
        Parts(out, LABEL_NAMES, {"collection": "a", "model_sha256": "2"})
