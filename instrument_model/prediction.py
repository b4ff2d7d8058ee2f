"""What the library answers, and the JSON of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .labels import LABELS, LabelSet


@dataclass(frozen=True, slots=True)
class Guess:
    """An instrument, its probability, and its share of the probabilities of the guesses it is listed with."""

    label: str
    probability: float
    relative: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the recording.

    Attributes:
        start: In seconds; segments follow each other without gaps.
        end: In seconds.
        label: The most probable label that reaches its threshold, None if none does or all is silent.
        probability: Of `label`, or of the most probable label if that is None.
        probabilities: Of all labels.
        detected: The labels that reach their thresholds, the most probable first; none where it is silent.
        faint: Whether it is silent, or so much softer than the rest that it does not count for the whole.
    """

    start: float
    end: float
    label: str | None
    probability: float
    probabilities: Mapping[str, float]
    detected: tuple[str, ...] = ()
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A class of sounds beside the model's labels that a recording resembles: a hint, and no answer.

    Attributes:
        label: Its name.
        display: How it is written for people.
        score: Between 0 and 1, comparable between classes and not calibrated.
    """

    label: str
    display: str
    score: float


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answered.

    Attributes:
        source: The folder or the Hub repository it was loaded from.
        revision: The commit of the Hub repository, None for a folder.
        sha256: Of the weights file, None if there is none.
    """

    source: str
    revision: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was heard in a recording.

    Attributes:
        file: The path as it was given, None for an array.
        duration: In seconds, of what was analysed.
        instrument: The first instrument of `detected`, None if there is none.
        confidence: The probability of `instrument`, or of the most probable instrument if that is None.
        top: The most probable instruments, up to three.
        probabilities: Of every label, each for itself: they do not add up to one.
        segments: The same over time.
        model: Which model answered.
        truncated: Whether the recording is longer than what was analysed.
        silent: Whether there was nothing to analyse.
        peak_dbfs: The loudest moment, in dB relative to full scale, at least -120.
        detected: The labels that are heard, also those that are only noticed, the most probable first.
        remarks: What had to be done to the sound, in sentences for people.
        resembles: Where no instrument is detected, up to three other classes of sounds that it resembles, the likeliest
            first; none if the model has no head for them.
        labels: Of the model: how they are written, and which of them count among the answers.
    """

    file: str | None
    duration: float
    instrument: str | None
    confidence: float
    top: tuple[Guess, ...]
    probabilities: Mapping[str, float]
    segments: tuple[Segment, ...]
    model: ModelIdentity
    truncated: bool
    silent: bool
    peak_dbfs: float
    detected: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    resembles: tuple[Resemblance, ...] = ()
    labels: LabelSet = LABELS

    def to_dict(self) -> dict[str, Any]:
        """Return what `to_json` writes."""
        return {
            "file": self.file,
            "duration": self.duration,
            "instrument": self.instrument,
            "confidence": self.confidence,
            "top": [asdict(guess) for guess in self.top],
            "probabilities": dict(self.probabilities),
            "detected": list(self.detected),
            "resembles": [asdict(found) for found in self.resembles],
            "segments": [
                {
                    "start": part.start,
                    "end": part.end,
                    "label": part.label,
                    "probability": part.probability,
                    "detected": list(part.detected),
                }
                for part in self.segments
            ],
            "remarks": list(self.remarks),
            "model": asdict(self.model),
        }

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), allow_nan=False)
