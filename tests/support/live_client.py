"""Listens live without a browser, sending what `live.js` sends: many at once, or an hour's sound in a minute."""

import base64
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import psutil
from numpy.typing import NDArray

from instrument_model.audio import read_audio
from tests.support.app_server import EXAMPLES, NO_TLS, App

RATE = 48_000
TICK = 0.25  # seconds between pieces, as in live.js
LATE_SECONDS = 120.0


def violin_and_rests(seconds: float) -> Iterator[NDArray[np.float32]]:
    """Pieces of this length without end, from a violin that rests after each phrase."""
    phrase = np.concatenate([read_audio(EXAMPLES / "violin.mp3", RATE), np.zeros(3 * RATE, np.float32)])
    length = round(seconds * RATE)
    at = 0
    while True:
        yield np.take(phrase, range(at, at + length), mode="wrap")
        at = (at + length) % len(phrase)


@dataclass
class LiveClient:
    """One visitor.

    Attributes:
        app: Where it listens.
        times: Seconds that each answer took.
        refused: How often there was no place.
    """

    app: App
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.app.url, timeout=60, verify=NO_TLS)
        events = self._http.get("/config").json()["dependencies"]
        self._function = next(e["id"] for e in events if any(name == "piece" for _, name in e["targets"]))
        self._name = uuid.uuid4().hex
        self._number = 0

    def send(self, samples: NDArray[np.float32]) -> dict[str, Any]:
        """The answer to a piece of sound, (samples,)."""
        self._number += 1
        sound = base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()
        body = {
            "data": [],
            "fn_index": self._function,
            "session_hash": self._name,
            "event_data": {"sound": sound, "rate": RATE, "session": 1, "number": self._number},
        }
        start = time.perf_counter()
        response = self._http.post("/gradio_api/run/predict", json=body)
        self.times.append(time.perf_counter() - start)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()["data"][0]
        assert answer["number"] == self._number
        self.refused += "refusal" in answer
        return answer

    def listen(self, seconds: float, least: int = 0, others: Sequence["LiveClient"] = ()) -> int:
        """Listens in real time, as the page does, or until it is refused.

        Args:
            seconds: For so long.
            least: And until there were so many answers.
            others: And until each of these has had one, so that nobody who comes late finds a place left empty.

        Returns:
            How many answers there were.
        """
        sound = violin_and_rests(0.01)
        begin = last = time.perf_counter()
        answers = 0
        while not self.refused and (
            (now := time.perf_counter()) < begin + seconds
            or answers < least
            or (now < begin + LATE_SECONDS and not all(other.times for other in others))
        ):
            time.sleep(max(0.0, last + TICK - now))
            last, before = time.perf_counter(), last
            length = min(max(last - before, TICK), 2.0)
            answers += "headline" in self.send(np.concatenate([next(sound) for _ in range(round(length / 0.01))]))
        return answers


def listen_together(app: App, count: int, seconds: float, least: int = 0) -> tuple[list[LiveClient], list[int]]:
    """So many visitors at once; they, and how many answers each had."""
    clients = [LiveClient(app) for _ in range(count)]
    with ThreadPoolExecutor(count) as threads:
        return clients, list(threads.map(lambda client: client.listen(seconds, least, clients), clients))


def resident(app: App) -> float:
    """Megabytes of memory that the server has."""
    return float(psutil.Process(app.process.pid).memory_info().rss) / 1e6
