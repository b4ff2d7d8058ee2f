"""From a recording to a `Prediction`: the one path that library, command line, app and evaluation share."""

import functools
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .audio import Recording, Waveform, checked_limit, open_blocks
from .config import ModelConfig
from .devices import make_runtime, usable_cores
from .errors import AudioError, ModelError
from .features import side_by_side, window_features
from .parts import Part
from .prediction import ModelIdentity, Prediction
from .resemblance.classes import count_classes
from .resemblance.head import scores_of
from .runtime import Runtime
from .summary import Heard, Source, summarise
from .weights import WEIGHTS_FILE, Model, file_sha256, is_repository, load_model, save_model
from .windows import Window, WindowStream

_PACKAGE = Path(__file__).resolve().parent
BUNDLED_WEIGHTS = _PACKAGE / "bundled" if (_PACKAGE / "bundled").is_dir() else _PACKAGE.parent / "weights"
"""The model folder that comes with the code: within an installed package, beside the package in a checkout."""

STRETCH_WINDOWS = 16
"""Windows that are read at once and share one spectrogram."""

FIRST_WINDOWS = 3
"""Those of the first stretches, so that in a short recording, too, every core has something to do."""


class InstrumentClassifier:
    """Names the instruments in recordings; several threads may use one at once, and it can be pickled."""

    def __init__(
        self,
        model: Model,
        identity: ModelIdentity | None = None,
        *,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        """Take a model that is in memory already; `from_pretrained` loads one.

        Args:
            model: Configuration and weights, which must not be changed after this.
            identity: What predictions say about the model.
            device: As in `from_pretrained`.
            threads: As in `from_pretrained`.

        Raises:
            ModelError: PyTorch is needed and not installed, or there is no such device.
        """
        self.model = model
        self.identity = identity or ModelIdentity("memory")
        self.threads = usable_cores() if threads is None else threads
        self._runtime: Runtime = make_runtime(model, device)

    @property
    def config(self) -> ModelConfig:
        """What the model is made of."""
        return self.model.config

    @classmethod
    def from_pretrained(
        cls,
        source: str | os.PathLike[str] | None = None,
        revision: str | None = None,
        *,
        device: str | None = None,
        threads: int | None = None,
    ) -> "InstrumentClassifier":
        """Load a model, strictly and from safetensors only.

        Args:
            source: A model folder or a Hub repository `owner/name`; the bundled model if None.
            revision: Branch, tag or commit of the repository.
            device: `cuda`, `cuda:1` or `mps` for a GPU, `cpu-torch` for PyTorch on the CPU; these need PyTorch. ONNX
                Runtime on the CPU if None.
            threads: How many cores a recording may use; all if None.

        Raises:
            ModelError: There is no such model, it cannot be downloaded, or it is broken; PyTorch is needed and not
                installed, or there is no such device.
        """
        folder = BUNDLED_WEIGHTS if source is None else Path(source)
        name = "bundled" if source is None else os.fspath(source)
        commit = None
        if folder.is_dir() or source is None:
            if revision:
                raise ModelError(f"{folder} is a folder and has no revisions; leave the revision out.")
        elif isinstance(source, str) and is_repository(source):
            from .hub.download import download  # with the Hub's client, which most users do without

            folder, commit = download(source, revision)
        else:
            raise ModelError(f"{name} is neither a model folder nor a Hub repository (owner/name); check its spelling.")
        model = load_model(folder)  # first, because it tells what is wrong with a folder
        sha256 = model.config.weights_sha256 or file_sha256(folder / WEIGHTS_FILE)  # the former has been checked
        identity = ModelIdentity(name, commit, sha256)
        return cls(model, identity, device=device, threads=threads)

    def save_pretrained(self, folder: str | os.PathLike[str]) -> None:
        """Write `config.json` and `model.safetensors`.

        Raises:
            ModelError: The folder cannot be written.
        """
        save_model(Path(folder), self.model)

    def predict(
        self,
        audio: Recording,
        max_seconds: float | None = None,
        progress: Callable[[float], object] | None = None,
        *,
        start: float = 0.0,
        end: float | None = None,
        sensitivity: str = "calibrated",
    ) -> Prediction:
        """Listen to a recording, in memory that does not depend on its length.

        Args:
            audio: A file, its content or a file object; (waveform, sample_rate) or {"array", "sampling_rate"} with a
                waveform (samples,), (samples, channels) or (channels, samples) of floats in [-1, 1] or of integers.
            max_seconds: How much is analysed, from `start` on; `audio.MAX_SECONDS` if None.
            progress: Called with the seconds analysed so far.
            start: Where to begin, in seconds. The prediction's times count from the beginning of the recording.
            end: Where to stop, in seconds; at the end of the recording if None.
            sensitivity: How sure an answer must be: `strict`, `calibrated` or `sensitive`.

        Raises:
            AudioError: The recording cannot be read, or there is no such part of it.
            ModelError: There is no such sensitivity.
        """
        config, part = self.config.at_sensitivity(sensitivity), Part(start, end)
        sample_rate = self.config.frontend.sample_rate
        limit = checked_limit(max_seconds)
        # One second more, to know whether there is more.
        file, recording = open_blocks(audio, sample_rate, start + limit + 1.0)
        blocks: Iterable[Waveform] = recording
        if part != Part():
            blocks = part.of(blocks, sample_rate)
        stream = WindowStream(blocks, self.config.window, sample_rate, limit, self.config.frontend.hop_length)
        heard: list[Heard] = []
        with closing(_in_order(self._listen, _stretches(stream, self.threads), self.threads)) as answers:
            for some in answers:
                heard += some
                if progress:
                    progress(heard[-1].end)
        source = Source(file, stream.seconds, stream.truncated, self.identity, recording.remarks, start)
        return summarise(heard, config, source)

    def predict_many(self, files: Iterable[Recording], batch_size: int = 4) -> Iterator[Prediction | AudioError]:
        """Predict recordings, `batch_size` at a time, in their order; one that cannot be read yields its error."""
        return side_by_side(self.predict, files, max(1, batch_size))

    def probabilities(self, audio: Recording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the centres of the audible windows in seconds, (windows,), and probabilities, (windows, labels).

        Raises:
            AudioError: The recording cannot be read, or is silent.
        """
        features = window_features(self._runtime, self.config, audio)
        return features.times, self._calibrated(features.logits)

    def embed(self, audio: Recording) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return embeddings of the audible windows, (windows, features), and their mean, (features,).

        Raises:
            AudioError: The recording cannot be read, or is silent.
        """
        embeddings = window_features(self._runtime, self.config, audio).embeddings
        return embeddings, embeddings.mean(axis=0)

    def _listen(self, stretch: list[Window]) -> list[Heard]:
        """Return what is heard in each window; the network is spared the silent ones."""
        audible = [not window.silent for window in stretch]
        probabilities = np.zeros((len(stretch), len(self.config.labels)))
        scores = np.zeros((len(stretch), count_classes(self.config.resemblance)), np.float32)
        if any(audible):
            output = self._runtime(stretch, audible)
            probabilities[audible] = self._calibrated(output.logits)
            scores[audible] = scores_of(output.others)
        return [
            Heard(window.start, window.end, window.peak_dbfs, window.level_dbfs, window.silent, row, second)
            for window, row, second in zip(stretch, probabilities, scores, strict=True)
        ]

    def _calibrated(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Turn logits of the network into calibrated probabilities, (windows, labels) both.

        Raises:
            ModelError: They are no numbers, as from weights that make activations overflow.
        """
        if not np.isfinite(logits).all():
            raise ModelError("The model's answers are not finite, so its weights are broken; use another model.")
        calibration = self.config.calibration
        bias = np.array([calibration.bias[name] for name in self.config.labels.names])
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(logits / calibration.temperature + bias)))
        return probabilities


def _stretches(windows: Iterable[Window], threads: int) -> Iterator[list[Window]]:
    """Successive windows, a few at first and then more at a time."""
    rest = iter(windows)
    for size in chain(repeat(FIRST_WINDOWS, threads), repeat(STRETCH_WINDOWS)):
        if not (stretch := list(islice(rest, size))):
            return
        yield stretch


Task = TypeVar("Task")
Answer = TypeVar("Answer")


def _in_order(function: Callable[[Task], Answer], tasks: Iterable[Task], ahead: int) -> Generator[Answer, None, None]:
    """Answers from the listeners' threads, with at most `ahead` tasks waiting: a recording need not fit into memory."""
    pending: deque[Future[Answer]] = deque()
    try:
        for task in tasks:
            pending.append(_listeners().submit(function, task))
            if len(pending) > ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for late in pending:
            late.cancel()


@functools.cache
def _listeners() -> ThreadPoolExecutor:
    """Threads that have one core each: stretches side by side are quicker than a stretch on all cores."""
    return ThreadPoolExecutor(usable_cores(), "listener")


if hasattr(os, "register_at_fork"):  # a fork inherits the pool without its threads
    os.register_at_fork(after_in_child=_listeners.cache_clear)
