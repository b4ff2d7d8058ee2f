"""Start times of programs against their unavoidable imports, and the memory that each takes."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .clients import http_client
from .clips import make_clips
from .timing import medians_ms

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "cello.mp3"
STARTS = {
    "import torch": ["-c", "import torch"],
    "import gradio": ["-c", "import gradio"],
    "python -m instrument_model --help": ["-m", "instrument_model", "--help"],
    "python -m instrument_model CLIP": ["-m", "instrument_model", "examples/cello.mp3"],
}
APP = "python app.py, first answer"
APP_CLIPS = 100
MEMORY = """
import sys
from pathlib import Path
from instrument_model import InstrumentClassifier

def peak():  # of this program; getrusage would give that of the one which started it, if it was larger
    return next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line[:6] == "VmHWM:")

classifier = InstrumentClassifier.from_pretrained()
classifier.predict("examples/cello.mp3")
idle = peak()
for path in sys.argv[1:]:
    classifier.predict(path)
    print(idle, peak())
"""


@contextmanager
def running_app() -> Iterator[tuple[str, int]]:
    """Start the app; yield its address and process once it has answered the page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as uploads:
        environment = {**os.environ, "PORT": port, "GRADIO_TEMP_DIR": uploads, "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "app.py"]
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while process.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
                    break
                except urllib.error.URLError:
                    time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def time_starts(repeats: int) -> None:
    """Print how long each program takes from nothing; the app until it has answered a clip, without its end."""
    calls: dict[str, Callable[[], object]] = {
        name: partial(subprocess.run, [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        for name, arguments in STARTS.items()
    }
    times = medians_ms(calls, repeats) | {APP: statistics.median(_first_answer_ms() for _ in range(repeats))}
    print(f"\n{'start':<36} {'ms':>7} {'of import torch':>16} {'of import gradio':>17}")
    for name, milliseconds in times.items():
        of_torch, of_gradio = milliseconds / times["import torch"], milliseconds / times["import gradio"]
        print(f"{name:<36} {milliseconds:7.0f} {of_torch:16.2f} {of_gradio:17.2f}")


def _first_answer_ms() -> float:
    """Return how long the app takes from its start until it has answered a clip."""
    start = time.perf_counter()
    with running_app() as (url, _):
        http_client(url, EXAMPLE)()
        return 1000 * (time.perf_counter() - start)


def peak_memory(lengths: list[float]) -> None:
    """Print the peak memory of a process that listens to clips, beside that of one that has heard an example."""
    print(f"\n{'memory':>9} {'idle MB':>9} {'peak MB':>9} {'above':>9}")
    for seconds in lengths:
        with tempfile.TemporaryDirectory() as folder:
            for kind, path in make_clips(Path(folder), seconds).items():
                command = [sys.executable, "-c", MEMORY, str(path)]
                output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
                idle, peak = (int(number) / 1024 for number in output.split())
                print(f"{seconds:>5g} {kind} {idle:9.0f} {peak:9.0f} {peak - idle:9.0f}", flush=True)
    with running_app() as (url, pid):
        ask, before = http_client(url, EXAMPLE), _peak_mb(pid)
        for _ in range(APP_CLIPS):
            ask()
        print(f"the app: {before:.0f} MB after its start, {_peak_mb(pid):.0f} MB at most in {APP_CLIPS} clips")


def _peak_mb(pid: int) -> float:
    """Return the largest resident size that a process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
