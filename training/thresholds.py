"""From which probability a label is said to be heard, and what that is worth on collections nobody has tuned for."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from instrument_model.labels import LABEL_NAMES

from . import metrics
from .calibration import ClipLogits, Floats, Method, fit, folds_by_source
from .figures import TEN

Way = Literal["0.5", "common", "half way", "per label"]
WAYS: tuple[Way, ...] = ("0.5", "common", "half way", "per label")

GRID = np.round(np.arange(0.15, 0.851, 0.01), 2)  # thresholds beyond would rest on a handful of recordings
PLATEAU = 0.01  # F1 that may be given up to stay away from the edge of the plateau


def choose(probabilities: Floats, targets: NDArray[np.int64], way: Way) -> Floats:
    """Thresholds for the best F1 over all recordings, those with none of the ten instruments included; (labels,).

    Args:
        probabilities: (clips, labels).
        targets: (clips, labels).
        way: One for all labels ("common"), one "per label", their mean ("half way"), or 0.5.
    """
    n_labels = targets.shape[1]
    if way == "0.5":
        return np.full(n_labels, 0.5)
    scores = np.array(
        [f1_score(targets, probabilities >= t, average=None, zero_division=0.0) for t in GRID]
    )  # (grid, labels)
    present = targets.sum(axis=0) > 0
    common = np.full(n_labels, _plateau(scores[:, present].mean(axis=1)))
    own = np.array([_plateau(scores[:, label]) if present[label] else common[label] for label in range(n_labels)])
    share = {"common": 0.0, "half way": 0.5, "per label": 1.0}[way]
    thresholds: Floats = (1 - share) * common + share * own
    return thresholds


def _plateau(scores: Floats) -> float:
    """The middle of the thresholds that are about as good as the best."""
    return float(GRID[scores >= scores.max() - PLATEAU].mean())


def cross_validate(data: ClipLogits, method: Method, folds: int, seed: int) -> dict[Way, dict[str, float]]:
    """What each way of choosing thresholds achieves on collections that nothing was fitted on.

    Returns:
        `macro_f1` of labels that reach their threshold, `named` (recordings of one instrument whose most probable
        one does), `right` (and is right), and `rejected` (recordings with none of the ten for which it does not).
    """
    ours = data.targets[:, TEN].any(axis=1)
    results: dict[Way, dict[str, float]] = {}
    probabilities = np.zeros(data.targets.shape)
    thresholds = {way: np.zeros(data.targets.shape) for way in WAYS}
    for rest, held_out in folds_by_source(data, folds, seed):
        fitted = fit(data.where(rest), method)
        probabilities[held_out] = data.where(held_out).probabilities(fitted)
        known = data.where(rest).probabilities(fitted)
        for way in WAYS:
            thresholds[way][held_out] = choose(known, data.targets[rest], way)
    best = probabilities[:, TEN].argmax(axis=1)
    every = np.arange(len(best))
    for way in WAYS:
        named = probabilities[every, best] >= thresholds[way][every, best]
        right = named & data.targets[every, best].astype(bool)
        detected = (probabilities >= thresholds[way]).astype(np.int64)
        results[way] = {
            "macro_f1": metrics.precision_recall_f1(data.targets, detected, LABEL_NAMES)["macro"]["f1"],
            "named": float(named[data.single].mean()),
            "right": float(right[data.single].mean()),
            "rejected": float(1 - named[~ours].mean()) if (~ours).any() else float("nan"),
        }
    return results
