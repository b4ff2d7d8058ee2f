"""Learning without forgetting: the pretrained network's answers are kept while its weights learn something else.

Learning without Forgetting (Li and Hoiem, 2016, https://arxiv.org/abs/1606.09282): the network that is trained keeps
its old head beside the new one and is asked for its former answers as well. Here these are all 527 of AudioSet's
classes, on the clean item: instruments that are none of ours stay apart from each other and from ours, and sources that
training has never seen are not forgotten. The old head does not move, and is dropped at the end.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from instrument_model.labels import LABEL_NAMES
from instrument_model.network.mobilenet import MobileNetV3

from ..errors import TrainingError
from ..models.taggers import EfficientatRecogniser


class Memory(nn.Module):
    """The pretrained network and its head."""

    def __init__(self, checkpoint: Path) -> None:
        """Load an EfficientAT checkpoint.

        Raises:
            TrainingError: It cannot be loaded.
        """
        super().__init__()
        recogniser = EfficientatRecogniser(checkpoint)
        self.sha256 = recogniser.sha256
        self.network, self.frontend = recogniser.network.requires_grad_(False), recogniser.frontend
        self.head = self.network.head

    def answers(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to the probabilities of all classes, (batch, classes)."""
        with torch.no_grad():
            probabilities: Tensor = torch.sigmoid(self.network(self.frontend(waveform)))
        return probabilities

    def answers_array(self, waveform: NDArray[np.float32]) -> NDArray[np.float16]:
        """Return the same for arrays."""
        answers: NDArray[np.float16] = self.answers(torch.from_numpy(waveform)).numpy().astype(np.float16)
        return answers

    def loss(self, hidden: Tensor, answers: Tensor) -> Tensor:
        """Return the cross-entropy between what the old head makes of the features now and what it made of them.

        Summed over the classes and divided by the number of our labels: 0.1 weighs as much as 0.1 of the labels' loss.

        Args:
            hidden: Features before the last layer, (batch, hidden).
            answers: (batch, classes).
        """
        losses = F.binary_cross_entropy_with_logits(self.head(hidden), answers, reduction="none")
        return losses.sum(dim=1).mean() / len(LABEL_NAMES)


class Hidden:
    """Keeps the features before a network's last layer."""

    value: Tensor

    def __init__(self, network: MobileNetV3, memory: Memory) -> None:
        """Attach to a network.

        Raises:
            TrainingError: Its features are not those of the memory's network.
        """
        last = network.head
        if last.in_features != memory.head.in_features:
            raise TrainingError(
                f"The --memory has {memory.head.in_features} features and the backbone {last.in_features}; give the "
                "checkpoint that the backbone was made from."
            )
        last.register_forward_pre_hook(self._keep)

    def _keep(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.value = inputs[0]
