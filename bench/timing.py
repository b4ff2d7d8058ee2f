"""Timing of calls in turns, so that a busy moment of the machine affects all of them."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians_ms(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median wall-clock time of each call in milliseconds, after one that does not count.

    With no repeats, the first one counts.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for round_ in range(repeats + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if round_ or repeats == 0:
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(some) for name, some in times.items()}
