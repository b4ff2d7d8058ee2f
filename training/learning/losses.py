"""The losses that training minimises; `training.learning.forgetting` adds one."""

import torch.nn.functional as F
from torch import Tensor

from instrument_model.labels import LABELS


def label_loss(logits: Tensor, target: Tensor, label_weight: Tensor, smoothing: float) -> Tensor:
    """Return the binary cross-entropy over independent outputs; all arguments (batch, labels).

    `label_weight` weighs each output; where it is 0 everywhere, so is the loss. Smoothing draws the targets in from 0
    and 1, so that a wrong label is not worth an infinite logit.
    """
    soft = target * (1 - smoothing) + smoothing / 2
    losses = F.binary_cross_entropy_with_logits(logits, soft, reduction="none")
    return (losses * label_weight).sum() / label_weight.sum().clamp(min=1)


def lead_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy of which of our instruments leads; both arguments (batch, labels).

    Independent outputs do not learn which of two that sound is in front; people read the first as the answer. Items in
    which none of them or more than one is in front do not count.
    """
    ours = list(LABELS.answer_columns)
    leads = (target[:, ours] == 1).sum(dim=1) == 1
    losses = F.cross_entropy(logits[:, ours], target[:, ours].argmax(dim=1), reduction="none")
    return (losses * leads).sum() / len(logits)
