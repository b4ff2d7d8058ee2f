"""The losses, and averages of weights, by hand."""

import numpy as np
import pytest
import torch

from instrument_model.labels import LABEL_NAMES
from tests.support.training.runs import part
from training.interpolate import average, interpolate
from training.learning.losses import label_loss, lead_loss


def test_the_leading_loss_counts_where_one_instrument_leads() -> None:
    violin, voice = LABEL_NAMES.index("violin"), LABEL_NAMES.index("voice")
    target = torch.from_numpy(np.stack([part("violin").target, part("violin", "piano").target, part("voice").target]))
    logits = torch.zeros(3, len(LABEL_NAMES))
    assert float(lead_loss(logits, target)) == pytest.approx(np.log(10) / 3, rel=1e-6)
    logits[0, violin], logits[0, voice] = 20.0, 40.0  # a voice may sound as much as it likes
    assert float(lead_loss(logits, target)) == pytest.approx(0.0, abs=1e-6)


def test_the_loss_by_hand() -> None:
    logits, target = torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    everything = label_loss(logits, target, torch.ones(1, 2), 0.0)
    assert float(everything) == pytest.approx((np.log(2) + np.log1p(np.exp(2.0))) / 2, rel=1e-6)
    first_only = label_loss(logits, target, torch.tensor([[1.0, 0.0]]), 0.0)
    assert float(first_only) == pytest.approx(np.log(2), rel=1e-6)
    assert float(label_loss(logits, target, torch.zeros(1, 2), 0.0)) == 0  # music without labels


def test_interpolation_and_average_by_hand() -> None:
    old = {"w": torch.tensor([0.0, 2.0]), "count": torch.tensor(7)}
    new = {"w": torch.tensor([4.0, 4.0]), "count": torch.tensor(9)}
    between = interpolate(old, new, 0.25)
    assert between["w"].tolist() == [1.0, 2.5]
    assert int(between["count"]) == 7
    head = "classifier.5.weight"
    apart = interpolate(old | {head: old["w"]}, new | {head: new["w"]}, 1.0, 0.25)
    assert (apart["w"].tolist(), apart[head].tolist()) == ([4.0, 4.0], [1.0, 2.5])
    assert average([old, new])["w"].tolist() == [2.0, 3.0]
