"""The rows of a collection on the disk while its table grows, so that every interruption costs seconds.

A folder holds parts of `PART_ROWS` rows, each complete or not there. The rows since the last part are in a journal,
one line for each recording with its segments, whose name begins with an underscore: readers of a folder of Parquet
files pass over it. A part replaces the journal of the same number; where both are there, the part is what counts.

For `.parquet` the folder is the table itself. For the other formats it lies beside the table, which is put together
from its parts when all files are done. Nothing is sorted, and a part at most is in memory.
"""

import json
import os
import shutil
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atomic import write_text
from ..errors import CollectionError
from .recordings import Recording
from .table import LINES, PARQUET, Row, read_rows, write_rows

PART_ROWS = 10_000
"""Rows in a part: with fewer, a million recordings would be too many files; with more, too much memory."""

SYNC_SECONDS = 2.0
"""After so long, rows are on the disk: what an interruption may cost."""

RUN_FILE, FINISHED_FILE = "_run.json", "_SUCCESS"


class Parts:
    """The rows so far; a file counts as done if a row for it is there."""

    def __init__(self, out: Path, labels: Sequence[str], description: dict[str, Any]) -> None:
        """Make the folder, or go on with that of an earlier run.

        Args:
            out: The table.
            labels: Of the model.
            description: What must not change from one run to the next.

        Raises:
            CollectionError: The folder is of another collection or model, or damaged.
        """
        self.out, self.labels = out, labels
        self.suffix = PARQUET if out.suffix == PARQUET else LINES
        self.folder = out if self.suffix == PARQUET else out.with_name(f"{out.name}.parts")
        self.folder.mkdir(exist_ok=True)
        run = self.folder / RUN_FILE
        if not run.exists():
            _write_json(run, description)
        if _read_json(run) != description:  # of an interrupted run
            raise CollectionError(
                f"{self.folder} holds results of another folder, model or choice of --segments; delete it or give "
                "--out another name."
            )
        (self.folder / FINISHED_FILE).unlink(missing_ok=True)
        journals = sorted(self.folder.glob("_journal-*"))
        self._number = 1 + max(map(_number, [*self._paths(), *journals]), default=0)
        for journal in journals:
            self._seal(journal)
        self._journal: Any = None
        self._rows, self._synced = 0, time.monotonic()

    @staticmethod
    def is_finished(out: Path) -> bool:
        """Return whether a folder of Parquet files is complete."""
        return (out / FINISHED_FILE).exists()

    def rows(self) -> Iterator[Row]:
        """Return what is in the parts; the journals of earlier runs have become parts."""
        for path in self._paths():
            yield from read_rows(path)

    def add(self, rows: Sequence[Row]) -> None:
        """Keep the rows of one recording; they are on the disk with the first rows that come `SYNC_SECONDS` later."""
        if self._journal is None:
            self._journal = (self.folder / f"_journal-{self._number:06}").open("w", encoding="utf-8")
        self._journal.write(json.dumps(rows) + "\n")
        self._rows += len(rows)
        if self._rows >= PART_ROWS:
            self.flush()
        elif time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync()

    def flush(self) -> None:
        """Make the journal a part."""
        if self._journal is not None:
            self._sync()
            self._journal.close()
            self._seal(Path(self._journal.name))
            self._journal, self._rows = None, 0
            self._number += 1

    def remove(self, stale: Callable[[Row], bool]) -> None:
        """Remove rows, part by part."""
        for path in self._paths():
            if any(map(stale, read_rows(path))):
                write_rows(path, (row for row in read_rows(path) if not stale(row)), self.labels)

    def take_apart(self, table: Path) -> None:
        """Make a part of a finished table, which stays until another takes its place."""
        write_rows(self._part(), read_rows(table), self.labels)
        self._number += 1

    def finish(self) -> None:
        """Put the table together; of a Parquet table, the parts are the table."""
        self.flush()
        if self.suffix != PARQUET:
            write_rows(self.out, self.rows(), self.labels)
            self.delete()
            return
        if not self._paths():  # readers want at least one
            write_rows(self._part(), [], self.labels)
        (self.folder / FINISHED_FILE).touch()

    def delete(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)

    def _sync(self) -> None:
        self._journal.flush()
        os.fsync(self._journal.fileno())
        self._synced = time.monotonic()

    def _seal(self, journal: Path) -> None:
        part = self._part(_number(journal))
        if not part.exists():
            write_rows(part, _journal_rows(journal), self.labels)
        journal.unlink()

    def _part(self, number: int | None = None) -> Path:
        return self.folder / f"part-{number or self._number:06}{self.suffix}"

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob(f"part-*{self.suffix}"))


class Done:
    """Which recordings have a row, in sixteen bytes for each.

    A name is remembered by 64 bits of its BLAKE2b digest: of a million names, two are alike in one collection of
    thirty-seven million.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        names, states = array("Q"), array("Q")
        for row in rows:
            if row["start"] is None:
                names.append(_digest(row["file"]))
                states.append(_digest(row["file"], row["bytes"], row["modified"]))
        self._names, self._states = (np.unique(np.frombuffer(digests, np.uint64)) for digests in (names, states))

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, recording: Recording) -> bool:
        """Return whether there is a row, whatever the file was then."""
        return _holds(self._names, _digest(recording.name))

    def is_current(self, recording: Recording) -> bool:
        """Return whether there is a row of the file as it is now."""
        return _holds(self._states, _digest(recording.name, recording.bytes, recording.modified))


def _digest(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest())


def _holds(digests: NDArray[np.uint64], digest: int) -> bool:
    place = int(np.searchsorted(digests, np.uint64(digest)))
    return place < len(digests) and int(digests[place]) == digest


def _journal_rows(journal: Path) -> Iterator[Row]:
    """Return the rows of a journal but for a last line that was being written when the process ended."""
    with journal.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield from json.loads(line)


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _write_json(path: Path, value: dict[str, Any]) -> None:
    write_text(path, json.dumps(value))


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CollectionError(f"{path} is damaged; delete its folder and start again.") from error
