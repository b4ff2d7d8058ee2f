"""Many clients at once, with good and bad files: `python -m stress.load --clients 16 --minutes 5`.

Every answer is compared with what the library says offline. Some clients hang up in the middle. At the end more
requests are sent at once than may wait, and it is looked whether all places are free again.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from interface.server.limits import Limits
from stress.cases import Case, make_cases
from stress.clients import Tally, burst, hang_up_on_long_ones, one_client, places_are_free
from tests.support.app_server import App, running_app

FLAT = 2.0  # MB a minute that memory may grow
SETTLING = 15.0  # seconds in which memory is at its lowest at least once
LONG = 2.0  # minutes below which growth says nothing


async def watch_memory(app: App, end: float, tally: Tally) -> None:
    """Note what the server takes, in MB, every second."""
    process, start = psutil.Process(app.process.pid), time.monotonic()
    while time.monotonic() < end:
        tally.memory.append((time.monotonic() - start, process.memory_info().rss / 1e6))
        await asyncio.sleep(1)


def slope(memory: Sequence[tuple[float, float]], after: float) -> float:
    """MB a minute that memory grows by, from `after` seconds on.

    The least-squares line through the lowest value of every `SETTLING` seconds: what is kept shows there, and what the
    recordings take that are analysed at the moment, some 40 MB, does not.
    """
    late = np.array([sample for sample in memory if sample[0] >= after])
    spans = [late[late[:, 0] // SETTLING == span] for span in np.unique(late[:, 0] // SETTLING)] if len(late) else []
    lowest = np.array([span[span[:, 1].argmin()] for span in spans])
    return float(np.polyfit(lowest[:, 0] / 60, lowest[:, 1], 1)[0]) if len(lowest) > 2 else 0.0


async def trial(app: App, cases: Sequence[Case], clients: int, minutes: float, folder: Path) -> Tally:
    """Everything, one after the other."""
    tally, end = Tally(), time.monotonic() + 60 * minutes
    jobs = [one_client(app.url, cases, end, seed, tally) for seed in range(clients)]
    await asyncio.gather(watch_memory(app, end, tally), *jobs)
    answered = len(tally.waits)
    print(f"answers a second                    {answered / (60 * minutes):8.2f}")
    print(f"seconds to an answer, median        {np.median(tally.waits):8.2f}")
    print(f"seconds to an answer, 99 of 100     {np.percentile(tally.waits, 99):8.2f}")
    after = min(60.0, 30 * minutes)
    growth, levels = slope(tally.memory, after), [level for seconds, level in tally.memory if seconds >= after]
    print(f"memory from {after:3.0f} s on, MB             {min(levels):8.0f} to {max(levels):.0f}")
    print(f"its slope, MB a minute              {growth:8.2f}")
    if growth > FLAT and minutes >= LONG:
        tally.fault(f"memory grows by {growth:.2f} MB a minute")
    short = next(case for case in cases if case.probabilities)
    longest = max(cases, key=lambda case: case.path.stat().st_size if case.probabilities else 0)
    await burst(app.url, longest, Limits().queue_size + 20, tally)
    print(f"seconds to an answer when all left  {await places_are_free(app.url, short, tally):8.2f}")
    freed = await hang_up_on_long_ones(app.url, folder, short, tally)
    print(f"the same, long ones having hung up  {freed:8.2f}")
    log = app.log.read_text(encoding="utf-8", errors="replace")
    if "Traceback" in log:
        tally.fault(f"the log has tracebacks:\n{log[log.index('Traceback') :][:3000]}")
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what happened; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary, running_app() as app:
        folder = Path(temporary)
        cases = make_cases(folder)
        tally = asyncio.run(trial(app, cases, options.clients, options.minutes, folder))
    for name, count in sorted(tally.counts.items()):
        print(f"{name:<36}{count:8}")
    for text in tally.faults[:20]:
        print(f"FAULT {text}")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
