"""Label the files of a collection in this process, or in several of this computer."""

import itertools
import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING, Any

from ..errors import AudioError, CollectionError
from .recordings import Recording, open_collection
from .table import probability_column

if TYPE_CHECKING:
    from ..classifier import InstrumentClassifier

Rows = list[dict[str, Any]]
"""Of one recording: its own row, and with segments theirs."""

WAITING_PER_WORKER = 4
"""Files that are handed out ahead, so that no worker waits and the list of files may be long."""

FEW_FILES = 300
"""Up to here, one process with all cores is done before several have started."""


FILES_SIDE_BY_SIDE = 2
"""In one process."""


@dataclass(frozen=True)
class Job:
    """What every worker needs to know.

    Attributes:
        address: The collection.
        model: A model folder or Hub repository, the bundled model if None.
        revision: Of the repository.
        segments: Whether segments have rows.
    """

    address: str
    model: str | None = None
    revision: str | None = None
    segments: bool = False

    def load(self, threads: int | None = None) -> "InstrumentClassifier":
        """Return the model, for so many cores a recording; all if None."""
        from ..classifier import InstrumentClassifier

        return InstrumentClassifier.from_pretrained(self.model, self.revision, threads=threads)


class Labeller:
    """Labels the files of a job one by one."""

    def __init__(self, job: Job, classifier: "InstrumentClassifier | None" = None) -> None:
        """Open the collection, and load the model, for one core of many that are busy, if it is not given."""
        self.job = job
        self.collection = open_collection(job.address)
        self.classifier = classifier or job.load(threads=1)

    def __call__(self, recording: Recording) -> Rows:
        """Return the rows of a recording; of one that cannot be read, the sentence that says why."""
        identity = self.classifier.identity
        every = {
            "file": recording.name,
            "bytes": recording.bytes,
            "modified": recording.modified,
            "model": identity.source.encode("utf-8", "backslashreplace").decode(),
            "revision": identity.revision,
            "model_sha256": identity.sha256,
        }
        try:
            with self.collection.local(recording.file) as path:
                prediction = self.classifier.predict(path)
        except AudioError as error:
            return [every | {"error": str(error), "start": None}]
        row = {
            "error": None,
            "start": None,
            "duration": prediction.duration,
            "instrument": prediction.instrument,
            "confidence": prediction.confidence,
            "silent": prediction.silent,
            "truncated": prediction.truncated,
            "peak_dbfs": prediction.peak_dbfs,
        }
        rows = [every | row | _columns(prediction.probabilities)]
        if self.job.segments:
            for part in prediction.segments:
                heard = {"instrument": part.label, "confidence": part.probability, **_columns(part.probabilities)}
                rows.append(every | {"error": None, "start": part.start, "end": part.end} | heard)
        return rows


def _columns(probabilities: Any) -> dict[str, float]:  # noqa: ANN401 - a mapping
    return {probability_column(label): probability for label, probability in probabilities.items()}


def local_rows(
    job: Job, classifier: "InstrumentClassifier", recordings: Iterable[Recording], workers: int | None
) -> Iterator[Rows]:
    """Labels files in processes of this computer, in the order in which they are done.

    Args:
        job: What to do.
        classifier: The model, for this process.
        recordings: What to label.
        workers: Processes; as many as there are cores if None, and none besides this one for a few files.

    Raises:
        CollectionError: A process died, of too little memory for example.
    """
    remaining = iter(recordings)
    first = list(islice(remaining, FEW_FILES + 1)) if workers is None else []
    if workers is None and len(first) <= FEW_FILES:
        yield from _threaded(Labeller(job, classifier), first)
        return
    workers = workers or os.cpu_count() or 1
    remaining = itertools.chain(first, remaining)
    context = multiprocessing.get_context("spawn")  # a fork would copy the runtime's threads in any state
    with ProcessPoolExecutor(workers, context, _begin, (job,)) as pool:

        def submit(count: int) -> set[Future[Rows]]:
            return {pool.submit(_label, recording) for recording in islice(remaining, count)}

        running = submit(WAITING_PER_WORKER * workers)
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                running |= submit(len(done))
        except BrokenProcessPool as error:
            raise CollectionError(
                "A worker process was ended from outside; what is done is kept, so free memory or give fewer --workers "
                "and call the same command again."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _threaded(labeller: Labeller, recordings: list[Recording]) -> Iterator[Rows]:
    """Labels files in this process, one being read while the network hears another."""
    pool = ThreadPoolExecutor(FILES_SIDE_BY_SIDE, "labeller")
    try:
        yield from pool.map(labeller, recordings)
    finally:
        pool.shutdown(cancel_futures=True)


_labeller: Labeller
"""Of this process."""


def _begin(job: Job) -> None:
    """Load the model in a worker process, which ends with the process that started it, however that ends."""
    global _labeller
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _labeller = Labeller(job)


def _end_with(sentinel: int) -> None:
    """End this process when the one with this sentinel has ended."""
    wait_for([sentinel])
    os._exit(1)


def _label(recording: Recording) -> Rows:
    return _labeller(recording)
