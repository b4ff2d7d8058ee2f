"""Distillation: a teacher hears one part after the other, and nothing that it has not heard is learned from it."""

import numpy as np
import pytest
import torch

from instrument_model.config import WindowConfig
from instrument_model.labels import LABEL_NAMES
from training.learning.distillation import distillation_loss, teach


class LevelMeter:
    """A recogniser that hears what one label's number times a hundred says, and nothing of a mixture."""

    name, sha256, sample_rate, window = "meter", "", 32_000, WindowConfig()
    thresholds = np.full(len(LABEL_NAMES), 0.5)

    def __init__(self) -> None:
        self.asked: list[int] = []

    def window_probabilities(self, waveform: torch.Tensor) -> torch.Tensor:
        """Give the label whose number a constant waveform has 0.9, all others 0.1."""
        self.asked.append(len(waveform))
        answers = torch.full((len(waveform), len(LABEL_NAMES)), 0.1)
        answers[torch.arange(len(waveform)), waveform[:, 0].mul(100).round().long()] = 0.9
        return answers


def named(*labels: str) -> torch.Tensor:
    return torch.tensor([float(label in labels) for label in LABEL_NAMES])


def test_each_part_is_asked_about_once_and_the_answers_are_united() -> None:
    parts = torch.zeros(3, 3, 100)
    for item, numbers in enumerate(((2,), (3, 4), (0, 5, 6))):
        parts[item, : len(numbers)] = torch.tensor(numbers)[:, None] / 100
    target = torch.stack([named(LABEL_NAMES[2]), named(LABEL_NAMES[3], LABEL_NAMES[4]), 0.6 * named(LABEL_NAMES[9])])
    meter = LevelMeter()
    answers = teach(meter, {"parts": parts, "target": target})
    assert meter.asked == [6]
    heard = [{LABEL_NAMES[i] for i in np.flatnonzero(row > 0.5)} for row in answers.numpy()]
    assert heard == [{LABEL_NAMES[2]}, {LABEL_NAMES[3], LABEL_NAMES[4]}, {LABEL_NAMES[i] for i in (0, 5, 6, 9)}]
    assert float(answers[2, 9]) == pytest.approx(0.6)  # of the band the labels tell


def test_what_the_labels_leave_out_is_not_learned_from_the_teacher() -> None:
    logits = torch.tensor([[0.0, 5.0]], requires_grad=True)
    loss = distillation_loss(logits, torch.tensor([[1.0, 0.0]]), torch.tensor([[0.3, 0.0]]))
    assert float(loss.detach()) == pytest.approx(np.log(2))
    loss.backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 1] == 0


def test_of_music_without_labels_the_teacher_is_asked_about_everything() -> None:
    answers = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    weight = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    loss = distillation_loss(torch.zeros(2, 2), answers, weight)
    assert float(loss) == pytest.approx(np.log(2))  # of three answers
    certain = torch.tensor([[0.0, 40.0], [40.0, 40.0]])
    assert float(distillation_loss(certain, answers, weight)) == pytest.approx((np.log(2) + 40.0) / 3)
