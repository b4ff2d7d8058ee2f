"""Whether any of our instruments sounds, taught without a say in which."""

import numpy as np
import pytest
import torch
from torch import nn

from training.errors import TrainingError
from training.open_set import fit

OURS = list(range(10))


def test_all_logits_move_together_and_tell_the_two_apart() -> None:
    torch.manual_seed(0)
    last = nn.Linear(128, 11)
    nn.init.constant_(last.weight[:, 4], 0.2)
    rng = np.random.default_rng(0)
    present = rng.random(800) < 0.8
    hidden = rng.standard_normal((800, last.in_features)).astype(np.float32)
    hidden[:, 3] += np.where(present, 0.7, -0.7)  # a feature that the head makes nothing of
    hidden[:, 4] += np.where(present, 0.7, -0.7)  # and one that it does
    before = hidden @ last.weight.detach().numpy()[OURS].T + last.bias.detach().numpy()[OURS]
    weight, bias = fit(hidden, present, last, OURS)
    after = before + (hidden @ weight + bias)[:, None]
    np.testing.assert_array_equal(after.argsort(axis=1), before.argsort(axis=1))

    def right(logits: np.ndarray) -> float:
        highest = logits.max(axis=1)
        return float(np.mean(highest[present][:, None] > highest[~present]))

    assert 0.55 < right(before) < 0.7
    assert right(after) > right(before) + 0.15


def test_both_kinds_are_needed() -> None:
    hidden = np.zeros((4, 128), np.float32)
    for present in (True, False):
        with pytest.raises(TrainingError, match="prepare items of both kinds"):
            fit(hidden, np.full(4, present), nn.Linear(128, 11), OURS)


def test_a_head_that_says_nothing_is_refused() -> None:
    rng = np.random.default_rng(0)
    present = np.arange(200) < 150
    hidden = rng.standard_normal((200, 16)).astype(np.float32)
    hidden[:, 0] = np.where(present, -1, 1)
    last = nn.Linear(16, 11)
    nn.init.zeros_(last.weight)
    nn.init.ones_(last.weight[:, 0])
    with pytest.raises(TrainingError, match="train it first"):
        fit(hidden, present, last, OURS)
