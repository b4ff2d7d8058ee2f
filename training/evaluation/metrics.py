"""Figures that say how good answers are; everything works on plain arrays, and scikit-learn computes what it can.

Shapes: `probabilities` is (clips, labels) with one independent probability per label, `classes` is (clips,) with
the index of the one label that is right, `targets` is (clips, labels) with 1 for every label that sounds.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    label_ranking_average_precision_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

from .results import Bin, Calibration, Decisions, LabelScores, Scores, TopK

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

CALIBRATION_BINS = 15


def hits_at(probabilities: Floats, classes: Integers, k: int) -> npt.NDArray[np.bool_]:
    """Return whether the right label is among the `k` most probable ones; (clips,). All zeros are no answer."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    hits: npt.NDArray[np.bool_] = (best == classes[:, None]).any(axis=1) & (probabilities.max(axis=1, initial=0.0) > 0)
    return hits


def mean_per_class(values: Floats | npt.NDArray[np.bool_], classes: Integers) -> float:
    """Return the mean over classes of each class's mean; classes without a clip do not count. NaN without clips."""
    present = np.unique(classes)
    return float(np.mean([values[classes == c].mean() for c in present])) if len(present) else float("nan")


def top_k(probabilities: Floats, classes: Integers, k: int) -> TopK:
    """Return top-k accuracy, as the mean over classes and over clips, without its interval."""
    hits = hits_at(probabilities, classes, k)
    return TopK(mean_per_class(hits, classes), float(hits.mean()) if len(hits) else float("nan"))


def confusion(probabilities: Floats, classes: Integers) -> Integers:
    """Return (labels, labels) counts; the row is the truth, the column the most probable label."""
    n_labels = probabilities.shape[1]
    if not len(classes):
        return np.zeros((n_labels, n_labels), np.int64)
    matrix: Integers = confusion_matrix(classes, probabilities.argmax(axis=1), labels=range(n_labels))
    return matrix


def precision_recall_f1(targets: Integers, decisions: Integers, names: tuple[str, ...]) -> Decisions:
    """Return precision, recall and F1 per label, macro (over the labels that occur) and micro.

    Args:
        targets: (clips, labels) of 0 and 1.
        decisions: (clips, labels) of 0 and 1, what the model says is there.
        names: One per label.
    """
    if not len(targets):  # scikit-learn refuses what has no rows
        targets = decisions = np.zeros((1, len(names)), np.int64)
    precision, recall, f1, support = precision_recall_fscore_support(
        targets, decisions, average=None, zero_division=0.0
    )
    present = np.flatnonzero(support)
    micro = precision_recall_fscore_support(targets, decisions, average="micro", zero_division=0.0)
    per_label = zip(names, precision, recall, f1, support, strict=True)
    return Decisions(
        {name: LabelScores(float(p), float(r), float(f), int(n)) for name, p, r, f, n in per_label},
        Scores(
            *(float(np.mean(values[present])) if len(present) else float("nan") for values in (precision, recall, f1))
        ),
        Scores(*map(float, micro[:3])),
    )


def mean_average_precision(probabilities: Floats, targets: Integers) -> float:
    """Return average precision over clips, mean over labels; labels of no clip or of all clips do not count."""
    usable = [c for c in range(targets.shape[1]) if 0 < targets[:, c].sum() < len(targets)]
    values = [average_precision_score(targets[:, c], probabilities[:, c]) for c in usable]
    return float(np.mean(values)) if values else float("nan")


def label_ranking_average_precision(probabilities: Floats, targets: Integers) -> float:
    """Return precision at the rank of each sounding label, mean over the clips that have labels."""
    labelled = targets.any(axis=1)
    return (
        float(label_ranking_average_precision_score(targets[labelled], probabilities[labelled]))
        if labelled.any()
        else float("nan")
    )


def recall_at(probabilities: Floats, targets: Integers, k: int | None = None) -> float:
    """Return how many of the sounding labels are among the `k` most probable ones, mean over clips with labels.

    Without `k`, among as many as there are sounding ones.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    sounding = targets.sum(axis=1)
    found = [row[best[: k or n]].sum() / n for row, best, n in zip(targets, order, sounding, strict=True) if n]
    return float(np.mean(found)) if found else float("nan")


def one_hot(classes: Integers, n_labels: int) -> Integers:
    """Map (clips,) to (clips, labels) of 0 and 1."""
    matrix: Integers = np.eye(n_labels, dtype=np.int64)[classes]
    return matrix


def rejection_auroc(one_of_ours: Floats, none_of_ours: Floats) -> float:
    """Return the area under the ROC curve of the highest probability; both (clips, instruments)."""
    if not len(one_of_ours) or not len(none_of_ours):
        return float("nan")
    scores = np.concatenate([one_of_ours.max(axis=1), none_of_ours.max(axis=1)])
    return float(roc_auc_score(np.r_[np.ones(len(one_of_ours)), np.zeros(len(none_of_ours))], scores))


def calibration(confidence: Floats, correct: npt.NDArray[np.bool_], bins: int = CALIBRATION_BINS) -> Calibration:
    """Return the expected calibration error with equal-width bins (Guo et al., ICML 2017), and with bins of equal size.

    Args:
        confidence: (clips,), probability of the most probable label.
        correct: (clips,), whether that label is right.
        bins: How many.

    Returns:
        Both errors, and the bins of equal width that have clips.
    """
    width = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    rank = np.argsort(np.argsort(confidence, kind="stable"), kind="stable") * bins // max(len(confidence), 1)

    def summarise(index: Integers) -> list[Bin]:
        rows = [index == number for number in np.unique(index)]
        return [Bin(int(row.sum()), float(confidence[row].mean()), float(correct[row].mean())) for row in rows]

    def error(rows: list[Bin]) -> float:
        return sum(row.count * abs(row.accuracy - row.confidence) for row in rows) / max(len(confidence), 1)

    table = summarise(width)
    return Calibration(error(table), error(summarise(rank)), table)


def bootstrap_interval(
    statistic: Callable[[Integers], float], clusters: Integers, resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return a figure's 95 % percentile interval when whole clusters (recordings, collections) are redrawn.

    Args:
        statistic: From the indices of the drawn clips to the figure.
        clusters: (clips,), the cluster of each clip.
        resamples: How often to draw.
        seed: Makes it repeatable.
    """
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(clusters == c) for c in np.unique(clusters)]
    if not members:
        return float("nan"), float("nan")
    draws = (
        np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))]) for _ in range(resamples)
    )
    values = np.array([statistic(draw) for draw in draws])
    if np.isnan(values).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
