"""Requests per second of the app with several clients, against bare `predict` in a loop."""

import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .clients import Ask, http_client, python_client
from .clips import make_clips
from .programs import running_app

CLIP_SECONDS = (10.0, 60.0, 180.0)
MEASURED_SECONDS = 15.0


def time_app(clients: list[int], measured_seconds: float = MEASURED_SECONDS) -> None:
    """Print a row per length, kind and number of clients; each uploads the clip anew and waits for the answer."""
    print(f"{'clip':>9} {'bare predict, a second':>24} {'clients':>20} {'a second':>9} {'of bare':>9} {'failed':>9}")
    with tempfile.TemporaryDirectory() as folder, running_app() as (url, _):
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
    """Return what came of the requests, and how long all of them took, in seconds."""
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


def bare_rate(path: Path, seconds: float) -> float:
    """Return predictions a second, one after the other, on all cores."""
    from instrument_model import InstrumentClassifier

    classifier = InstrumentClassifier.from_pretrained()
    classifier.predict(path)
    start, count = time.monotonic(), 0
    while time.monotonic() < start + seconds:
        classifier.predict(path)
        count += 1
    return count / (time.monotonic() - start)
