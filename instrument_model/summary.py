"""What was heard in the windows becomes what was heard in the recording."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .config import ModelConfig
from .prediction import Guess, ModelIdentity, Prediction, Resemblance, Segment
from .resemblance.head import resemblances

TOP = 3
"""Instruments named in a prediction, whether they reach their thresholds or not."""

FAINT_DB = 30.0
"""Windows that are so much softer than the loudest are no evidence: hiss before and after the music."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is left of a window once the network has heard it.

    Attributes:
        start: In seconds.
        end: In seconds.
        peak_dbfs: The level of its loudest moment, in dB relative to full scale.
        level_dbfs: Its mean level, likewise.
        silent: Whether there was nothing for the network to hear.
        probabilities: (labels,), zeros where it is silent.
        resemblances: (classes,), what the second head makes of it; empty if the model has none.
    """

    start: float
    end: float
    peak_dbfs: float
    level_dbfs: float
    silent: bool
    probabilities: NDArray[np.float64]
    resemblances: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def centre(self) -> float:
        """In seconds."""
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class Source:
    """What a prediction says of the recording and the model, beside what was heard.

    Attributes:
        file: The path as it was given, None for an array.
        duration: In seconds, of what was analysed.
        truncated: Whether the recording is longer than that.
        model: Which model answered.
        remarks: What had to be done to the sound, in sentences.
        start: Where in the recording the analysis began, in seconds.
    """

    file: str | None
    duration: float
    truncated: bool
    model: ModelIdentity
    remarks: tuple[str, ...] = ()
    start: float = 0.0


def summarise(heard: Sequence[Heard], config: ModelConfig, source: Source) -> Prediction:
    """Make the prediction for a recording from its windows, in their order.

    A label is detected if its probability reaches its threshold, or if it is detected in most of the windows that are
    not faint: what is heard most of the time is never denied.
    """
    audible = [window for window in heard if not window.silent]
    levels = [window.level_dbfs for window in audible]
    rows = np.array([window.probabilities for window in audible]).reshape(-1, len(config.labels))
    overall = overall_probabilities(rows, levels)
    instruments = config.labels.instruments
    probabilities = dict(zip(config.labels.names, overall.tolist(), strict=True))
    segments = tuple(_segments(heard, source, config))
    counted = [segment for segment in segments if not segment.faint]
    often = Counter(label for segment in counted for label in segment.detected)
    detected = _detected(probabilities, config, {label for label in often if 2 * often[label] > len(counted)})
    if not audible:
        detected = ()
    instrument = next((label for label in detected if label in instruments), None)
    ranking = sorted(instruments, key=lambda name: -probabilities[name])[:TOP]
    total = sum(probabilities[name] for name in ranking)
    resembles: tuple[Resemblance, ...] = ()
    if config.resemblance and audible and instrument is None:
        scores = np.array([window.resemblances for window in audible], np.float64)
        resembles = resemblances(config.resemblance, overall_probabilities(scores, levels).tolist())
    return Prediction(
        file=source.file,
        duration=source.duration,
        instrument=instrument,
        confidence=probabilities[instrument or ranking[0]],
        top=tuple(Guess(name, probabilities[name], probabilities[name] / total if total else 0.0) for name in ranking),
        probabilities=probabilities,
        segments=segments,
        model=source.model,
        truncated=source.truncated,
        silent=not audible,
        peak_dbfs=max(window.peak_dbfs for window in heard),
        detected=detected,
        remarks=source.remarks,
        resembles=resembles,
        labels=config.labels,
    )


def overall_probabilities(rows: NDArray[np.float64], levels: Sequence[float]) -> NDArray[np.float64]:
    """Return the probabilities or scores of a recording, (labels,), zeros if it has no windows.

    They are the mean over the windows that are not more than `FAINT_DB` below the loudest.

    Args:
        rows: (windows, labels) of the windows that are not silent.
        levels: Of the same windows, in dB.
    """
    if not len(rows):
        return np.zeros(rows.shape[1])
    loud = np.asarray(levels) >= max(levels) - FAINT_DB
    mean: NDArray[np.float64] = rows[loud].mean(axis=0)
    return mean


def _segments(heard: Sequence[Heard], source: Source, config: ModelConfig) -> Iterator[Segment]:
    """Give every moment to the window whose centre is nearest; times count from the beginning of the recording."""
    loudest = max((window.level_dbfs for window in heard if not window.silent), default=0.0)
    inner = [(left.centre + right.centre) / 2 for left, right in pairwise(heard)]
    borders = [source.start + border for border in (0.0, *inner, source.duration)]
    for (start, end), window in zip(pairwise(borders), heard, strict=True):
        probabilities = dict(zip(config.labels.names, window.probabilities.tolist(), strict=True))
        detected = () if window.silent else _detected(probabilities, config)
        label = detected[0] if detected else None
        probability = probabilities[label] if label else max(probabilities.values())
        faint = window.silent or window.level_dbfs < loudest - FAINT_DB
        yield Segment(start, end, label, probability, probabilities, detected, faint)


def _detected(probabilities: Mapping[str, float], config: ModelConfig, others: Collection[str] = ()) -> tuple[str, ...]:
    """Return the labels that reach their thresholds, and those of `others`, the most probable first."""
    thresholds = config.calibration.thresholds
    reached = [label for label in config.labels.names if probabilities[label] >= thresholds[label] or label in others]
    return tuple(sorted(reached, key=lambda label: -probabilities[label]))
