"""Who labels the files of a collection: processes of this computer, or Ray, which may have many computers."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import AudioError, CollectionError

if TYPE_CHECKING:
    from ..classifier import InstrumentClassifier

WAITING_PER_WORKER = 4
"""Files that are handed out ahead, so that no worker waits and the list of files may be long."""


@dataclass(frozen=True)
class Job:
    """What every worker needs to know.

    Attributes:
        folder: The collection.
        model: A model folder or Hub repository, the bundled model if None.
        revision: Of the repository.
    """

    folder: str
    model: str | None = None
    revision: str | None = None

    def load(self) -> "InstrumentClassifier":
        """The model, for one file at a time on one core: all cores are busy with files."""
        from ..classifier import InstrumentClassifier

        return InstrumentClassifier.from_pretrained(self.model, self.revision, threads=1)


def label_file(classifier: "InstrumentClassifier", job: Job, file: str) -> dict[str, Any]:
    """A row of the table; of a file that cannot be read, the sentence that says why.

    Args:
        classifier: The model.
        job: Names the folder.
        file: Relative to the folder.
    """
    try:
        prediction = classifier.predict(Path(job.folder, file))
    except AudioError as error:
        return {"file": file, "error": str(error)}
    return {
        "file": file,
        "error": None,
        "duration": prediction.duration,
        "instrument": prediction.instrument,
        "confidence": prediction.confidence,
        "silent": prediction.silent,
        "truncated": prediction.truncated,
        "peak_dbfs": prediction.peak_dbfs,
        **prediction.probabilities,
        "model_sha256": prediction.model.sha256,
    }


def local_rows(job: Job, files: Iterable[str], workers: int) -> Iterator[dict[str, Any]]:
    """Labels the files in processes of this computer, in the order in which they are done.

    Raises:
        CollectionError: A process died, of too little memory for example.
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy other threads' locks in any state
    remaining = iter(files)
    with ProcessPoolExecutor(workers, context, _begin, (job,)) as pool:

        def submit(count: int) -> set[Future[dict[str, Any]]]:
            return {pool.submit(_label, file) for file in islice(remaining, count)}

        running = submit(WAITING_PER_WORKER * workers)
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
                running |= submit(len(done))
        except BrokenProcessPool as error:
            raise CollectionError(
                "A worker process was ended from outside; what is done is kept, so free memory or give fewer --workers "
                "and call the same command again."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def ray_rows(job: Job, files: Iterable[str], workers: int) -> Iterator[dict[str, Any]]:
    """Labels the files with Ray Data: on the cluster that RAY_ADDRESS names, else on this computer.

    Every node needs this package and the folder under the same path.

    Raises:
        CollectionError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise CollectionError(
            'The engine ray needs Ray; install it (pip install "ray[data]") or leave --engine out.'
        ) from error
    items = [{"file": file} for file in files]
    if not items:
        return
    ray.init(ignore_reinit_error=True, log_to_driver=False, include_dashboard=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        dataset = ray.data.from_items(items, override_num_blocks=min(len(items), WAITING_PER_WORKER * workers))
        labelled = dataset.map(
            _RayLabeller,  # type: ignore[arg-type]  # a class stands for an actor
            fn_constructor_args=(job,),
            num_cpus=1,
            compute=ray.data.ActorPoolStrategy(size=workers),
        )
        yield from labelled.iter_rows()
    finally:
        ray.shutdown()


class _RayLabeller:
    """An actor of Ray Data: loads the model once and labels row by row."""

    def __init__(self, job: Job) -> None:
        self.job, self.classifier = job, job.load()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return label_file(self.classifier, self.job, row["file"])


ENGINES: dict[str, Callable[[Job, Iterable[str], int], Iterator[dict[str, Any]]]] = {
    "local": local_rows,
    "ray": ray_rows,
}

_of_this_process: "tuple[InstrumentClassifier, Job]"


def _begin(job: Job) -> None:
    """Loads the model in a worker process, which ends with the process that started it, however that ends."""
    global _of_this_process
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=lambda: (wait_for([parent.sentinel]), os._exit(1)), daemon=True).start()
    _of_this_process = job.load(), job


def _label(file: str) -> dict[str, Any]:
    return label_file(*_of_this_process, file)
