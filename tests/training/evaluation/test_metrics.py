"""The evaluation's figures against figures computed by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from training.data.clips import Clip
from training.evaluation import metrics
from training.evaluation.answers import Answers, clusters_of, group_results
from training.evaluation.report import to_json
from training.evaluation.results import Counts, TopK

# Four clips, three labels; the right ones are 0, 1, 2 and 2.
PROBABILITIES = np.array([[0.9, 0.5, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.3, 0.2]])
CLASSES = np.array([0, 1, 2, 2])


def test_top_k_over_clips_and_over_classes() -> None:
    assert metrics.hits_at(PROBABILITIES, CLASSES, 1).tolist() == [True, False, True, False]
    assert metrics.hits_at(PROBABILITIES, CLASSES, 2).tolist() == [True, True, True, False]
    assert metrics.top_k(PROBABILITIES, CLASSES, 1) == TopK((1 + 0 + 0.5) / 3, 0.5)
    assert metrics.top_k(PROBABILITIES, CLASSES, 2) == TopK((1 + 1 + 0.5) / 3, 0.75)
    assert metrics.hits_at(np.zeros((1, 3)), np.array([0]), 1).tolist() == [False]
    # A class without clips does not count as a class without hits.
    assert metrics.mean_per_class(np.array([True, False]), np.array([7, 7])) == 0.5


def test_confusion_has_the_truth_in_rows() -> None:
    assert metrics.confusion(PROBABILITIES, CLASSES).tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 1]]


def test_precision_recall_and_f1() -> None:
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]])
    decisions = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0]])
    figures = metrics.precision_recall_f1(targets, decisions, ("a", "b", "c"))
    first, second = figures.per_label["a"], figures.per_label["b"]
    assert (first.precision, first.recall, first.f1, first.support) == pytest.approx((2 / 3, 1, 0.8, 2))
    assert (second.precision, second.recall, second.f1, second.support) == pytest.approx((1, 0.5, 2 / 3, 2))
    # Over the labels that occur, and over all decisions: 3 right of 4 made, 3 found of 4.
    macro, micro = figures.macro, figures.micro
    assert (macro.precision, macro.recall, macro.f1) == pytest.approx((5 / 6, 0.75, (0.8 + 2 / 3) / 2))
    assert (micro.precision, micro.recall, micro.f1) == pytest.approx((0.75, 0.75, 0.75))


def test_average_precisions() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.2, 0.1, 0.05], [0.5, 0.5, 0.5], [0.7, 0.9, 0.3]])
    targets = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0]])
    # Clip 0: ranks 1 and 3, so 1/1 and 2/3. Clip 1: rank 2. Clip 2 has no label. Clip 3: rank 2.
    assert metrics.label_ranking_average_precision(scores, targets) == pytest.approx((5 / 6 + 1 / 2 + 1 / 2) / 3)
    # Label 0 is right at places 1 and 2, label 1 at the last of four, label 2 at place 3 of four.
    assert metrics.mean_average_precision(scores, targets) == pytest.approx((1 + 1 / 4 + 1 / 3) / 3)
    # As many as sound: one of two, none of one, none of one.
    assert metrics.recall_at(scores, targets) == pytest.approx((0.5 + 0 + 0) / 3)
    assert metrics.recall_at(scores, targets, 2) == pytest.approx((0.5 + 1 + 1) / 3)


def test_rejection_counts_the_pairs_in_the_right_order() -> None:
    ours, others = np.array([[0.9, 0.1], [0.2, 0.4]]), np.array([[0.5, 0.2], [0.1, 0.0]])
    assert metrics.rejection_auroc(ours, others) == 0.75
    assert np.isnan(metrics.rejection_auroc(ours, others[:0]))


def test_calibration_error() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55, 1.0])
    correct = np.array([True, False, True, False, True])
    figures = metrics.calibration(confidence, correct)
    # Two bins: 0.93 to 1 with mean 2.9 / 3 and accuracy 2/3, and one with 0.55 and 0.5.
    assert figures.ece == pytest.approx(0.6 * (2.9 / 3 - 2 / 3) + 0.4 * 0.05)
    assert [row.count for row in figures.bins] == [2, 3]
    # Two bins of equal size: 0.55, 0.55, 0.95 (two right of three, in a stable order) and 0.95, 1.
    halves = metrics.calibration(confidence, correct, bins=2).ece_equal_size
    assert halves == pytest.approx(0.6 * abs(2 / 3 - 2.05 / 3) + 0.4 * abs(0.5 - 0.975))


def test_bootstrap_draws_whole_clusters() -> None:
    values = np.repeat([0.0, 1.0], 50)
    within = metrics.bootstrap_interval(lambda drawn: float(values[drawn].mean()), np.arange(100))
    assert within == pytest.approx((0.4, 0.6), abs=0.02)  # 1.96 sqrt(0.25 / 100)
    across = metrics.bootstrap_interval(lambda drawn: float(values[drawn].mean()), np.repeat([0, 1], 50))
    assert across == (0.0, 1.0)


def clip(label: str, source: str = "hall", group: str = "1", complete: bool = True) -> Clip:
    labels = (label,) if label in LABEL_NAMES else ()
    return Clip(Path(f"{source}{group}{label}.wav"), labels, "phrase", "dev", source, group, complete=complete)


@pytest.mark.usefixtures("little_work")
def test_group_figures_tell_ours_from_others() -> None:
    clips = [clip("cello"), clip("flute"), clip("voice"), clip("oboe"), clip("drums", complete=False)]
    probabilities = np.zeros((5, len(LABEL_NAMES)))
    probabilities[0, 0], probabilities[1, 0] = 0.9, 0.6  # the flute is taken for a cello
    probabilities[2, 10], probabilities[3, 4], probabilities[4, 4] = 0.9, 0.7, 0.9
    result = group_results(Answers(clips, probabilities), np.full(11, 0.5))
    assert result.clips == Counts(one_instrument=2, none_of_them=2, all=5)
    assert result.top1.per_class_mean == result.top1.micro == 0.5
    assert result.per_class_top1 == {"cello": 1.0, "flute": 0.0}
    assert result.without_clips == [name for name in INSTRUMENT_NAMES if name not in ("cello", "flute")]
    # 0.9 and 0.6 against 0 (the voice is not one of the ten) and 0.7; the clip that is not fully annotated stays out.
    assert result.rejection.auroc == 0.75
    assert result.rejection.instruments_named == 1.0
    assert result.rejection.others_rejected == 0.5
    assert result.detection.per_label["voice"].f1 == 1.0
    assert result.detection.per_label["electric_guitar"].precision == 0.0
    assert result.calibration.ece == pytest.approx(0.5 * 0.1 + 0.5 * 0.6)
    # What is heard of cello, flute, voice, oboe: strict (from 0.73) two rightly; calibrated two wrongly besides.
    assert {name: found.precision for name, found in result.sensitivities.items()} == pytest.approx(
        {"strict": 1.0, "calibrated": 0.5, "sensitive": 0.5}
    )
    assert [found.recall for found in result.sensitivities.values()] == pytest.approx([2 / 3] * 3)
    assert result.sensitivities["calibrated"] == result.detection.micro


def test_bootstrap_draws_collections_where_there_are_many() -> None:
    clusters, unit = clusters_of([clip("cello", f"source {n % 8}", str(n)) for n in range(16)])
    assert (unit, len(set(clusters))) == ("collections", 8)
    clusters, unit = clusters_of([clip("cello", f"source {n % 2}", str(n % 4)) for n in range(16)])
    assert (unit, len(set(clusters))) == ("recordings", 4)


def test_figures_without_a_value_are_null_in_json() -> None:
    assert json.loads(to_json({"a": [float("nan"), 1.0], "b": float("inf")})) == {"a": [None, 1.0], "b": None}
