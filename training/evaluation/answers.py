"""From a model's answers to the results of a group of clips; nothing here knows about files or models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from instrument_model.config import SENSITIVITIES
from instrument_model.labels import LABELS, LabelSet

from ..data.clips import Clip
from . import metrics
from .results import Accuracies, Counts, GroupResults, Ranking, Rejection, Results, SourceResults, TopK

RESAMPLES = 1000  # of the bootstrap
FEW_SOURCES = 8  # with fewer collections, recordings are what the bootstrap draws


@dataclass(frozen=True)
class Answers:
    """A model's answers to clips.

    Attributes:
        clips: What was asked.
        probabilities: (clips, labels).
        labels: Of the model.
    """

    clips: Sequence[Clip]
    probabilities: NDArray[np.float64]
    labels: LabelSet = LABELS

    def where(self, keep: NDArray[np.bool_]) -> "Answers":
        """Return the answers to those clips for which `keep`, (clips,), is true."""
        clips = [clip for clip, kept in zip(self.clips, keep, strict=True) if kept]
        return Answers(clips, self.probabilities[keep], self.labels)

    @property
    def instruments(self) -> NDArray[np.float64]:
        """The probabilities of the labels that count among the answers, (clips, instruments)."""
        return self.probabilities[:, list(self.labels.answer_columns)]

    @property
    def targets(self) -> NDArray[np.int64]:
        """(clips, labels), 1 for every label that sounds."""
        rows = [[label in clip.labels for label in self.labels.names] for clip in self.clips]
        return np.array(rows, dtype=np.int64).reshape(-1, len(self.labels))

    @property
    def single(self) -> NDArray[np.bool_]:
        """(clips,), whether the clip is of one instrument alone."""
        return np.array([is_single(clip, self.labels) for clip in self.clips], dtype=bool)

    @property
    def none_of_ours(self) -> NDArray[np.bool_]:
        """(clips,), whether the clip holds none of the instruments: voice, or anything else."""
        ours = set(self.labels.instruments)
        return np.array([clip.complete and not ours.intersection(clip.labels) for clip in self.clips], dtype=bool)


def is_single(clip: Clip, labels: LabelSet = LABELS) -> bool:
    """Return whether exactly one label is known to sound, and it counts among the answers."""
    return len(clip.labels) == 1 and clip.labels[0] in labels.instruments


def class_of(clips: Sequence[Clip], labels: LabelSet = LABELS) -> NDArray[np.int64]:
    """Return (clips,), the number among the instruments of the one that each clip has."""
    return np.array([labels.instruments.index(clip.labels[0]) for clip in clips], dtype=np.int64)


def clusters_of(clips: Sequence[Clip]) -> tuple[NDArray[np.int64], str]:
    """Return what the bootstrap draws: collections, whose clips resemble each other, or recordings if they are few."""
    unit = "collections" if len({clip.source for clip in clips}) >= FEW_SOURCES else "recordings"
    names = [clip.source if unit == "collections" else f"{clip.source}/{clip.group}" for clip in clips]
    return np.unique(names, return_inverse=True)[1] if names else np.zeros(0, np.int64), unit


def group_results(answers: Answers, thresholds: NDArray[np.float64]) -> GroupResults:
    """Return what is measured of one group of clips.

    Args:
        answers: Of the clips of this group.
        thresholds: (labels,), from which a label counts as detected.
    """
    singles, others = answers.where(answers.single), answers.where(answers.none_of_ours)
    names = answers.labels.instruments
    scores, classes = singles.instruments, class_of(singles.clips, answers.labels)
    clusters, unit = clusters_of(singles.clips)
    hits = metrics.hits_at(scores, classes, 1)
    answered = scores.max(axis=1, initial=0.0) > 0
    best = metrics.one_hot(scores.argmax(axis=1), len(names)) * answered[:, None]
    annotated = np.array([clip.complete for clip in answers.clips], dtype=bool)
    known = answers.where(annotated) if annotated.any() else answers
    detected = (known.probabilities >= thresholds).astype(np.int64)
    return GroupResults(
        clips=Counts(one_instrument=len(scores), none_of_them=len(others.clips), all=len(answers.clips)),
        without_clips=[name for number, name in enumerate(names) if number not in classes],
        bootstrap_over=unit,
        top1=_top_k(scores, classes, clusters, 1),
        top3=_top_k(scores, classes, clusters, 3),
        per_class_top1={names[c]: float(hits[classes == c].mean()) for c in np.unique(classes)},
        classification=metrics.precision_recall_f1(metrics.one_hot(classes, len(names)), best, names),
        confusion=metrics.confusion(scores[answered], classes[answered]).tolist(),
        detection=metrics.precision_recall_f1(known.targets, detected, answers.labels.names),
        map=metrics.mean_average_precision(known.probabilities, known.targets),
        lrap=metrics.label_ranking_average_precision(known.probabilities, known.targets),
        rejection=_rejection(singles, others, thresholds),
        calibration=metrics.calibration(scores.max(axis=1, initial=0.0), hits),
        sensitivities={
            name: metrics.precision_recall_f1(known.targets, heard.astype(np.int64), answers.labels.names).micro
            for name, heard in _at_sensitivities(known.probabilities, thresholds)
        },
    )


def _at_sensitivities(
    probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each sensitivity and what is heard at it, (clips, labels); it is added to the logits."""
    needed = logit(thresholds)
    for name, shift in SENSITIVITIES.items():
        yield name, probabilities >= (expit(needed - shift) if shift else thresholds)


