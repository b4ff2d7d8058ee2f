"""From a recording to a `Prediction`: the one path that library, command line, app and evaluation share."""

import functools
import os
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain, islice, pairwise, repeat
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from .audio import MAX_SECONDS, array_blocks, read_blocks
from .config import ModelConfig
from .errors import ModelError
from .folding import folded
from .labels import INSTRUMENT_NAMES
from .network.model import InstrumentNetwork
from .prediction import Guess, ModelIdentity, Prediction, Segment
from .sharing import window_log_mels
from .weights import WEIGHTS_FILE, file_sha256, load_model, save_model
from .windows import Window, WindowStream

BUNDLED_WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
"""The model folder that comes with the code."""

STRETCH_WINDOWS = 16
"""Windows that are read at once and share one spectrogram."""

FIRST_WINDOWS = 3
"""Those of the first stretches, so that in a short recording, too, every core has something to do."""

BATCH_SIZE = 8
"""Windows that the network hears at once: with more, feature maps outgrow the caches."""

TOP = 3
"""Instruments named in a prediction, whether they reach their thresholds or not."""


class InstrumentClassifier:
    """Names the instruments in recordings; several threads may use one at once."""

    def __init__(self, network: InstrumentNetwork, identity: ModelIdentity | None = None) -> None:
        """Takes a network that is in memory already; `from_pretrained` loads one.

        Args:
            network: Is set to evaluation mode; a change of its weights after this is not heard.
            identity: What predictions say about the model.
        """
        self.network = network.eval()
        self._folded = folded(network)
        self._frontend: nn.Module = self._folded.frontend
        self._logits: nn.Module = self._folded.network
        self.identity = identity or ModelIdentity("memory")

    @property
    def config(self) -> ModelConfig:
        """What the model is made of."""
        return self.network.config

    @classmethod
    def from_pretrained(
        cls, source: str | os.PathLike[str] | None = None, revision: str | None = None
    ) -> "InstrumentClassifier":
        """Loads a model, strictly and from safetensors only.

        Args:
            source: A model folder or a Hub repository `owner/name`; the bundled model if None.
            revision: Branch, tag or commit of the repository.

        Raises:
            ModelError: There is no such model, it cannot be downloaded, or it is broken.
        """
        folder = BUNDLED_WEIGHTS if source is None else Path(source)
        name = "bundled" if source is None else os.fspath(source)
        commit = None
        if folder.is_dir() or source is None:
            if revision:
                raise ModelError(f"{folder} is a folder and has no revisions; leave the revision out.")
        elif isinstance(source, str) and re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", source):
            from .hub import download  # with the Hub's client, which most users do without

            folder, commit = download(source, revision)
        else:
            raise ModelError(f"{name} is neither a model folder nor a Hub repository (owner/name); check its spelling.")
        return cls(load_model(folder), ModelIdentity(name, commit, file_sha256(folder / WEIGHTS_FILE)))

    def compile(self) -> None:
        """Makes all later predictions faster: worth half a second for many recordings, or for an hour of sound.

        Answers change by rounding only. On a GPU nothing changes.
        """
        from .compiling import CompiledNetwork, compiled_frontend

        if self._folded.bias.device.type == "cpu":
            self._frontend = compiled_frontend(self._folded.frontend)
            self._logits = CompiledNetwork(self._folded)

    def save_pretrained(self, folder: str | os.PathLike[str]) -> None:
        """Writes `config.json` and `model.safetensors`.

        Raises:
            ModelError: The folder cannot be written.
        """
        save_model(Path(folder), self.network)

    def predict(
        self,
        audio: str | os.PathLike[str] | tuple[ArrayLike, int],
        max_seconds: float | None = None,
        progress: Callable[[float], object] | None = None,
    ) -> Prediction:
        """Listens to a recording, in memory that does not depend on its length.

        Args:
            audio: A file, or (waveform, sample_rate) with a waveform (samples,) or (samples, channels) of floats in
                [-1, 1] or of integers.
            max_seconds: How much is analysed, from the beginning; `audio.MAX_SECONDS` if None.
            progress: Called with the seconds analysed so far.

        Raises:
            AudioError: The recording cannot be read.
        """
        sample_rate = self.config.frontend.sample_rate
        limit = MAX_SECONDS if max_seconds is None else max_seconds
        read = limit + 1.0  # one second more, to know whether there is more
        if isinstance(audio, tuple):
            file, blocks = None, array_blocks(*audio, sample_rate, read)
        else:
            file, blocks = os.fspath(audio), read_blocks(audio, sample_rate, read)
        stream = WindowStream(blocks, self.config.window, sample_rate, limit, self.config.frontend.hop_length)
        threads = torch.get_num_threads()
        heard: list[_Heard] = []
        with closing(_in_order(self._listen, _stretches(stream, threads), threads)) as answers:
            for some in answers:
                heard += some
                if progress:
                    progress(heard[-1].end)
        return self._summarise(file, stream, heard)

    def window_probabilities(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probabilities of windows of equal length; (windows, samples) to (windows, labels)."""
        with torch.inference_mode():
            waveform = torch.from_numpy(windows).to(self._folded.bias.device)
            return self._probabilities(self._frontend(waveform))

    def _listen(self, stretch: list[Window]) -> "list[_Heard]":
        """Spares the network the silent windows."""
        audible = torch.tensor([not window.silent for window in stretch])
        rows: Iterator[NDArray[np.float64]] = iter(())
        if audible.any():
            with torch.inference_mode():
                log_mels = window_log_mels(self._frontend, self.config.frontend, stretch)
                rows = iter(self._probabilities(log_mels if audible.all() else log_mels[audible]))
        silence = np.zeros(len(self.config.labels))
        return [
            _Heard(window.start, window.end, window.peak_dbfs, window.silent, silence if window.silent else next(rows))
            for window in stretch
        ]

    def _probabilities(self, log_mels: Tensor) -> NDArray[np.float64]:
        with torch.inference_mode():
            logits = torch.cat(
                [self._logits(batch) for batch in log_mels.tensor_split(-(-len(log_mels) // BATCH_SIZE))]
            )
        probabilities: NDArray[np.float64] = self._folded.calibrated(logits).double().cpu().numpy()
        return probabilities

    def _summarise(self, file: str | None, stream: WindowStream, heard: "list[_Heard]") -> Prediction:
        """Averages over what is not silent."""
        audible = [window.probabilities for window in heard if not window.silent]
        probabilities = self._by_label(np.mean(audible, axis=0) if audible else np.zeros(len(self.config.labels)))
        ranking = sorted(INSTRUMENT_NAMES, key=lambda name: -probabilities[name])[:TOP]
        total = sum(probabilities[name] for name in ranking)
        top = tuple(Guess(name, probabilities[name], probabilities[name] / total if total else 0.0) for name in ranking)
        return Prediction(
            file=file,
            duration=stream.seconds,
            instrument=ranking[0] if audible and self._reaches(ranking[0], probabilities) else None,
            confidence=top[0].probability,
            top=top,
            probabilities=probabilities,
            segments=tuple(self._segments(heard, stream.seconds)),
            model=self.identity,
            truncated=stream.truncated,
            silent=not audible,
            peak_dbfs=max(window.peak_dbfs for window in heard),
        )

    def _segments(self, heard: "list[_Heard]", duration: float) -> Iterator[Segment]:
        """Every moment belongs to the window whose centre is nearest."""
        borders = [(left.centre + right.centre) / 2 for left, right in pairwise(heard)]
        for start, end, window in zip([0.0, *borders], [*borders, duration], heard, strict=True):
            probabilities = self._by_label(window.probabilities)
            ranking = sorted(probabilities, key=lambda name: -probabilities[name])
            reached = (name for name in ranking if not window.silent and self._reaches(name, probabilities))
            label = next(reached, None)
            yield Segment(start, end, label, probabilities[label or ranking[0]], probabilities)

    def _by_label(self, row: NDArray[np.float64]) -> dict[str, float]:
        return dict(zip(self.config.labels, row.tolist(), strict=True))

    def _reaches(self, label: str, probabilities: Mapping[str, float]) -> bool:
        return probabilities[label] >= self.config.calibration.thresholds[label]


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
    return ThreadPoolExecutor(os.cpu_count(), "listener", initializer=lambda: torch.set_num_threads(1))


if hasattr(os, "register_at_fork"):  # a fork inherits the pool without its threads
    os.register_at_fork(after_in_child=_listeners.cache_clear)


class _Heard(NamedTuple):
    """What is left of a window once the network has heard it."""

    start: float
    end: float
    peak_dbfs: float
    silent: bool
    probabilities: NDArray[np.float64]

    @property
    def centre(self) -> float:
        """In seconds."""
        return (self.start + self.end) / 2
