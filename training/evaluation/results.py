"""The results of an evaluation, as they are kept in `metrics.json`: written and read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, PlainSerializer, TypeAdapter, ValidationError

from instrument_model.atomic import write_text

from ..errors import TrainingError

METRICS_FILE = "metrics.json"
VERSION = 1
"""Of the format; files from before it was noted have this one."""

Figure = Annotated[
    float,
    BeforeValidator(lambda value: nan if value is None else value),
    PlainSerializer(lambda value: value if isfinite(value) else None, return_type=float | None, when_used="json"),
]
"""NaN where there is nothing to compute it from, which is null in JSON."""
Interval = tuple[Figure, Figure]
"""The 95 % percentile interval of a bootstrap."""


@dataclass(frozen=True)
class Counts:
    """How many clips of a group there are: of one instrument, with none of them, and in all."""

    one_instrument: int
    none_of_them: Annotated[int, Field(validation_alias=AliasChoices("none_of_them", "none_of_the_ten"))]
    all: int


@dataclass(frozen=True)
class TopK:
    """Accuracy of the k most probable instruments, as the mean over classes (with its interval) and over clips."""

    per_class_mean: Figure
    micro: Figure
    interval: Interval = (nan, nan)


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean."""

    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True)
class LabelScores(Scores):
    """The scores of a label, and the number of clips in which it sounds."""

    support: int


@dataclass(frozen=True)
class Decisions:
    """Scores of each label, and their means over labels that occur and over decisions."""

    per_label: dict[str, LabelScores]
    macro: Scores
    micro: Scores


@dataclass(frozen=True)
class Rejection:
    """How well an instrument is told from none, and what the thresholds make of it."""

    auroc: Figure
    interval: Interval
    instruments_named: Figure
    others_rejected: Figure


@dataclass(frozen=True)
class Bin:
    """Clips of similar confidence: their number, mean confidence and accuracy."""

    count: int
    confidence: Figure
    accuracy: Figure


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error with bins of equal width and of equal size; the former with their clips."""

    ece: Figure
    ece_equal_size: Figure
    bins: list[Bin]


@dataclass(frozen=True)
class GroupResults:
    """What was measured on a group of clips.

    Attributes:
        clips: How many.
        without_clips: Instruments that no clip has; the means are over the others.
        bootstrap_over: What the bootstrap draws: collections or recordings.
        top1: Whether the most probable instrument is right, of clips with one instrument.
        top3: Whether one of the three most probable ones is.
        per_class_top1: The same per instrument.
        classification: Of the most probable instrument, clips with one instrument.
        confusion: (instruments, instruments) clips; the row is the truth.
        detection: Of all labels that reach their threshold, all clips.
        map: Mean average precision over labels.
        lrap: Label-ranking average precision over clips.
        rejection: Instruments against none of them.
        calibration: Of the most probable instrument.
        sensitivities: Precision and recall of `detection`, over decisions, at each of `SENSITIVITIES`; empty in files
            from before they were measured.
    """

    clips: Counts
    without_clips: list[str]
    bootstrap_over: str
    top1: TopK
    top3: TopK
    per_class_top1: dict[str, Figure]
    classification: Decisions
    confusion: list[list[int]]
    detection: Decisions
    map: Figure
    lrap: Figure
    rejection: Rejection
    calibration: Calibration
    sensitivities: dict[str, Scores] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceResults:
    """Clips with one instrument in a collection, and how many of them are answered rightly."""

    clips: int
    top1: Figure


@dataclass(frozen=True)
class Accuracies:
    """Top-1 and top-3, means over classes; with the number of clips that are so long, where length is measured."""

    top1: Figure
    top3: Figure
    clips_that_long: int | None = None


@dataclass(frozen=True)
class Noise:
    """Accuracy without noise, and for each level of white and of pink noise."""

    clean: Accuracies
    white: dict[str, Accuracies]
    pink: dict[str, Accuracies]


@dataclass(frozen=True)
class Ranking:
    """How high the sounding instruments are ranked; `recall_at_k` looks at as many as there are sounding ones."""

    lrap: Figure
    recall_at_k: Figure
    recall_at_3: Figure
    recall_at_5: Figure
    clips: int


@dataclass(frozen=True)
class Conditions:
    """What was measured under conditions: against noise, length and the number of instruments.

    Attributes:
        group: Which clips.
        noise: Accuracy by the noise.
        length: Accuracy of the loudest part of each length, and of "whole" clips.
        instruments: Ranking by the number of instruments, mixed or "recorded" together.
    """

    group: str
    noise: Noise
    length: dict[str, Accuracies]
    instruments: dict[str, Ranking]


@dataclass(frozen=True)
class Results:
    """What was measured of a model.

    Attributes:
        groups: By name; the first tells most.
        sources: By collection.
        silent: Clips without any sound; there is no answer to them, so they count as wrong.
        conditions: None if they were left out.
        sha256: Of the weights.
        split: Of the data.
        seed: Of noise, mixtures and bootstrap.
        unreadable: Why each clip that was left out could not be read; of a published model, how many there were.
        version: Of this format.
    """

    groups: dict[str, GroupResults]
    sources: dict[str, SourceResults] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    conditions: Conditions | None = None
    sha256: str = ""
    split: str = ""
    seed: int = 0
    unreadable: dict[str, str] | int = field(default_factory=dict)
    version: int = VERSION

    @property
    def main(self) -> tuple[str, GroupResults]:
        """The group that tells most, with its name: clips of collections unseen in training, where there are any."""
        name = next((name for name in self.groups if name.startswith("unseen")), next(iter(self.groups)))
        return name, self.groups[name]


_FILE = TypeAdapter(dict[str, Results])


def write_results(folder: Path, results: Mapping[str, Results]) -> None:
    """Write the results of models, by name, to `metrics.json`.

    Raises:
        OSError: The folder cannot be written.
    """
    text = _FILE.dump_json(dict(results), indent=1, exclude_none=True).decode()
    write_text(folder / METRICS_FILE, f"{text}\n")


def read_results(folder: Path) -> dict[str, Results]:
    """Read the results of models, by name, from `metrics.json`.

    Raises:
        TrainingError: There is none, or it is broken or of a newer format.
    """
    try:
        results = _FILE.validate_json((folder / METRICS_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise TrainingError(f"{folder} holds no evaluation; make one with `python -m training.evaluate`.") from error
    if any(result.version > VERSION for result in results.values()):
        raise TrainingError(f"{folder / METRICS_FILE} is of a newer format; update this program.")
    return results
