"""Figures of multi-label test sets: aggregation of windows, thresholds chosen on training data, intervals.

Shapes: `scores` and `targets` are (clips, classes); targets are 1, 0 or `UNKNOWN`, which counts nowhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import label_ranking_average_precision_score

from ..data.benchmark_sets import UNKNOWN

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Aggregation = Callable[[Floats], Floats]

GRID = np.round(np.arange(0.02, 0.99, 0.02), 2)
"""Thresholds that are tried."""

RESAMPLES = 1000
INTERVAL = (2.5, 97.5)  # percentiles


def mean_of_windows(windows: Floats) -> Floats:
    """Return the mean of the probabilities, as the library does; (windows, classes) to (classes,)."""
    mean: Floats = windows.mean(axis=0)
    return mean


def sum_over_highest(windows: Floats) -> Floats:
    """Return strategy S2 of Han et al. (IEEE/ACM TASLP 25, 2017): the sum, divided by that of the highest class.

    At least one class then has a score of one, so something is named in every excerpt.
    """
    total: Floats = windows.sum(axis=0)
    highest = total.max(initial=0.0)
    return total / highest if highest else total


AGGREGATIONS: Mapping[str, Aggregation] = {"mean": mean_of_windows, "Han et al.": sum_over_highest}


def aggregated(windows: Sequence[Floats], how: Aggregation, classes: int) -> Floats:
    """Return scores of recordings, zeros for those without a window that sounds."""
    return np.array([how(rows) if len(rows) else np.zeros(classes) for rows in windows]).reshape(-1, classes)


def global_threshold(scores: Floats, targets: Integers) -> Floats:
    """Return the one threshold with the best micro F1, for every class; (classes,)."""
    best = max(GRID, key=lambda threshold: float(Counts.of(scores, targets, threshold).micro()[2]))
    return np.full(scores.shape[1], best)


def class_thresholds(scores: Floats, targets: Integers) -> Floats:
    """Return each class's threshold with the best F1, 0.5 where the training data lacks the class; (classes,)."""
    f1 = np.array([Counts.of(scores, targets, threshold).per_class()[2] for threshold in GRID])
    found: Floats = np.where((targets == 1).any(axis=0), GRID[f1.argmax(axis=0)], 0.5)
    return found


@dataclass(frozen=True)
class Counts:
    """Right and wrong decisions; each (..., classes), summed over clips.

    Attributes:
        right: Named and sounding.
        named: Named.
        sounding: Sounding.
    """

    right: Floats
    named: Floats
    sounding: Floats

    @classmethod
    def of(
        cls, scores: Floats, targets: Integers, thresholds: Floats | float, weights: Floats | None = None
    ) -> "Counts":
        """Count decisions.

        Args:
            scores: Of the classes.
            targets: The truth.
            thresholds: (classes,), or one for all.
            weights: (resamples, clips), how often each clip counts; once if None.
        """
        weight = np.ones(len(scores)) if weights is None else weights
        known = targets != UNKNOWN
        named = (scores >= thresholds) & known
        sounding = targets == 1
        return cls(*(weight @ np.asarray(which, float) for which in (named & sounding, named, sounding)))

    def per_class(self) -> tuple[Floats, Floats, Floats]:
        """Return the precision, recall and F1 of each class."""
        return _figures(self.right, self.named, self.sounding)

    def micro(self) -> tuple[Floats, Floats, Floats]:
        """Return precision, recall and F1 over all decisions."""
        return _figures(*(counts.sum(axis=-1) for counts in (self.right, self.named, self.sounding)))

    def macro(self) -> tuple[Floats, Floats, Floats]:
        """Return the mean over the classes that sound somewhere."""
        present = self.sounding > 0
        number = np.maximum(present.sum(axis=-1), 1)
        precision, recall, f1 = (np.where(present, value, 0.0).sum(axis=-1) / number for value in self.per_class())
        return precision, recall, f1


def _figures(right: Floats, named: Floats, sounding: Floats) -> tuple[Floats, Floats, Floats]:
    precision, recall = right / np.maximum(named, 1), right / np.maximum(sounding, 1)
    return precision, recall, 2 * right / np.maximum(named + sounding, 1)


def figures(scores: Floats, targets: Integers, thresholds: Floats, seed: int = 0) -> dict[str, float]:
    """Return everything that the published rows state, with 95 % intervals of a bootstrap over excerpts.

    Returns:
        `micro` and `macro` followed by `_precision`, `_recall`, `_f1`, `_f1_low` and `_f1_high`; `lrap`, `lrap_low` and
        `lrap_high`, NaN where not all classes are annotated.
    """
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(scores), np.full(len(scores), 1 / len(scores)), size=RESAMPLES).astype(float)
    once, drawn = (Counts.of(scores, targets, thresholds, some) for some in (None, weights))
    result: dict[str, float] = {}
    for name, value, values in (("micro", once.micro(), drawn.micro()), ("macro", once.macro(), drawn.macro())):
        low, high = np.percentile(values[2], INTERVAL)
        result |= {f"{name}_{key}": float(v) for key, v in zip(("precision", "recall", "f1"), value, strict=True)}
        result |= {f"{name}_f1_low": float(low), f"{name}_f1_high": float(high)}
    return result | _ranking(scores, targets, weights)


def _ranking(scores: Floats, targets: Integers, weights: Floats) -> dict[str, float]:
    labelled = (targets == 1).any(axis=1)
    if (targets == UNKNOWN).any() or not labelled.any():
        return dict.fromkeys(("lrap", "lrap_low", "lrap_high"), float("nan"))
    each = np.zeros(len(scores))
    each[labelled] = [
        label_ranking_average_precision_score(target[None], score[None])
        for target, score in zip(targets[labelled], scores[labelled], strict=True)
    ]
    drawn = (weights @ each) / np.maximum(weights @ labelled.astype(float), 1)
    low, high = np.percentile(drawn, INTERVAL)
    return {"lrap": float(each[labelled].mean()), "lrap_low": float(low), "lrap_high": float(high)}
