"""Requests per second of the app with several clients, against bare `predict` in a loop.

The clients speak the API's own protocol (upload, call, read the events) over connections that stay open, and do little
else: clients elsewhere take nothing from the server's cores, and Gradio's Python client, which is measured beside them,
takes more time for a request than the server does.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from .clips import make_clips
from .programs import running_app

CLIP_SECONDS = (10.0, 60.0, 180.0)
MEASURED_SECONDS = 15.0

Ask = Callable[[], object]


def time_app(clients: list[int], measured_seconds: float = MEASURED_SECONDS) -> None:
    """Prints a row per length, kind and number of clients; each uploads the clip anew and waits for the answer."""
    print(f"{'clip':>9} {'bare predict, a second':>24} {'clients':>20} {'a second':>9} {'of bare':>9} {'failed':>9}")
    with tempfile.TemporaryDirectory() as folder, running_app() as url:
        for seconds in CLIP_SECONDS:
            path = make_clips(Path(folder), seconds)["mp3"]
            bare = bare_rate(path, measured_seconds)
            for kind, connect in (("HTTP", http_client), ("gradio_client", python_client)):
                for count in clients:
                    outcomes, elapsed = ask_in_parallel([connect(url, path) for _ in range(count)], measured_seconds)
                    rate = outcomes["answered"] / elapsed
                    failed = outcomes.total() - outcomes["answered"]
                    who = f"{count} of {kind}"
                    row = f"{seconds:>5g} mp3 {bare:24.1f} {who:>20} {rate:9.1f} {rate / bare:9.2f} {failed:9}"
                    print(row, flush=True)


def ask_in_parallel(clients: list[Ask], measured_seconds: float) -> tuple[Counter[str], float]:
    """What came of the requests, and how long all of them took, in seconds."""
    start = time.monotonic()
    outcomes = Counter[str]()

    def ask(client: Ask) -> list[str]:
        answers = []
        while time.monotonic() < start + measured_seconds:
            try:
                client()
                answers.append("answered")
            except Exception as error:
                answers.append(str(error))
        return answers

    with ThreadPoolExecutor(len(clients)) as pool:
        for answers in pool.map(ask, clients):
            outcomes.update(answers)
    return outcomes, time.monotonic() - start


def http_client(url: str, path: Path) -> Ask:
    """Gradio's documented way for programs without its client: upload, call, and the events of the call."""
    from urllib3 import PoolManager

    http, data, session = PoolManager(), path.read_bytes(), uuid4().hex

    def ask() -> object:
        uploaded = http.request("POST", f"{url}/gradio_api/upload", fields={"files": (path.name, data)}).json()
        file = {"path": uploaded[0], "meta": {"_type": "gradio.FileData"}}
        call = http.request(
            "POST", f"{url}/gradio_api/call/predict", json={"data": [file], "session_hash": session}
        ).json()
        events = http.request("GET", f"{url}/gradio_api/call/predict/{call['event_id']}").data.decode()
        name, _, answer = events.strip().rpartition("\ndata: ")
        if not name.endswith("event: complete"):
            raise RuntimeError(events)
        return json.loads(answer)

    return ask


def python_client(url: str, path: Path) -> Ask:
    """Gradio's own client."""
    from gradio_client import Client, handle_file

    client = Client(url, verbose=False)
    return lambda: client.predict(handle_file(str(path)), api_name="/predict")


def bare_rate(path: Path, seconds: float) -> float:
    """Predictions a second, one after the other, on all cores."""
    from instrument_model import InstrumentClassifier

    classifier = InstrumentClassifier.from_pretrained()
    classifier.predict(path)
    start, count = time.monotonic(), 0
    while time.monotonic() < start + seconds:
        classifier.predict(path)
        count += 1
    return count / (time.monotonic() - start)
