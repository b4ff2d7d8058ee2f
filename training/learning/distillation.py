"""Learning from a teacher that hears each part of an item on its own, before it is mixed, recorded and compressed.

Asked about a mixture, a recogniser names the loudest of it and hardly the rest; what learns from that loses the second
instrument. Asked about one part after the other it misses neither, and a band behind the soloist cannot confuse it.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from instrument_model.labels import LABEL_NAMES

from ..errors import TrainingError
from ..models.specs import labels_of
from ..models.taggers import Recogniser, load_recogniser
from ..models.yamnet import quicken


def load_teacher(spec: str) -> Recogniser:
    """Return a teacher, made fast.

    Args:
        spec: As `training.models.taggers.load_recogniser` takes it.

    Raises:
        ModelError: A model folder cannot be loaded.
        TrainingError: Something else of it cannot be loaded, or it has other labels than the project.
    """
    if labels_of([spec]).names != LABEL_NAMES:
        raise TrainingError(
            f"{spec} has other labels than instrument_model/labels.py and cannot teach these; train one of these first."
        )
    teacher = load_recogniser(spec)
    quicken(teacher)
    return teacher


def teach(teacher: Recogniser, items: Mapping[str, Tensor]) -> Tensor:
    """Return a teacher's answers to the parts of items: for each label the highest over those whose labels count.

    Args:
        teacher: What is asked.
        items: A batch of `training.data.examples.Items`.

    Returns:
        Probabilities, (batch, labels); what the band adds, unheard by the teacher, stands there with its target.
    """
    parts, target = items["parts"], items["target"]
    sounding = parts.abs().amax(dim=2) > 0
    sounding[:, 0] = True
    answers = torch.zeros(*sounding.shape, target.shape[1], device=target.device)
    with torch.no_grad():
        answers[sounding] = teacher.window_probabilities(parts[sounding])
    return torch.where((target > 0) & (target < 1), target, answers.amax(dim=1))


def distillation_loss(logits: Tensor, answers: Tensor, label_weight: Tensor) -> Tensor:
    """Return the binary cross-entropy against a teacher's answers; all arguments (batch, labels).

    What the labels leave out (`label_weight` of 0: a second part too far below) is left out here as well: the teacher
    has not heard it. Of music without labels, where every weight is 0, the teacher has heard everything.
    """
    labelled = (label_weight > 0).any(dim=1, keepdim=True)
    known = ((label_weight > 0) | ~labelled).to(logits.dtype)
    losses = F.binary_cross_entropy_with_logits(logits, answers, reduction="none")
    return (losses * known).sum() / known.sum()
