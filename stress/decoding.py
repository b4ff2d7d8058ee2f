"""One recording at a time, in a process that may crash: `python -m stress.decoding`, started by `Decoder`.

It reads lines `PATH` or `predict PATH` and answers each with a line of JSON.
"""

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instrument_model import InstrumentClassifier

RATE = 32_000
MAX_SECONDS = 900.0
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """What came of a recording.

    Attributes:
        kind: `read`, `refused`, or what must not be: `crash`, `hang`, `wrong error`, `wrong result`.
        detail: How many seconds were read, the sentence, or what went wrong.
        seconds: How long it took.
        megabytes: How much memory it took beyond what the process had before.
    """

    kind: str
    detail: str
    seconds: float
    megabytes: float


class Decoder:
    """The other process; after a crash or a hang a new one is started."""

    def __init__(self, patience: float) -> None:
        """Start nothing yet.

        Args:
            patience: Seconds after which a recording counts as one that hangs.
        """
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, path: Path, *, predict: bool = False) -> Outcome:
        """Read a file there, or recognise it."""
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        start = time.perf_counter()
        with contextlib.suppress(BrokenPipeError):  # it has crashed already
            process.stdin.write(f"{'predict ' if predict else ''}{path}\n".encode())
            process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            ready = selector.select(self._patience)
        seconds = time.perf_counter() - start
        line = process.stdout.readline() if ready else b""
        if line:
            answer = json.loads(line)
            return Outcome(answer["kind"], answer["detail"], seconds, answer["megabytes"])
        self.close(kill=not ready)
        if not ready:
            return Outcome("hang", f"more than {self._patience:g} seconds", seconds, 0.0)
        code = process.returncode
        return Outcome("crash", signal.Signals(-code).name if code < 0 else f"status {code}", seconds, 0.0)

    def close(self, *, kill: bool = True) -> None:
        """End the process, or wait until it has ended."""
        if self._process:
            if kill:
                self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stress.decoding"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdout.readline()  # it is ready
        return self._process


def read(path: Path) -> tuple[str, str]:
    """Return (kind, detail) of decoding a file block by block."""
    from instrument_model.audio import MIN_SECONDS, read_blocks
    from instrument_model.errors import AudioError

    samples = 0
    try:
        for block in read_blocks(path, RATE, MAX_SECONDS):
            fine = block.dtype == np.float32 and block.ndim == 1 and bool((np.abs(block) <= 1.0).all())
            if not fine:
                return "wrong result", f"a block {block.dtype} {block.shape}"
            samples += len(block)
    except AudioError as error:
        return refusal(error)
    seconds = samples / RATE
    if not 0.9 * MIN_SECONDS <= seconds <= MAX_SECONDS + 1:
        return "wrong result", f"{seconds} seconds"
    return "read", f"{seconds:.2f}"


def predict(path: Path, classifier: "InstrumentClassifier") -> tuple[str, str]:
    """Return (kind, detail) of recognising a file."""
    from instrument_model.errors import AudioError

    try:
        prediction = classifier.predict(path, MAX_SECONDS)
    except AudioError as error:
        return refusal(error)
    odd: list[str] = []
    json.loads(prediction.to_json(), parse_constant=odd.append)
    if odd:
        return "wrong result", f"{odd[0]} among the numbers"
    whole = 0 < prediction.duration <= MAX_SECONDS and prediction.segments[-1].end == prediction.duration
    return ("read" if whole else "wrong result"), f"{prediction.duration:.2f}"


def refusal(error: Exception) -> tuple[str, str]:
    """Return whether an error is one sentence."""
    text = str(error)
    fine = re.fullmatch(r"[^\n]+[.]", text) and "Traceback" not in text and "/tmp" not in text  # noqa: S108
    return ("refused" if fine else "wrong error"), text


def _status(name: str) -> float:
    """Return a line of this process's status, in MB."""
    line = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(line[1]) / 1000 if line else 0.0


def _answer(line: str, classifier: "InstrumentClassifier") -> dict[str, Any]:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak of memory begins anew
    before = _status("VmRSS")
    try:
        if line.startswith("predict "):
            kind, detail = predict(Path(line.removeprefix("predict ")), classifier)
        else:
            kind, detail = read(Path(line))
    except Exception as error:  # the very thing that is looked for
        kind, detail = "wrong error", f"{type(error).__name__}: {error}"
    return {"kind": kind, "detail": detail, "megabytes": _status("VmHWM") - before}


def main() -> None:
    """Answer until the input ends."""
    import torch

    from instrument_model import InstrumentClassifier

    torch.set_num_threads(1)
    classifier = InstrumentClassifier.from_pretrained()
    classifier.predict((np.zeros(RATE, np.float32), RATE))  # what is loaded on first use counts for nobody
    output = os.dup(1)
    os.dup2(2, 1)  # what the decoders print is no answer
    os.write(output, b"ready\n")
    for line in sys.stdin:
        os.write(output, json.dumps(_answer(line.rstrip("\n"), classifier)).encode() + b"\n")


if __name__ == "__main__":
    main()
