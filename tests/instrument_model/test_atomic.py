"""Files that are there whole or not at all."""

import os
from pathlib import Path

import pytest

from instrument_model.atomic import put_in_place, together, whole, write_text


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_text(path, "old, ä")
    with whole(path) as part:
        part.write_text("new")
        assert path.read_text(encoding="utf-8") == "old, ä"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def break_off(path: Path) -> None:
    with whole(path) as part:
        part.write_text("half")
        raise InterruptedError


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_text(path, "old")
    with pytest.raises(InterruptedError):
        break_off(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(InterruptedError):
            break_off(path)
    assert [left.name for left in tmp_path.iterdir()] == [".table.csv.part"]
    write_text(path, "whole")
    assert list(tmp_path.iterdir()) == [path]


def test_the_disk_has_the_file_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "table.csv", list[bool]()
    sync = os.fsync

    def noted(handle: int) -> None:
        seen.append(path.exists())
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write_text(path, "new")
    assert seen == [False, True], "the file, and then the folder that names it"


def test_files_that_belong_together_are_on_the_disk_before_one_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, seen = [tmp_path / "a", tmp_path / "b"], list[int]()
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(sum(path.exists() for path in paths)))
    with together(*paths) as parts:
        for part in parts:
            part.write_text("new")
    assert seen == [0, 0, 2], "both files, and then the folder that names them"
    assert sorted(tmp_path.iterdir()) == paths


def test_a_folder_is_put_in_place_with_all_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, synced = tmp_path / "unpacking", list[int]()
    (folder / "deep").mkdir(parents=True)
    for name in ("a", "deep/b"):
        (folder / name).write_text(name)
    monkeypatch.setattr(os, "fsync", synced.append)
    put_in_place(folder, tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "deep" / "b").read_text() == "deep/b"
    assert len(synced) == 3
