"""Clients that ask, compare the answers with the library's, hang up, and come all at once."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import httpx

from interface.server.limits import Limits
from stress.cases import Case, long_recording

HANGING_UP = 0.08  # share of the requests
TOLERANCE = 1e-4  # of a probability
PATIENCE = 120.0  # seconds after which a request counts as lost
MARK = {"_type": "gradio.FileData"}


@dataclass
class Tally:
    """Counts, faults, waiting times and memory of a trial."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def fault(self, text: str) -> None:
        """Note what must not happen."""
        self.counts["faults"] += 1
        self.faults.append(text)


async def ask(client: httpx.AsyncClient, case: Case, tally: Tally, *, hang_up: bool = False) -> None:
    """Upload a file, wait for its answer, and compare."""
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
    """Compare the events with what the library says."""
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
    """Ask for one thing after the other until the time is over."""
    rng = random.Random(seed)  # noqa: S311
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        while time.monotonic() < end:
            case = rng.choice(cases)
            try:
                await ask(client, case, tally, hang_up=rng.random() < HANGING_UP)
            except httpx.HTTPError as error:
                tally.fault(f"{case.path.name}: lost ({error!r})")


async def burst(url: str, case: Case, count: int, tally: Tally) -> None:
    """Send more at once than may wait: every one gets an answer or a clear refusal."""
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        answers = [ask(client, case, tally) for _ in range(count)]
        for result in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(result, BaseException):
                tally.fault(f"in the burst: lost ({result!r})")


async def places_are_free(url: str, case: Case, tally: Tally) -> float:
    """Return the seconds until an answer when nobody else is there any more."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        if waiting := (await client.get("/gradio_api/queue/status")).json()["queue_size"]:
            tally.fault(f"{waiting} requests wait though everybody has gone")
        start = time.perf_counter()
        await ask(client, case, tally)
        return time.perf_counter() - start


async def hang_up_on_long_ones(url: str, folder: Path, case: Case, tally: Tally) -> float:
    """Return the seconds until an answer after everybody with a long recording has hung up on it."""
    long = await asyncio.to_thread(long_recording, folder, 15)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        await asyncio.gather(*(start_and_leave(client, long) for _ in range(Limits().workers + 4)))
        start = time.perf_counter()
        await ask(client, case, tally)
        return time.perf_counter() - start


async def start_and_leave(client: httpx.AsyncClient, path: Path) -> None:
    """Upload a recording, wait a second for its analysis, and close the connection."""
    with path.open("rb") as file:
        uploaded = await client.post("/gradio_api/upload", files={"files": (path.name, file)})
    data = {"data": [{"path": uploaded.json()[0], "meta": MARK}]}
    event = (await client.post("/gradio_api/call/predict", json=data)).json()["event_id"]
    async with client.stream("GET", f"/gradio_api/call/predict/{event}"):
        await asyncio.sleep(1)
