"""The model: front end and network in one module that takes a waveform."""

import torch
from torch import Tensor, nn

from ..config import ModelConfig
from .frontend import LogMel
from .mobilenet import MobileNetV3


class InstrumentNetwork(nn.Module):
    """Waveform to one logit per label."""

    bias: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.frontend = LogMel(config.frontend)
        self.network = MobileNetV3(config.network, len(config.labels))
        bias = torch.tensor([config.calibration.bias[name] for name in config.labels])
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Logits before calibration, what training works on.

        Args:
            waveform: (batch, samples), mono at `config.frontend.sample_rate`, in [-1, 1].

        Returns:
            (batch, labels).
        """
        logits: Tensor = self.network(self.frontend(waveform))
        return logits

    def probabilities(self, waveform: Tensor) -> Tensor:
        """Calibrated probability of every label, each for itself; (batch, samples) to (batch, labels)."""
        return self.calibrated(self(waveform))

    def calibrated(self, logits: Tensor) -> Tensor:
        """Logits of the network to calibrated probabilities, (batch, labels) both."""
        return torch.sigmoid(logits / self.config.calibration.temperature + self.bias)
