"""Fits that turn logits of windows into calibrated probabilities of recordings, and their cross-validation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from torch import Tensor
from torch.nn import functional as F

from instrument_model.labels import LABELS, LabelSet

from ..data.clips import Clip
from ..errors import TrainingError
from . import metrics
from .answers import is_single

Floats = NDArray[np.float64]
Method = Literal["none", "temperature", "temperature, top-1", "common bias", "common bias, top-1", "bias per label"]
METHODS: tuple[Method, ...] = (
    "none",
    "temperature",
    "temperature, top-1",
    "common bias",
    "common bias, top-1",
    "bias per label",
)

REPEATS = 4  # of the cross-validation, with other folds
RANKING_TOLERANCE = 0.005  # what a better calibration may cost in accuracy, and in telling ours from others
OTHERS_WEIGHT = 0.3  # of the mean over all labels beside the most probable one's
BIAS_PENALTY = 1e-3  # of squared biases, because the rarest label has only a few recordings


class Fit(NamedTuple):
    """`sigmoid(logit / temperature + bias)`; bias is (labels,)."""

    temperature: float
    bias: Floats


@dataclass(frozen=True)
class ClipLogits:
    """The logits of every window of a set of recordings.

    Attributes:
        logits: (windows, labels), one recording after the other.
        owner: (windows,), the number of the recording.
        targets: (clips, labels) of 0 and 1.
        single: (clips,), whether it is of one instrument alone.
        source: (clips,), the collection.
        recording: (clips,), the recording that a clip was cut from.
        labels: Of the model.
    """

    logits: NDArray[np.float32]
    owner: NDArray[np.int64]
    targets: NDArray[np.int64]
    single: NDArray[np.bool_]
    source: NDArray[np.str_]
    recording: NDArray[np.str_]
    labels: LabelSet = LABELS

    @classmethod
    def gather(cls, clips: Sequence[Clip], logits: Sequence[Floats], labels: LabelSet = LABELS) -> "ClipLogits":
        """Gather clips and the logits, (windows, labels), of each.

        Raises:
            TrainingError: No clip is of one instrument alone.
        """
        single = np.array([is_single(clip, labels) for clip in clips], dtype=bool)
        if not single.any():
            raise TrainingError("No development clip holds one instrument alone; give clips that do.")
        return cls(
            np.concatenate(logits).astype(np.float32),
            np.repeat(np.arange(len(clips)), [len(rows) for rows in logits]),
            np.array([[label in clip.labels for label in labels.names] for clip in clips], dtype=np.int64),
            single,
            np.array([clip.source for clip in clips]),
            np.array([f"{clip.source}/{clip.group}" for clip in clips]),
            labels,
        )

    def where(self, clips: NDArray[np.int64]) -> "ClipLogits":
        """Return some of the recordings, by ascending number."""
        number = np.full(len(self.targets), -1)
        number[clips] = np.arange(len(clips))
        keep = number[self.owner] >= 0
        return ClipLogits(
            self.logits[keep],
            number[self.owner][keep],
            self.targets[clips],
            self.single[clips],
            self.source[clips],
            self.recording[clips],
            self.labels,
        )

    def probabilities(self, fit: Fit) -> Floats:
        """Return calibrated probabilities of the recordings, (clips, labels)."""
        bias = torch.from_numpy(fit.bias.astype(np.float32))
        mean: Floats = _clip_means(self, torch.tensor(fit.temperature), bias).double().numpy()
        return mean


def _clip_means(data: ClipLogits, temperature: Tensor, bias: Tensor) -> Tensor:
    windows = torch.sigmoid(torch.from_numpy(data.logits) / temperature + bias)
    owner = torch.from_numpy(data.owner)
    sums = torch.zeros(len(data.targets), windows.shape[1]).index_add(0, owner, windows)
    return sums / torch.bincount(owner, minlength=len(data.targets))[:, None]


def fit(data: ClipLogits, method: Method) -> Fit:
    """Fit temperature and biases by the negative log-likelihood of the recordings.

    Args:
        data: What to fit on.
        method: "temperature" alone, with a "common bias" for all labels or a "bias per label"; the likelihood is
            that of all labels of all recordings, or ("top-1") this and that of the most probable instrument being the
            right one, over recordings of one instrument.
    """
    n_labels, instruments = len(data.labels), list(data.labels.answer_columns)
    if method == "none":
        return Fit(1.0, np.zeros(n_labels))
    log_temperature = torch.zeros(1, requires_grad=True)
    bias = torch.zeros(n_labels if method == "bias per label" else 1, requires_grad=True)
    parameters = [log_temperature] if method.startswith("temperature") else [log_temperature, bias]
    optimizer = torch.optim.LBFGS(parameters, max_iter=60, line_search_fn="strong_wolfe")
    targets, single = torch.from_numpy(data.targets).float(), torch.from_numpy(data.single)
    classes = targets[single][:, instruments].argmax(dim=1)

    def loss() -> Tensor:
        optimizer.zero_grad()
        probabilities = _clip_means(data, log_temperature.exp(), bias.expand(n_labels)).clamp(1e-6, 1 - 1e-6)
        if method.endswith("top-1") and len(classes):
            confidence, best = probabilities[single][:, instruments].max(dim=1)
            # The others' probabilities count as well: what is said of the first must not be bought with theirs.
            value = F.binary_cross_entropy(confidence, (best == classes).float())
            value = value + OTHERS_WEIGHT * F.binary_cross_entropy(probabilities, targets)
        else:
            value = F.binary_cross_entropy(probabilities, targets) + BIAS_PENALTY * (bias - bias.mean()).square().mean()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    values = bias.detach().expand(n_labels).double().numpy().clip(-20, 20)
    return Fit(float(log_temperature.detach().exp().clamp(0.05, 20.0)), np.array(values))


def fold_unit(data: ClipLogits) -> tuple[str, NDArray[np.str_]]:
    """Return what stays on one side of a fold: collections, or recordings of a single collection; (clips,)."""
    if len(np.unique(data.source)) > 1:
        return "collections", data.source
    return "recordings", data.recording


def folds_by_source(data: ClipLogits, folds: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (rest, held out) numbers of clips; a collection (where there is one only, a recording) is on one side.

    Raises:
        TrainingError: There is a single recording.
    """
    _, groups = fold_unit(data)
    folds = min(folds, len(np.unique(groups)))
    if folds < 2:
        raise TrainingError("There is only one development recording; cross-validation needs several.")
    yield from GroupKFold(folds, shuffle=True, random_state=seed).split(data.targets, groups=groups)


