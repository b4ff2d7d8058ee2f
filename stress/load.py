"""Many clients at once, with good and bad files: `python -m stress.load --clients 16 --minutes 5`.

Every answer is compared with what the library says offline. Some clients hang up in the middle. At the end more
requests are sent at once than may wait, and it is looked whether all places are free again.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import httpx
import numpy as np
import psutil
import torch

from instrument_model import InstrumentClassifier
from instrument_model.audio import read_audio
from instrument_model.errors import AudioError
from interface.server.limits import Limits
from tests.support.app_server import EXAMPLES, App, running_app
from tests.support.bad_files import EXPECTED, write_bad_files
from tests.support.sounds import FORMATS, tone, write

RATE = 44_100
SUFFIXES = ("wav", "flac", "ogg", "opus", "mp3", "aiff", "m4a", "webm")
SECONDS = (1.0, 3.0, 7.0, 40.0)
HANGING_UP = 0.08  # share of the requests
TOLERANCE = 1e-4  # of a probability
FLAT = 2.0  # MB a minute that memory may grow
SETTLING = 15.0  # seconds in which memory is at its lowest at least once
LONG = 2.0  # minutes below which growth says nothing
PATIENCE = 120.0  # seconds after which a request counts as lost
MARK = {"_type": "gradio.FileData"}


@dataclass(frozen=True)
class Case:
    """A file, and what the library says about it: probabilities, or the sentence of an error."""

    path: Path
    probabilities: Mapping[str, float] | None
    error: str | None


@dataclass
class Tally:
    """What happened."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def fault(self, text: str) -> None:
        """Notes what must not happen."""
        self.counts["faults"] += 1
        self.faults.append(text)


def make_cases(folder: Path, suffixes: Sequence[str] = SUFFIXES, lengths: Sequence[float] = SECONDS) -> list[Case]:
    """Good files in these formats and lengths, and the bad ones of the tests."""
    rng = random.Random(0)  # noqa: S311 - no secret
    paths = []
    for suffix in suffixes:
        for seconds in lengths:
            example = read_audio(rng.choice(sorted(EXAMPLES.glob("*.mp3"))), RATE)
            samples = np.resize(example, round(seconds * RATE))
            rate = 48_000 if suffix in {"opus", "webm"} else RATE
            paths.append(write(folder / f"{suffix} {seconds:g}.{suffix}", samples, rate))
    tones = {suffix: write(folder / f"tone.{suffix}", tone(2.0, 48_000), 48_000) for suffix in FORMATS}
    bad = folder / "bad"
    bad.mkdir()
    write_bad_files(bad, tones)
    paths += [path for path in map(bad.joinpath, EXPECTED) if path.is_file() and "\n" not in path.name]
    return [offline(path) for path in paths]


_classifier: list[InstrumentClassifier] = []


def offline(path: Path) -> Case:
    """What the library says."""
    if not _classifier:
        torch.set_num_threads(1)
        _classifier.append(InstrumentClassifier.from_pretrained())
    try:
        prediction = _classifier[0].predict(path, Limits().max_seconds)
    except AudioError as error:
        return Case(path, None, str(error))
    return Case(path, prediction.probabilities, None)


async def ask(client: httpx.AsyncClient, case: Case, tally: Tally, *, hang_up: bool = False) -> None:
    """Uploads a file, waits for its answer, and compares."""
    start = time.perf_counter()
    with case.path.open("rb") as file:
        uploaded = await client.post("/gradio_api/upload", files={"files": (case.path.name, file)})
    if uploaded.status_code != 200:
        return tally.fault(f"{case.path.name}: upload answered {uploaded.status_code} {uploaded.text[:200]}")
    data = {"data": [{"path": uploaded.json()[0], "meta": MARK}]}
    joined = await client.post("/gradio_api/call/predict", json=data)
    if joined.status_code == 503:
        if "full" not in joined.json()["detail"]:
            tally.fault(f"an unclear refusal: {joined.text}")
        tally.counts["refused, the queue being full"] += 1
        return None
    event = joined.json()["event_id"]
    async with client.stream("GET", f"/gradio_api/call/predict/{event}") as stream:
        if hang_up:
            await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311
            tally.counts["hung up"] += 1
            return None
        lines = [line async for line in stream.aiter_lines()]
    tally.waits.append(time.perf_counter() - start)
    return compare(case, lines, tally)


