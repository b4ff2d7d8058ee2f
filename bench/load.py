"""Requests per second of the app with several clients, against bare `predict` in a loop."""

import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from .clips import make_clips
from .programs import running_app

CLIP_SECONDS = 10.0
MEASURED_SECONDS = 15.0


def time_app(clients: list[int], measured_seconds: float = MEASURED_SECONDS) -> None:
    """Prints a row per number of clients; every client uploads the clip anew and waits for the answer."""
    from gradio_client import Client, handle_file

    with tempfile.TemporaryDirectory() as folder:
        path = make_clips(Path(folder), CLIP_SECONDS)["mp3"]
        bare = bare_rate(path, measured_seconds)
        print(f"\n{CLIP_SECONDS:g} s mp3: bare predict in a loop answers {bare:.1f} a second")
        print(f"{'clients':>9} {'a second':>9} {'of bare':>9} {'failed':>9}")
        with running_app() as url:
            for count in clients:
                own, outcomes = local(), Counter[str]()

                def ask(end: float, own: local = own) -> list[str]:
                    own.client = Client(url, verbose=False)
                    answers = []
                    while time.monotonic() < end:
                        try:
                            own.client.predict(handle_file(str(path)), api_name="/predict")
                            answers.append("answered")
                        except Exception as error:
                            answers.append(str(error))
                    return answers

                with ThreadPoolExecutor(count) as pool:
                    start = time.monotonic()
                    for answers in pool.map(ask, [start + measured_seconds] * count):
                        outcomes.update(answers)
                    rate = outcomes["answered"] / (time.monotonic() - start)
                failed = outcomes.total() - outcomes["answered"]
                print(f"{count:>9} {rate:9.1f} {rate / bare:9.2f} {failed:9}", flush=True)


def bare_rate(path: Path, seconds: float) -> float:
    """Predictions a second, one after the other, with the threads that PyTorch takes by itself."""
    from instrument_model import InstrumentClassifier

    classifier = InstrumentClassifier.from_pretrained()
    classifier.compile()
    classifier.predict(path)
    start, count = time.monotonic(), 0
    while time.monotonic() < start + seconds:
        classifier.predict(path)
        count += 1
    return count / (time.monotonic() - start)