def _top_k(scores: NDArray[np.float64], classes: NDArray[np.int64], clusters: NDArray[np.int64], k: int) -> TopK:
    hits = metrics.hits_at(scores, classes, k)
    interval = metrics.bootstrap_interval(
        lambda drawn: metrics.mean_per_class(hits[drawn], classes[drawn]), clusters, RESAMPLES
    )
    return replace(metrics.top_k(scores, classes, k), interval=interval)


def _rejection(singles: Answers, others: Answers, thresholds: NDArray[np.float64]) -> Rejection:
    """Measure how well the highest probability tells an instrument from none, and what the thresholds make of it."""
    both = np.concatenate([singles.instruments, others.instruments])
    thresholds = thresholds[list(singles.labels.answer_columns)]
    ours = np.arange(len(both)) < len(singles.clips)
    clusters, _ = clusters_of([*singles.clips, *others.clips])
    named = (both.max(axis=1, initial=0.0) >= thresholds[both.argmax(axis=1)]) if len(both) else np.zeros(0, bool)
    return Rejection(
        auroc=metrics.rejection_auroc(both[ours], both[~ours]),
        interval=metrics.bootstrap_interval(
            lambda drawn: metrics.rejection_auroc(both[drawn][ours[drawn]], both[drawn][~ours[drawn]]),
            clusters,
            RESAMPLES,
        ),
        instruments_named=float(named[ours].mean()) if ours.any() else float("nan"),
        others_rejected=float(1 - named[~ours].mean()) if (~ours).any() else float("nan"),
    )


def by_source(answers: Answers) -> dict[str, SourceResults]:
    """Return top-1 over clips with one instrument, per collection."""
    singles = answers.where(answers.single)
    hits = metrics.hits_at(singles.instruments, class_of(singles.clips, singles.labels), 1)
    sources = np.array([clip.source for clip in singles.clips])
    return {
        str(source): SourceResults(int((sources == source).sum()), float(hits[sources == source].mean()))
        for source in np.unique(sources)
    }


def accuracies(probabilities: NDArray[np.float64], classes: NDArray[np.int64], labels: LabelSet = LABELS) -> Accuracies:
    """Return top-1 and top-3, mean over classes, of clips with one instrument."""
    scores = probabilities[:, list(labels.answer_columns)]
    top1, top3 = (metrics.top_k(scores, classes, k).per_class_mean for k in (1, 3))
    return Accuracies(top1, top3)


def ranking(probabilities: NDArray[np.float64], targets: NDArray[np.int64], labels: LabelSet = LABELS) -> Ranking:
    """Return how high the sounding instruments are ranked."""
    columns = list(labels.answer_columns)
    scores, wanted = probabilities[:, columns], targets[:, columns]
    return Ranking(
        lrap=metrics.label_ranking_average_precision(scores, wanted),
        recall_at_k=metrics.recall_at(scores, wanted),
        recall_at_3=metrics.recall_at(scores, wanted, 3),
        recall_at_5=metrics.recall_at(scores, wanted, 5),
        clips=len(targets),
    )


def compare(results: Mapping[str, Results]) -> list[dict[str, str | int | float]]:
    """Return one row of the main figures for each model and group, for tables."""
    rows: list[dict[str, str | int | float]] = []
    for model, result in results.items():
        for group, figures in result.groups.items():
            low, high = figures.top1.interval
            rows.append(
                {
                    "model": model,
                    "group": group,
                    "clips": figures.clips.one_instrument,
                    "top-1": figures.top1.per_class_mean,
                    "95 %": f"{low:.3f}-{high:.3f}",
                    "top-3": figures.top3.per_class_mean,
                    "micro": figures.top1.micro,
                    "AUROC": figures.rejection.auroc,
                    "ECE": figures.calibration.ece,
                    "mAP": figures.map,
                    "LRAP": figures.lrap,
                }
            )
    return rows
