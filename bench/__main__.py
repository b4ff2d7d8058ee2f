"""Times a recording from file to prediction, beside the original's method, and the start of each program.

python -m bench [--seconds 3 10 180] [--repeats 15]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn

STARTS = {
    "import torch": ["-c", "import torch"],
    "import torch, gradio": ["-c", "import torch, gradio"],
    "python -m instrument_model --help": ["-m", "instrument_model", "--help"],
    "python -m instrument_model CLIP": ["-m", "instrument_model", "examples/cello.mp3"],
    "import app": ["-c", "import app"],
}
ROOT = Path(__file__).parent.parent


def median_ms(call: Callable[[], object], repeats: int) -> float:
    """Median wall-clock time of a call in milliseconds, after one that does not count."""
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def apply_to_all(module: "nn.Module", batches: "Sequence[Tensor]") -> "list[Tensor]":
    """One step of the model, batch by batch."""
    return [module(batch) for batch in batches]


def time_clips(lengths: list[float], repeats: int) -> None:
    """Prints a row per length and format: the steps, the whole, the original's method, and their ratio."""
    import numpy as np
    import torch

    from instrument_model.audio import read_audio
    from instrument_model.classifier import BATCH_SIZE, InstrumentClassifier

    from . import original
    from .clips import make_clips

    classifier, network = InstrumentClassifier.from_pretrained(), original.OriginalNetwork().eval()
    config = classifier.config
    rate, window = config.frontend.sample_rate, config.window
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}; milliseconds, median of {repeats}")
    print(f"{'clip':>12} {'decode':>8} {'features':>9} {'network':>8} {'whole':>8} {'original':>9} {'ratio':>6}")
    for seconds in lengths:
        with tempfile.TemporaryDirectory() as folder:
            for kind, path in make_clips(Path(folder), seconds).items():
                waveform = read_audio(path, rate)
                size, hop = round(window.seconds * rate), round(window.hop_seconds * rate)
                starts = range(0, max(len(waveform) - size, 0) + 1, hop)
                windows = torch.from_numpy(np.stack([waveform[s : s + size] for s in starts]))
                batches = torch.tensor_split(windows, -(-len(windows) // BATCH_SIZE))
                with torch.inference_mode():
                    features = [classifier.network.frontend(batch) for batch in batches]
                    figures = (
                        median_ms(partial(read_audio, path, rate), repeats),
                        median_ms(partial(apply_to_all, classifier.network.frontend, batches), repeats),
                        median_ms(partial(apply_to_all, classifier.network.network, features), repeats),
                        median_ms(partial(classifier.predict, path), repeats),
                        median_ms(partial(original.predict, network, path), repeats),
                    )
                decode, front, net, whole, theirs = figures
                print(
                    f"{seconds:>8g} {kind:>3} {decode:8.1f} {front:9.1f} {net:8.1f} {whole:8.1f} {theirs:9.1f} "
                    f"{theirs / whole:6.2f}",
                    flush=True,
                )


def time_starts(repeats: int) -> None:
    """Prints how long each program takes from nothing, against the bare imports that it cannot do without."""

    def run(arguments: list[str]) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

    times = {name: median_ms(run(arguments), repeats) for name, arguments in STARTS.items()}
    print(f"\n{'start':<36} {'ms':>7} {'of import torch':>16} {'of torch, gradio':>17}")
    for name, milliseconds in times.items():
        ratios = (milliseconds / times[base] for base in ("import torch", "import torch, gradio"))
        print(f"{name:<36} {milliseconds:7.0f} {next(ratios):16.2f} {next(ratios):17.2f}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast it is.")
    parser.add_argument("--seconds", type=float, nargs="+", default=[3, 10, 180], help="lengths of the clips")
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    time_clips(arguments.seconds, arguments.repeats)
    time_starts(3)


if __name__ == "__main__":
    main()