def held_out_probabilities(data: ClipLogits, method: Method, folds: int, seed: int) -> Floats:
    """Return (clips, labels); each collection calibrated by a fit on the others."""
    probabilities = np.zeros(data.targets.shape)
    for rest, held_out in folds_by_source(data, folds, seed):
        probabilities[held_out] = data.where(held_out).probabilities(fit(data.where(rest), method))
    return probabilities


def mean_figures(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of figures with equal names."""
    return {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}


def cross_validate(data: ClipLogits, folds: int, seed: int) -> dict[Method, dict[str, float]]:
    """Measure each method on collections that it was not fitted on, mean over several ways to form the folds."""
    results: dict[Method, dict[str, float]] = {}
    for method in METHODS:
        repeats = range(seed, seed + (1 if method == "none" else REPEATS))
        runs = [_figures(data, held_out_probabilities(data, method, folds, repeat)) for repeat in repeats]
        results[method] = mean_figures(runs)
    return results


def _figures(data: ClipLogits, probabilities: Floats) -> dict[str, float]:
    instruments = list(data.labels.answer_columns)
    classes = data.targets[data.single][:, instruments].argmax(axis=1)
    scores = probabilities[data.single][:, instruments]
    none_of_ours = ~data.targets[:, instruments].any(axis=1)
    quality = metrics.calibration(scores.max(axis=1), metrics.hits_at(scores, classes, 1))
    return {
        "ece": quality.ece,
        "ece_equal_size": quality.ece_equal_size,
        "top1": metrics.top_k(scores, classes, 1).per_class_mean,
        "auroc": metrics.rejection_auroc(scores, probabilities[none_of_ours][:, instruments]),
    }


def choose(results: dict[Method, dict[str, float]]) -> Method:
    """Choose the method with the lowest calibration error among those that hardly rank worse than the model itself."""
    before = results["none"]

    def ranks_well(method: Method) -> bool:
        loses = results[method]["auroc"] < before["auroc"] - RANKING_TOLERANCE
        return results[method]["top1"] >= before["top1"] - RANKING_TOLERANCE and not loses

    return min((method for method in results if ranks_well(method)), key=lambda method: results[method]["ece"])
