"""Labels the files of a collection with Ray: on the cluster that RAY_ADDRESS names, else on this computer."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..errors import CollectionError
from .recordings import Recording
from .workers import Job, Labeller, Rows

if TYPE_CHECKING:
    from types import ModuleType

FILES_AT_ONCE = 4
"""Files of one call: enough to hide the call, and few, because their rows arrive together."""

CALLS_AHEAD = 2
"""Calls of each worker, so that none waits for the next."""

ANSWER_SECONDS = 60.0
"""How long a node may take to say whether it has the folder."""


def load_ray() -> "ModuleType":
    """Import Ray, which is not a requirement.

    Raises:
        CollectionError: It is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise CollectionError(
            'The engine ray needs Ray; install it with: pip install "instrument-model[ray]", or leave --engine out.'
        ) from error
    module: ModuleType = ray
    return module


def ray_rows(job: Job, recordings: Iterable[Recording], workers: int | None) -> Iterator[Rows]:
    """Labels files on all nodes, in the order in which they are done.

    Every node needs this package and, unless the address is one of fsspec's, the folder under the same path.

    Args:
        job: What to do.
        recordings: Taken as workers become free.
        workers: One core each; as many as the cluster has if None.

    Raises:
        CollectionError: Ray is not installed, nodes lack the folder, or a worker died.
    """
    ray = load_ray()
    ours = not ray.is_initialized()
    if ours:
        ray.init(log_to_driver=False, include_dashboard=False)
    try:
        lacking = nodes_without(ray, job)
        if lacking:
            raise CollectionError(
                f"{job.address} or this package is not there on {', '.join(lacking)}; mount and install them on every "
                "node, or take these nodes out of the cluster."
            )
        count = workers or max(1, int(_resources(ray).get("CPU", 1)))
        labeller = ray.remote(num_cpus=1)(_Labellers)
        yield from _answers(ray, [labeller.remote(job) for _ in range(count)], iter(recordings))
    except ray.exceptions.RayError as error:
        raise CollectionError(
            f"A worker of Ray ended ({type(error).__name__}); what is done is kept, so call the same command again."
        ) from error
    finally:
        if ours:
            ray.shutdown()


def _resources(ray: Any) -> dict[str, float]:  # noqa: ANN401 - Ray has no types
    resources: dict[str, float] = ray.cluster_resources()
    return resources


def nodes_without(ray: "ModuleType", job: Job) -> list[str]:
    """Names of the nodes that cannot open the collection, or do not answer."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    ask = ray.remote(num_cpus=0)(_can_open)
    asked = {}
    for node in ray.nodes():
        if node["Alive"]:
            strategy = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            asked[ask.options(scheduling_strategy=strategy).remote(job.address)] = node["NodeName"]
    answered, silent = ray.wait(list(asked), num_returns=len(asked), timeout=ANSWER_SECONDS)
    lacking = [asked[answer] for answer in silent]
    for answer in answered:
        try:
            if not ray.get(answer):
                lacking.append(asked[answer])
        except ray.exceptions.RayError:  # it could not import this package
            lacking.append(asked[answer])
    return sorted(lacking)


def _can_open(address: str) -> bool:
    from .recordings import open_collection

    try:
        open_collection(address)
    except CollectionError:
        return False
    return True


class _Labellers:
    """An actor: loads the model once."""

    def __init__(self, job: Job) -> None:
        self.labeller = Labeller(job)

    def label(self, recordings: list[Recording]) -> list[Rows]:
        """Return the rows of some recordings."""
        return [self.labeller(recording) for recording in recordings]


def _answers(ray: "ModuleType", actors: list[Any], recordings: Iterator[Recording]) -> Iterator[Rows]:
    working: dict[Any, Any] = {}  # call to actor

    def give_work(actor: Any) -> None:  # noqa: ANN401 - Ray has no types
        if some := list(islice(recordings, FILES_AT_ONCE)):
            working[actor.label.remote(some)] = actor

    for actor in actors * CALLS_AHEAD:
        give_work(actor)
    while working:
        (answer,), _ = ray.wait(list(working), num_returns=1)
        give_work(working.pop(answer))
        yield from ray.get(answer)
