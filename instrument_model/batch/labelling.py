"""A folder of recordings becomes a table: `python -m instrument_model FOLDER --out results.parquet`.

Rows are kept in parts beside the table while it grows, each part complete or not there, so that the same command goes
on where it was interrupted, however that was. At the end the parts become the table, in one step.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import CollectionError
from .table import Row, check_target, put_in_place, read_lines, write_lines, write_table
from .workers import ENGINES, Job

CONTAINERS = (".caf", ".m4a", ".m4b", ".mka", ".mkv", ".mov", ".mp4", ".oga", ".ogg", ".webm")
CODECS = (".aac", ".ac3", ".amr", ".flac", ".mp2", ".mp3", ".opus", ".tta", ".wma", ".wv")
UNCOMPRESSED = (".aif", ".aifc", ".aiff", ".au", ".w64", ".wav")
SUFFIXES = frozenset(CONTAINERS + CODECS + UNCOMPRESSED)
"""Endings of the files that are labelled, in any case; a folder may hold covers and texts besides."""

PART_ROWS = 200
PART_SECONDS = 10.0
"""What an interruption may cost at most, whichever comes first."""


def audio_files(folder: Path) -> list[str]:
    """The audio files under a folder, relative to it and sorted; hidden ones and links to folders are left out."""
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            os.path.relpath(Path(root, name), folder)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        ]
    return sorted(found)


class Parts:
    """The rows so far, in a folder beside the table.

    A file counts as done if a row for it is there; a part is JSON lines and is never changed once it is there.
    """

    def __init__(self, out: Path, description: dict[str, Any]) -> None:
        """Makes the folder, or goes on with that of an interrupted run.

        Raises:
            CollectionError: The folder is of another collection or model.
        """
        self.folder = out.with_name(f"{out.name}.parts")
        self.folder.mkdir(exist_ok=True)
        run = self.folder / "run.json"
        if not run.exists():
            temporary = run.with_suffix(".writing")
            temporary.write_text(json.dumps(description), encoding="utf-8")
            put_in_place(temporary, run)
        if json.loads(run.read_text(encoding="utf-8")) != description:
            raise CollectionError(
                f"{self.folder} holds results of another folder or model; delete it or give --out another name."
            )
        self._count = max((int(path.stem) for path in self._paths()), default=0)
        self._waiting: list[Row] = []
        self._since = time.monotonic()

    def rows(self) -> Iterator[Row]:
        """What is on the disk."""
        for path in self._paths():
            yield from read_lines(path)

    def add(self, row: Row) -> None:
        """Keeps a row; it is on the disk at the latest `PART_ROWS` rows or, with the next row, `PART_SECONDS` later."""
        self._waiting.append(row)
        if len(self._waiting) >= PART_ROWS or time.monotonic() - self._since > PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits as one part."""
        if self._waiting:
            self._count += 1
            part = self.folder / f"{self._count:08}.jsonl"
            write_lines(part.with_suffix(".writing"), self._waiting)
            put_in_place(part.with_suffix(".writing"), part)
        self._waiting, self._since = [], time.monotonic()

    def delete(self) -> None:
        """Removes the folder once the table is there."""
        shutil.rmtree(self.folder)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))


def label_collection(
    folder: Path,
    out: Path,
    model: str | None = None,
    revision: str | None = None,
    engine: str = "local",
    workers: int | None = None,
) -> int:
    """Writes what is heard in every audio file under a folder.

    Args:
        folder: The collection.
        out: The table: `.parquet`, `.csv` or `.jsonl`; must not exist yet.
        model: A model folder or Hub repository, the bundled model if None.
        revision: Of the repository.
        engine: A name of `ENGINES`.
        workers: Files that are labelled at a time, one core each; all cores if None.

    Returns:
        How many files could not be read; the table says why.

    Raises:
        CollectionError: The results cannot be written, or those of an interrupted run are of something else.
        ModelError: The model cannot be loaded.
    """
    from tqdm import tqdm

    check_target(out)
    if out.exists():
        raise CollectionError(f"{out} exists already; delete it or give --out another name.")
    if not folder.is_dir():
        raise CollectionError(f"{folder} is no folder; with --out, give one folder of recordings.")
    files = audio_files(folder)
    if not files:
        raise CollectionError(f"{folder} holds no audio files; give a folder of recordings.")
    job = Job(str(folder.resolve()), model, revision)
    sha256 = job.load().identity.sha256  # here as well, so that a model that cannot be loaded is told in one sentence
    try:
        parts = Parts(out, {"folder": job.folder, "model_sha256": sha256})
        done = {row["file"] for row in parts.rows()}
        remaining = [file for file in files if file not in done]
        with tqdm(total=len(files), initial=len(files) - len(remaining), unit="file", smoothing=0.05) as bar:
            try:
                for row in ENGINES[engine](job, remaining, workers or os.cpu_count() or 1):
                    parts.add(row)
                    bar.update()
            finally:
                parts.flush()
        rows = sorted(parts.rows(), key=lambda row: str(row["file"]))
        write_table(out, rows)
        parts.delete()
    except OSError as error:
        raise CollectionError(
            f"{out} cannot be written ({error.strerror}); what is on the disk is kept, so make room and call the same "
            "command again."
        ) from error
    return sum(row["error"] is not None for row in rows)
