"""Thresholds from which a label counts as detected, and how well they work on unseen collections."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from . import calibration, metrics
from .calibration import ClipLogits, Floats, Method, fit, folds_by_source, mean_figures

Way = Literal["0.5", "drawn to 0.5", "per label"]
WAYS: tuple[Way, ...] = ("0.5", "drawn to 0.5", "per label")

GRID = np.round(np.arange(0.15, 0.851, 0.01), 2)  # thresholds beyond would rest on a handful of recordings
PLATEAU = 0.01  # F1 that may be given up to stay away from the edge of the plateau
TRUSTED = 30  # recordings with a label from which its own threshold counts for as much as 0.5


def choose(probabilities: Floats, targets: NDArray[np.int64], way: Way) -> Floats:
    """Choose the thresholds with the best F1 over all recordings, also those without instruments; (labels,).

    Args:
        probabilities: (clips, labels).
        targets: (clips, labels).
        way: 0.5 for all, each label's own ("per label"), or between the two, the nearer to 0.5 the fewer recordings a
            label has.
    """
    support = targets.sum(axis=0)
    scores = np.array([f1_score(targets, probabilities >= t, average=None, zero_division=0.0) for t in GRID])
    own = np.where(support > 0, [_plateau(scores[:, label]) for label in range(len(support))], 0.5)
    trust = {"0.5": 0.0, "drawn to 0.5": support / (support + TRUSTED), "per label": 1.0}[way]
    thresholds: Floats = 0.5 + trust * (own - 0.5)
    return thresholds


def _plateau(scores: Floats) -> float:
    """Return the middle of the thresholds that are about as good as the best."""
    return float(GRID[scores >= scores.max() - PLATEAU].mean())


def cross_validate(data: ClipLogits, method: Method, folds: int, seed: int) -> dict[Way, dict[str, float]]:
    """Measure each way of choosing thresholds on collections that nothing was fitted on.

    Returns:
        `macro_f1` of labels that reach their threshold, `named` (recordings of one instrument whose most probable
        one does), `right` (and is right), and `rejected` (recordings without the instruments for which it does not).
    """
    runs = [_cross_validate(data, method, folds, seed + repeat) for repeat in range(calibration.REPEATS)]
    return {way: mean_figures([run[way] for run in runs]) for way in WAYS}


def _cross_validate(data: ClipLogits, method: Method, folds: int, seed: int) -> dict[Way, dict[str, float]]:
    probabilities = np.zeros(data.targets.shape)
    thresholds = {way: np.zeros(data.targets.shape) for way in WAYS}
    for rest, held_out in folds_by_source(data, folds, seed):
        fitted = fit(data.where(rest), method)
        probabilities[held_out] = data.where(held_out).probabilities(fitted)
        known = data.where(rest).probabilities(fitted)
        for way in WAYS:
            thresholds[way][held_out] = choose(known, data.targets[rest], way)
    return {way: _figures(data, probabilities, values) for way, values in thresholds.items()}


def _figures(data: ClipLogits, probabilities: Floats, thresholds: Floats) -> dict[str, float]:
    columns = np.array(data.labels.answer_columns)
    best, every = columns[probabilities[:, columns].argmax(axis=1)], np.arange(len(probabilities))
    ours = data.targets[:, columns].any(axis=1)
    named = probabilities[every, best] >= thresholds[every, best]
    right = named & (data.targets[every, best] == 1)
    detected = (probabilities >= thresholds).astype(np.int64)
    return {
        "macro_f1": metrics.precision_recall_f1(data.targets, detected, data.labels.names).macro.f1,
        "named": float(named[data.single].mean()),
        "right": float(right[data.single].mean()),
        "rejected": float(1 - named[~ours].mean()) if (~ours).any() else float("nan"),
    }
