"""A collection of recordings becomes a table: `python -m instrument_model FOLDER --out results.parquet`."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CollectionError
from .cluster import load_ray, ray_rows
from .parts import Done, Parts
from .recordings import Collection, Listing, Recording, open_collection
from .table import PARQUET, Row, check_target, read_rows
from .workers import Job, Rows, local_rows

if TYPE_CHECKING:
    from ..classifier import InstrumentClassifier


@dataclass(frozen=True)
class Options:
    """How a collection is labelled.

    Attributes:
        model: A model folder or Hub repository, the bundled model if None.
        revision: Of the repository.
        segments: Whether segments have rows, too.
        engine: `local` (processes of this computer) or `ray`.
        workers: Files that are labelled at a time, one core each; all cores if None.
        retry_errors: Whether files that could not be read are tried again.
        update: Whether a finished table gets new and changed files.
    """

    model: str | None = None
    revision: str | None = None
    segments: bool = False
    engine: str = "local"
    workers: int | None = None
    retry_errors: bool = False
    update: bool = False

    @property
    def again(self) -> bool:
        """Return whether a finished table may be worked on."""
        return self.retry_errors or self.update


def _rows(
    job: Job, classifier: "InstrumentClassifier", recordings: Iterable[Recording], options: Options
) -> Iterator[Rows]:
    if options.engine == "ray":
        return ray_rows(job, recordings, options.workers)
    return local_rows(job, classifier, recordings, options.workers)


def label_collection(address: str | os.PathLike[str], out: Path, options: Options | None = None) -> int:
    """Write what is heard in every recording of a collection; go on where an earlier run was interrupted.

    Args:
        address: A folder, or an address that fsspec knows.
        out: The table: `.csv`, `.jsonl`, or `.parquet`, which is a folder of Parquet files.
        options: The defaults of `Options` if None.

    Returns:
        How many files or folders could not be read; the table, or for folders stderr, says why.

    Raises:
        CollectionError: The results cannot be written, those of an earlier run are of something else, or Ray is asked
            for and not installed.
        ModelError: The model cannot be loaded.
    """
    options = options or Options()
    check_target(out)
    if options.engine == "ray":
        load_ray()  # before anything is read or written
    collection = open_collection(address)
    job = Job(collection.address, options.model, options.revision, options.segments)
    classifier = job.load()  # here as well, so that a model that cannot be loaded is told in one sentence
    description = {
        "collection": job.address,
        "model_sha256": classifier.identity.sha256,
        "segments": job.segments,
        "labels": list(classifier.config.labels.names),
    }
    try:
        parts = _open_parts(out, options, description)
        return _label(collection, job, classifier, parts, options)
    except OSError as error:
        raise CollectionError(
            f"{out} cannot be written ({error.strerror}); what is on the disk is kept, so make room and call the same "
            "command again."
        ) from error


def _open_parts(out: Path, options: Options, description: dict[str, Any]) -> Parts:
    """Return the rows so far: of an interrupted run, or of a finished table that is to be worked on.

    Raises:
        CollectionError: The table is finished, and `options` do not say that it should be worked on.
    """
    finished = out.is_file() or Parts.is_finished(out)
    if finished and not options.again:
        raise CollectionError(
            f"{out} is finished already; give --update for new and changed files, --retry-errors for those that could "
            "not be read, or another --out."
        )
    if out.is_file() and out.suffix == PARQUET:
        raise CollectionError(f"{out} is a file and not a folder of this program; give --out another name.")
    if out.is_file() and _holds_something_else(out, options, description):
        raise CollectionError(f"{out} holds results of another model or choice of --segments; give --out another name.")
    parts = Parts(out, description["labels"], description)
    if out.is_file() and not any(parts.rows()):
        parts.take_apart(out)
    return parts


def _holds_something_else(table: Path, options: Options, description: dict[str, Any]) -> bool:
    models = {row["model_sha256"] for row in read_rows(table)}
    segments = {row["start"] is not None for row in read_rows(table) if row["error"] is None}
    return bool(models - {description["model_sha256"]}) or bool(segments and (True in segments) != options.segments)


def _label(collection: Collection, job: Job, classifier: "InstrumentClassifier", parts: Parts, options: Options) -> int:
    from tqdm import tqdm

    done, total = _prepare(collection, parts, options)
    listing = Listing()
    remaining = (recording for recording in collection.walk(listing) if recording not in done)
    with tqdm(total=total, initial=len(done), unit="file", smoothing=0.05) as bar:
        try:
            for rows in _rows(job, classifier, remaining, options):
                parts.add(rows)
                bar.update()
        finally:
            parts.flush()
    errors = sum(row["error"] is not None for row in parts.rows())
    parts.finish()
    return errors + len(listing.unreadable)


def _prepare(collection: Collection, parts: Parts, options: Options) -> tuple[Done, int]:
    """Remove rows that are out of date, and say what the walk passes over.

    Returns:
        What need not be done again, and how many recordings there are.

    Raises:
        CollectionError: There are no recordings.
    """
    done = Done(parts.rows())
    listing, changed, total = Listing(), set(), 0
    for recording in collection.walk(listing):
        total += 1
        if options.update and recording in done and not done.is_current(recording):
            changed.add(recording.name)
    say(listing)
    if not total:
        if not len(done):
            parts.delete()
        raise CollectionError(f"{collection.address} holds no audio files; give a folder of recordings.")
    failed = {row["file"] for row in parts.rows() if row["error"]} if options.retry_errors else set()
    again = changed | failed

    def stale(row: Row) -> bool:
        return row["file"] in again

    if again:
        parts.remove(stale)
        done = Done(parts.rows())
    return done, total


def say(listing: Listing) -> None:
    """Print what a walk through a collection did not yield."""
    for sentence in _notes(listing):
        print(sentence, file=sys.stderr)


def _notes(listing: Listing) -> Iterator[str]:
    yield from listing.unreadable
    if listing.left_out:
        found = ", ".join(f"{count} {ending}" for ending, count in listing.left_out.most_common())
        yield f"Left out, because recordings have other endings: {found}."
