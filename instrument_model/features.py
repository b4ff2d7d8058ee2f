"""Many recordings one after the other, and what the network says of each window: arrays for other programs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from .audio import checked_limit, open_blocks
from .config import ModelConfig
from .decoding.sources import Recording
from .errors import AudioError
from .runtime import Output, Runtime
from .windows import Window, WindowStream

WINDOWS_AT_ONCE = 16
"""As many windows share one spectrogram, so that memory does not depend on the length of a recording."""

Answer = TypeVar("Answer")


class Features(NamedTuple):
    """What the network has heard in a recording.

    Attributes:
        times: (windows,), the centre of each window, in seconds.
        logits: (windows, labels), before calibration.
        embeddings: (windows, features), the input of the network's last layers.
    """

    times: NDArray[np.float64]
    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]


def window_features(
    runtime: Runtime, config: ModelConfig, audio: Recording, max_seconds: float | None = None
) -> Features:
    """Return the network's answers to every window of a recording that is not silent.

    Args:
        runtime: Computes them.
        config: Of the model.
        audio: As `InstrumentClassifier.predict` takes it.
        max_seconds: How much is analysed, from the beginning; `audio.MAX_SECONDS` if None.

    Raises:
        AudioError: The recording cannot be read, or is silent from beginning to end.
    """
    rate, limit = config.frontend.sample_rate, checked_limit(max_seconds)
    _, blocks = open_blocks(audio, rate, limit)
    stream = iter(WindowStream(blocks, config.window, rate, limit, config.frontend.hop_length))
    times: list[float] = []
    outputs: list[Output] = []
    while stretch := list(islice(stream, WINDOWS_AT_ONCE)):
        audible = [not window.silent for window in stretch]
        if any(audible):
            times += [_centre(window) for window in stretch if not window.silent]
            outputs.append(runtime(stretch, audible))
    if not outputs:
        raise AudioError("The recording is silent from beginning to end, so it has no features; give another.")
    logits = np.concatenate([output.logits for output in outputs])
    embeddings = np.concatenate([output.embeddings for output in outputs])
    return Features(np.array(times), logits, embeddings)


def side_by_side(
    function: Callable[[Recording], Answer], files: Iterable[Recording], batch_size: int
) -> Iterator[Answer | AudioError]:
    """Answers in the order of the files, of which `batch_size` are worked on at a time.

    Yields:
        An answer, or the error of a recording that cannot be read: one of thousands must not cost the others.
    """

    def answer(file: Recording) -> Answer | AudioError:
        try:
            return function(file)
        except AudioError as error:
            return error

    pool = ThreadPoolExecutor(batch_size, "batch")
    pending: deque[Future[Answer | AudioError]] = deque()
    try:
        for file in files:
            pending.append(pool.submit(answer, file))
            if len(pending) > batch_size:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _centre(window: Window) -> float:
    return (window.start + window.end) / 2
