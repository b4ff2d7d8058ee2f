"""The model: front end and network in one module that takes a waveform."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..config import ModelConfig
from ..weights import Model, load_model, save_model
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
        bias = torch.tensor([config.calibration.bias[name] for name in config.labels.names])
        self.register_buffer("bias", bias, persistent=False)

    @classmethod
    def from_model(cls, model: Model) -> "InstrumentNetwork":
        """Return the network in evaluation mode on the CPU; PyTorch's random state stays as it is."""
        with torch.random.fork_rng(devices=[]):  # the weights drawn here are replaced at once
            network = cls(model.config)
        network.network.load_state_dict({name: torch.tensor(value) for name, value in model.tensors.items()})
        return network.eval()

    def to_model(self) -> Model:
        """Return a copy of the weights with the configuration, as the rest of the library takes them."""
        state = self.network.state_dict()
        return Model(self.config, {name: tensor.detach().cpu().numpy().copy() for name, tensor in state.items()})

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


def load_network(folder: Path) -> InstrumentNetwork:
    """Read a model folder as strictly as `weights.load_model`; in evaluation mode on the CPU.

    Raises:
        ModelError: A file is missing or broken, or weights and configuration do not belong together.
    """
    return InstrumentNetwork.from_model(load_model(folder))


def save_network(folder: Path, network: InstrumentNetwork) -> None:
    """Write a model folder, each file complete or not at all.

    Raises:
        ModelError: The folder cannot be written.
    """
    save_model(folder, network.to_model())
