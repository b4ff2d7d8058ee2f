"""From recordings to answers: the windows are those of `instrument_model.classifier`, batched across recordings."""

from collections.abc import Callable, Iterable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from instrument_model.audio import array_blocks
from instrument_model.config import WindowConfig
from instrument_model.labels import LABEL_NAMES
from instrument_model.summary import FAINT_DB
from instrument_model.windows import WindowStream

from .taggers import Recogniser

BATCH_WINDOWS = 32
CPU = torch.device("cpu")

Waveform = NDArray[np.float32]
Listener = Callable[[Tensor], Tensor]
"""Windows (batch, samples) to answers (batch, labels)."""


def clip_windows(waveform: Waveform, from_rate: int, window: WindowConfig, sample_rate: int) -> list[Waveform]:
    """Return the windows of a recording that count for its summary, all of one length: neither silent nor faint.

    Args:
        waveform: (samples,) in [-1, 1].
        from_rate: Of the waveform, in Hz.
        window: How to cut it.
        sample_rate: Of the windows, in Hz.
    """
    stream = WindowStream(array_blocks(waveform, from_rate, sample_rate), window, sample_rate)
    audible = [part for part in stream if not part.silent]
    loudest = max((part.level_dbfs for part in audible), default=0.0)
    return [part.samples for part in audible if part.level_dbfs >= loudest - FAINT_DB]


def answer_windows(
    listener: Listener,
    waveforms: Iterable[Waveform],
    from_rate: int,
    window: WindowConfig,
    sample_rate: int,
    *,
    device: torch.device = CPU,
    total: int | None = None,
    title: str | None = None,
) -> list[NDArray[np.float64]]:
    """Ask a network about each window of each recording.

    Args:
        listener: The network.
        waveforms: (samples,) each; taken one by one, so a generator keeps memory small.
        from_rate: Of the waveforms, in Hz.
        window: How to cut them.
        sample_rate: That the network takes, in Hz.
        device: Where the network is.
        total: How many recordings there are, for the progress bar.
        title: Of the progress bar.

    Returns:
        For each recording (windows, labels), with no window where all is silent.
    """
    waiting: dict[int, list[tuple[int, Waveform]]] = {}  # by length: a batch has one
    answers: list[list[NDArray[np.float64]]] = []

    def listen(batch: list[tuple[int, Waveform]]) -> None:
        rows = listener(torch.from_numpy(np.stack([samples for _, samples in batch])).to(device))
        for (owner, _), row in zip(batch, rows.double().cpu().numpy(), strict=True):
            answers[owner].append(row)

    with torch.inference_mode():
        for owner, waveform in enumerate(
            tqdm(waveforms, total=total, desc=title, unit="clip", disable=None, leave=False)
        ):
            answers.append([])
            for samples in clip_windows(waveform, from_rate, window, sample_rate):
                batch = waiting.setdefault(len(samples), [])
                batch.append((owner, samples))
                if len(batch) == BATCH_WINDOWS:
                    listen(waiting.pop(len(samples)))
        for batch in waiting.values():
            listen(batch)
    width = next((len(rows[0]) for rows in answers if rows), len(LABEL_NAMES))
    return [np.array(rows).reshape(-1, width) for rows in answers]


def clip_probabilities(
    recogniser: Recogniser,
    waveforms: Iterable[Waveform],
    from_rate: int,
    *,
    total: int | None = None,
    title: str | None = None,
) -> NDArray[np.float64]:
    """Return each recording's probabilities: the mean over its windows, zeros for a silent one; (clips, labels)."""
    answers = answer_windows(
        recogniser.window_probabilities,
        waveforms,
        from_rate,
        recogniser.window,
        recogniser.sample_rate,
        device=next(recogniser.parameters()).device if isinstance(recogniser, nn.Module) else CPU,
        total=total,
        title=title,
    )
    width = len(recogniser.thresholds)
    means = [rows.mean(axis=0) if len(rows) else np.zeros(width) for rows in answers]
    return cast(NDArray[np.float64], np.array(means).reshape(-1, width))
