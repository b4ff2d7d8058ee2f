"""The rows of a second head: AudioSet's own, drawn towards recordings whose class is known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from instrument_model.onnx.architecture import HEAD

from ..data.clips import Clip
from .classes import SOUNDS, Sound, right_for, taught_by

RARER = 1.0
"""How much lower, in units of the logits, a class begins than the relative whose row it takes."""

BIAS_PENALTY = 0.05  # against that of the weights
ITERATIONS = 60

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """A linear head.

    Attributes:
        weight: (classes, hidden).
        bias: (classes,).
    """

    weight: Floats
    bias: Floats


def audioset_rows(state: Mapping[str, torch.Tensor], classes: Mapping[str, Sound]) -> Rows:
    """Return the rows as AudioSet's network has them.

    Args:
        state: Tensors of the checkpoint.
        classes: In the order of the rows.
    """
    weight, bias = (state[f"{HEAD}.{name}"].numpy() for name in ("weight", "bias"))
    places = [list(sound.rows or SOUNDS[str(sound.relative)].rows) for sound in classes.values()]
    lower = [0.0 if sound.rows else RARER for sound in classes.values()]
    return Rows(
        np.stack([weight[place].mean(axis=0) for place in places]).astype(np.float32),
        np.array([bias[place].mean() for place in places] - np.array(lower)).astype(np.float32),
    )


def fit(first: Rows, names: Sequence[str], clips: Sequence[Clip], hidden: Floats, penalty: float) -> Rows:
    """Minimise the cross-entropy of every class, and the squares of what is added to the first rows.

    What may be right for a clip besides the class that it teaches is left open.

    Args:
        first: Rows to begin with.
        names: Of the classes.
        clips: Examples; each `detail` weighs the same.
        hidden: (clips, hidden), the mean over a clip's windows.
        penalty: Of the squares.
    """
    columns = {name: number for number, name in enumerate(names)}
    number = Counter(clip.detail for clip in clips)
    weights = np.array([1 / number[clip.detail] for clip in clips], np.float32)
    targets, counts = np.zeros((len(clips), len(names)), np.float32), np.ones((len(clips), len(names)), np.float32)
    for row, clip in enumerate(clips):
        counts[row, [columns[name] for name in right_for(clip) if name in columns]] = 0
        if (taught := taught_by(clip)) in columns:
            targets[row, columns[str(taught)]] = counts[row, columns[str(taught)]] = 1
    mean, scale = hidden.mean(axis=0), hidden.std(axis=0) + np.float32(1e-3)
    inputs = torch.from_numpy((hidden - mean) / scale)
    offset = torch.from_numpy(hidden @ first.weight.T + first.bias)
    weight = torch.from_numpy(counts * (weights / weights.mean())[:, None])
    added = torch.zeros(first.weight.shape, requires_grad=True)
    shift = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([added, shift], max_iter=ITERATIONS, line_search_fn="strong_wolfe")
    wanted = torch.from_numpy(targets)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = offset + inputs @ added.T + shift
        value = F.binary_cross_entropy_with_logits(logits, wanted, weight=weight, reduction="sum") / len(clips)
        value = value + penalty * (added.square().sum() + BIAS_PENALTY * shift.square().sum())
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    delta = added.detach().numpy() / scale
    return Rows(
        (first.weight + delta).astype(np.float32),
        (first.bias + shift.detach().numpy() - delta @ mean).astype(np.float32),
    )
