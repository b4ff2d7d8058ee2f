"""File to prediction, split into its parts, beside the original's method and YAMNet on the same clip."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from instrument_model.audio import read_audio
from instrument_model.classifier import BUNDLED_WEIGHTS, STRETCH_WINDOWS, InstrumentClassifier
from instrument_model.onnx.frontend import LogMel
from instrument_model.onnx.runtime import OnnxRuntime
from instrument_model.weights import load_model
from instrument_model.windows import Window, WindowStream

from . import original
from .clips import make_clips
from .timing import medians_ms

SPLIT_SECONDS = 600.0
"""Longer clips are timed as a whole only: their parts would not fit into memory at once."""


def decode(path: Path) -> None:
    """Decode with libsndfile and drop what it gives."""
    with soundfile.SoundFile(path) as file:
        for _ in file.blocks(2**14, dtype="float32"):
            pass


def stretches(waveform_path: Path, classifier: InstrumentClassifier) -> Iterator[list[Window]]:
    """Return windows as `predict` cuts them."""
    config = classifier.config
    rate = config.frontend.sample_rate
    waveform = read_audio(waveform_path, rate)
    windows = iter(WindowStream([waveform], config.window, rate, step=config.frontend.hop_length))
    while stretch := list(islice(windows, STRETCH_WINDOWS)):
        yield stretch


def parts(classifier: InstrumentClassifier, path: Path) -> dict[str, Callable[[], object]]:
    """Return the steps of `predict`, each with its input in memory."""
    config = classifier.config.frontend
    cut = list(stretches(path, classifier))

    log_mel, runtime = LogMel(config), OnnxRuntime(load_model(BUNDLED_WEIGHTS))

    def front_end() -> list[NDArray[np.float32]]:
        return [log_mel.windows(stretch) for stretch in cut]

    log_mels = front_end()
    return {
        "decode": partial(decode, path),
        "decode, mix, resample": partial(read_audio, path, config.sample_rate),
        "front end": front_end,
        "network": lambda: [runtime.network(batch) for batch in log_mels],
    }


def time_clips(lengths: list[float], repeats: int, yamnet: Path | None) -> None:
    """Print a row per length and format; "rest" is windows and aggregation, less what runs side by side."""
    classifier, network = InstrumentClassifier.from_pretrained(), original.OriginalNetwork().eval()
    others: dict[str, Callable[[Path], object]] = {"original": partial(original.predict, network)}
    if yamnet:
        others["YAMNet"] = yamnet_predict(yamnet)
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}; milliseconds, medians of {repeats} in turns")
    names = ["decode", "resample", "front end", "network", "rest", "whole", *others, *(f"{n}/whole" for n in others)]
    print(f"{'clip':>9}" + "".join(f"{name:>16}" for name in names))
    for seconds in lengths:
        with tempfile.TemporaryDirectory() as folder:
            for kind, path in make_clips(Path(folder), seconds).items():
                calls = parts(classifier, path) if seconds <= SPLIT_SECONDS else {}
                calls |= {"whole": partial(classifier.predict, path)}
                calls |= {name: partial(predict, path) for name, predict in others.items()}
                times = medians_ms(calls, repeats if seconds <= SPLIT_SECONDS else 0)
                if "decode" in times:
                    times["resample"] = times["decode, mix, resample"] - times["decode"]
                    known = ("decode", "resample", "front end", "network")
                    times["rest"] = times["whole"] - sum(times[name] for name in known)
                cells = [f"{times[name]:16.1f}" if name in times else f"{'-':>16}" for name in names[: -len(others)]]
                ratios = [f"{times[name] / times['whole']:16.2f}" for name in others]
                print(f"{seconds:>5g} {kind}" + "".join(cells + ratios), flush=True)


def yamnet_predict(npz: Path) -> Callable[[Path], object]:
    """Run YAMNet on a file: its own rate, its own patches, read as ours."""
    from training.models import yamnet as module

    network = module.load_yamnet(npz)

    def predict(path: Path) -> Tensor:
        with torch.inference_mode():
            answer: Tensor = network(torch.from_numpy(read_audio(path, module.SAMPLE_RATE)[None])).mean(1)
            return answer

    return predict