def compare(case: Case, lines: Sequence[str], tally: Tally) -> None:
    """Whether the events say what the library says."""
    kind = next((line[7:] for line in lines if line.startswith("event: ") and "heartbeat" not in line), None)
    data = [line[6:] for line in lines if line.startswith("data: ") and line != "data: null"]
    if kind is None or not data:
        return tally.fault(f"{case.path.name}: no answer ({lines})")
    answer = json.loads(data[-1])
    if kind == "error":
        expected = case.error and escape(case.error, quote=False)
        if answer.get("error") != expected:
            return tally.fault(f"{case.path.name}: {answer} instead of {expected}")
        tally.counts["bad file, the right sentence"] += 1
        return None
    if case.probabilities is None:
        return tally.fault(f"{case.path.name}: an answer instead of {case.error}")
    found = answer[0]["probabilities"]
    if max(abs(found[label] - value) for label, value in case.probabilities.items()) > TOLERANCE:
        return tally.fault(f"{case.path.name}: {found} instead of {case.probabilities}")
    tally.counts["good file, the right answer"] += 1
    return None


async def one_client(url: str, cases: Sequence[Case], end: float, seed: int, tally: Tally) -> None:
    """Asks for one thing after the other until the time is over."""
    rng = random.Random(seed)  # noqa: S311
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        while time.monotonic() < end:
            case = rng.choice(cases)
            try:
                await ask(client, case, tally, hang_up=rng.random() < HANGING_UP)
            except httpx.HTTPError as error:
                tally.fault(f"{case.path.name}: lost ({error!r})")


async def watch_memory(app: App, end: float, tally: Tally) -> None:
    """Notes what the server takes, in MB, every second."""
    process, start = psutil.Process(app.process.pid), time.monotonic()
    while time.monotonic() < end:
        tally.memory.append((time.monotonic() - start, process.memory_info().rss / 1e6))
        await asyncio.sleep(1)


async def burst(url: str, case: Case, count: int, tally: Tally) -> None:
    """More at once than may wait: every one gets an answer or a clear refusal."""
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        answers = [ask(client, case, tally) for _ in range(count)]
        for result in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(result, BaseException):
                tally.fault(f"in the burst: lost ({result!r})")


async def places_are_free(url: str, case: Case, tally: Tally) -> float:
    """Seconds until an answer when nobody else is there any more."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        if waiting := (await client.get("/gradio_api/queue/status")).json()["queue_size"]:
            tally.fault(f"{waiting} requests wait though everybody has gone")
        start = time.perf_counter()
        await ask(client, case, tally)
        return time.perf_counter() - start


async def hang_up_on_long_ones(url: str, folder: Path, case: Case, tally: Tally) -> float:
    """Seconds until an answer after everybody with a long recording has hung up in the middle of its analysis."""
    long = await asyncio.to_thread(long_recording, folder, 15)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        await asyncio.gather(*(start_and_leave(client, long) for _ in range(Limits().workers + 4)))
        start = time.perf_counter()
        await ask(client, case, tally)
        return time.perf_counter() - start


def long_recording(folder: Path, minutes: float) -> Path:
    """One that takes a while."""
    example = read_audio(EXAMPLES / "ensemble.mp3", RATE)
    return write(folder / "long.flac", np.resize(example, round(60 * minutes * RATE)), RATE)


async def start_and_leave(client: httpx.AsyncClient, path: Path) -> None:
    """Uploads a recording, waits a second for its analysis, and closes the connection."""
    with path.open("rb") as file:
        uploaded = await client.post("/gradio_api/upload", files={"files": (path.name, file)})
    data = {"data": [{"path": uploaded.json()[0], "meta": MARK}]}
    event = (await client.post("/gradio_api/call/predict", json=data)).json()["event_id"]
    async with client.stream("GET", f"/gradio_api/call/predict/{event}"):
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
    """Prints what happened; the exit status is 1 if anything was wrong."""
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
