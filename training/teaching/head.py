"""A linear head on embeddings: logistic regression for each label, drawn towards the rows that the base has."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from torch.nn import functional as F

Floats = NDArray[np.float32]

STRENGTHS = (1e-3, 1e-2, 1e-1)
"""Of the penalty on what a head adds to its first rows; the one that does best on held-out folds is taken."""

FOLDS = 5
OTHERS_WEIGHT = 2.0
"""Of everything that is none of the classes, against one class."""


@dataclass(frozen=True)
class Windows:
    """Windows to learn from.

    Attributes:
        hidden: (windows, features).
        targets: (windows, labels), 1 where the label sounds.
        owner: (windows,), the recording that each is from.
        weight: (windows,).
        clean: (windows,), false for variations of a recording.
    """

    hidden: Floats
    targets: Floats
    owner: NDArray[np.int64]
    weight: Floats
    clean: NDArray[np.bool_]

    def where(self, keep: NDArray[np.bool_]) -> "Windows":
        """Return those windows for which `keep`, (windows,), is true."""
        return Windows(self.hidden[keep], self.targets[keep], self.owner[keep], self.weight[keep], self.clean[keep])


@dataclass(frozen=True)
class Rows:
    """A linear head: weight (labels, features) and bias (labels,)."""

    weight: Floats
    bias: Floats

    def logits(self, hidden: Floats) -> Floats:
        """Return (windows, labels)."""
        logits: Floats = hidden @ self.weight.T + self.bias
        return logits


def weights(targets: Floats, owner: NDArray[np.int64]) -> Floats:
    """Return (windows,): each class weighs the same, and within it each recording; their mean is 1."""
    names = np.array([row.tobytes() for row in targets.astype(np.int8)])
    found = np.ones(len(targets), np.float32)
    for name in np.unique(names):
        inside = names == name
        members = owner[inside]
        _, number, sizes = np.unique(members, return_inverse=True, return_counts=True)
        share = OTHERS_WEIGHT if not targets[inside][0].any() else 1.0
        found[inside] = share / len(sizes) / sizes[number]
    scaled: Floats = found / found.mean()
    return scaled


def fit(windows: Windows, first: Rows, strength: float) -> Rows:
    """Minimise the weighted cross-entropy of every label, and the squares of what is added to the first rows."""
    mean, scale = windows.hidden.mean(axis=0), windows.hidden.std(axis=0) + np.float32(1e-3)
    inputs = torch.from_numpy((windows.hidden - mean) / scale)
    offset = torch.from_numpy(first.logits(windows.hidden))
    targets, weight = torch.from_numpy(windows.targets), torch.from_numpy(windows.weight)[:, None]
    added = torch.zeros(first.weight.shape, requires_grad=True)
    shift = torch.zeros(len(first.bias), requires_grad=True)
    optimizer = torch.optim.LBFGS([added, shift], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = offset + inputs @ added.T + shift
        value = F.binary_cross_entropy_with_logits(logits, targets, weight=weight.expand_as(targets), reduction="mean")
        value = value + strength * added.square().sum() / len(first.bias)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    delta = added.detach().numpy() / scale
    bias = first.bias + shift.detach().numpy() - delta @ mean
    return Rows((first.weight + delta).astype(np.float32), bias.astype(np.float32))


def held_out_logits(windows: Windows, first: Rows, strength: float, seed: int) -> Floats:
    """Return the logits of the clean windows, (windows, labels), each by a head that has not heard the recording."""
    clean = windows.where(windows.clean)
    logits = np.zeros(clean.targets.shape, np.float32)
    folds = GroupKFold(min(FOLDS, len(np.unique(clean.owner))), shuffle=True, random_state=seed)
    for _, number in folds.split(clean.hidden, groups=clean.owner):
        held_out = np.isin(windows.owner, np.unique(clean.owner[number]))
        rows = fit(windows.where(~held_out), first, strength)
        logits[number] = rows.logits(clean.hidden[number])
    return logits


def choose(windows: Windows, first: Rows, seed: int) -> tuple[float, Floats]:
    """Return the best strength, and the logits of held-out clean windows that it gives.

    Args:
        windows: To learn from; `owner` is what stays on one side of a fold.
        first: What the base knows already.
        seed: Of the folds.
    """
    clean = windows.where(windows.clean)
    targets, weight = torch.from_numpy(clean.targets), torch.from_numpy(clean.weight)[:, None]
    tried = {strength: held_out_logits(windows, first, strength, seed) for strength in STRENGTHS}

    def loss(strength: float) -> float:
        logits = torch.from_numpy(tried[strength])
        return float(F.binary_cross_entropy_with_logits(logits, targets, weight=weight))

    best = min(STRENGTHS, key=loss)
    return best, tried[best]
