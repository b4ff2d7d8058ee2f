"""What the network makes of each recording, computed once and kept until the model is written."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instrument_model.atomic import whole
from instrument_model.audio import read_audio
from instrument_model.classifier import InstrumentClassifier
from instrument_model.devices import usable_cores
from instrument_model.errors import AudioError

from ..data.clips import Clip

Floats = NDArray[np.float32]

MAX_SECONDS = 60.0
"""As much of a recording is learned from."""

SHORT_SECONDS = 1.5
NOISE_DB = (5.0, 25.0)  # how far noise lies below the music


@dataclass(frozen=True)
class Heard:
    """The embeddings of a recording's windows.

    Attributes:
        clean: (windows, channels) of the recording as it is.
        varied: (windows, channels) of it with noise, and of its loudest moments alone; nothing for held-out ones.
    """

    clean: Floats
    varied: Floats


def hear(
    clips: Sequence[Clip], classifier: InstrumentClassifier, folder: Path, model: str, seed: int
) -> dict[Clip, Heard | str]:
    """Return each clip's embeddings, or why it cannot be read.

    Args:
        clips: Those for training are heard with noise and cut short as well.
        classifier: Computes embeddings.
        folder: Keeps what has been computed, for a run that goes on after this one was stopped.
        model: SHA-256 of the weights, because embeddings of another network are of no use.
        seed: Of noise.

    Raises:
        OSError: The folder cannot be written.
    """
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)

    def one(clip: Clip) -> Heard | str:
        path = folder / f"{_key(clip, model, seed)}.npz"
        if path.is_file():
            with np.load(path) as kept:
                return Heard(kept["clean"], kept["varied"])
        try:
            heard = _hear(clip, classifier, seed)
        except AudioError as error:
            return str(error)
        with whole(path) as temporary, temporary.open("wb") as file:
            np.savez(file, clean=heard.clean, varied=heard.varied)
        return heard

    with ThreadPoolExecutor(usable_cores(), "teacher") as pool:
        answers = tqdm(pool.map(one, clips), total=len(clips), desc="listening", unit="clip", disable=None)
        return dict(zip(clips, answers, strict=True))


def _hear(clip: Clip, classifier: InstrumentClassifier, seed: int) -> Heard:
    rate = classifier.config.frontend.sample_rate
    waveform = read_audio(clip.path, rate, MAX_SECONDS)
    clean, _ = classifier.embed((waveform, rate))
    if clip.split != "train":
        return Heard(clean, clean[:0])
    varied = [classifier.embed((version, rate))[0] for version in _versions(waveform, rate, clip, seed)]
    return Heard(clean, np.concatenate(varied))


def _versions(waveform: Floats, rate: int, clip: Clip, seed: int) -> Iterator[Floats]:
    """Noise below the music, and the loudest moments alone."""
    rng = np.random.default_rng([seed, int.from_bytes(hashlib.sha256(clip.path.name.encode()).digest()[:4])])
    noise = rng.standard_normal(len(waveform)).astype(np.float32)
    level = float(np.sqrt(np.mean(np.square(waveform)))) * 10 ** (-rng.uniform(*NOISE_DB) / 20)
    yield waveform + np.float32(level) * noise
    length = round(SHORT_SECONDS * rate)
    if len(waveform) > 2 * length:
        power = np.convolve(np.square(waveform[::64]), np.ones(length // 64), "valid")
        start = 64 * int(power.argmax())
        yield waveform[start : start + length]


def _key(clip: Clip, model: str, seed: int) -> str:
    status = clip.path.stat()
    about = [str(clip.path.absolute()), status.st_mtime_ns, status.st_size, clip.split, model, seed]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]
