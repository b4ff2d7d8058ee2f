"""Files to ask about, good and bad, and what the library says about each."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from instrument_model import InstrumentClassifier
from instrument_model.audio import read_audio
from instrument_model.errors import AudioError
from interface.server.limits import Limits
from tests.support.app_server import EXAMPLES
from tests.support.bad_files import EXPECTED, write_bad_files
from tests.support.sounds import FORMATS, tone, write

RATE = 44_100
SUFFIXES = ("wav", "flac", "ogg", "opus", "mp3", "aiff", "m4a", "webm")
SECONDS = (1.0, 3.0, 7.0, 40.0)


@dataclass(frozen=True)
class Case:
    """A file, and what the library says about it: probabilities, or the sentence of an error."""

    path: Path
    probabilities: Mapping[str, float] | None
    error: str | None


def make_cases(folder: Path, suffixes: Sequence[str] = SUFFIXES, lengths: Sequence[float] = SECONDS) -> list[Case]:
    """Write good files in these formats and lengths, and the bad ones of the tests."""
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
    """Return what the library says."""
    if not _classifier:
        torch.set_num_threads(1)
        _classifier.append(InstrumentClassifier.from_pretrained())
    try:
        prediction = _classifier[0].predict(path, Limits().max_seconds)
    except AudioError as error:
        return Case(path, None, str(error))
    return Case(path, prediction.probabilities, None)


def long_recording(folder: Path, minutes: float) -> Path:
    """Write a recording whose analysis takes a while."""
    example = read_audio(EXAMPLES / "ensemble.mp3", RATE)
    return write(folder / "long.flac", np.resize(example, round(60 * minutes * RATE)), RATE)
