"""The model: front end and network in one module that takes a waveform."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..config import CalibrationConfig, ModelConfig
from ..labels import LabelSet
from ..onnx.architecture import HEAD
from ..resemblance.classes import PREFIX, ResemblanceConfig
from ..weights import Model, load_model, save_model
from .frontend import LogMel
from .mobilenet import MobileNetV3

Resemblance = tuple[ResemblanceConfig, dict[str, NDArray[Any]]]
"""The classes of a second head, and its tensors."""


class InstrumentNetwork(nn.Module):
    """Waveform to one logit per label.

    Attributes:
        config: Without the second head.
        resemblance: The second head, which is kept as it is, for a model that is saved again.
    """

    bias: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        # The second head reads what a trained body says, so a new network has none.
        self.config = replace(config, resemblance=None)
        self.resemblance: Resemblance | None = None
        self.frontend = LogMel(config.frontend)
        self.network = MobileNetV3(config.network, len(config.labels))
        bias = torch.tensor([config.calibration.bias[name] for name in config.labels.names])
        self.register_buffer("bias", bias, persistent=False)

    @classmethod
    def from_model(cls, model: Model) -> "InstrumentNetwork":
        """Return the network in evaluation mode on the CPU; PyTorch's random state stays as it is."""
        with torch.random.fork_rng(devices=[]):  # the weights drawn here are replaced at once
            network = cls(model.config)
        second = {name: value for name, value in model.tensors.items() if name.startswith(PREFIX)}
        state = {name: torch.tensor(value) for name, value in model.tensors.items() if name not in second}
        network.network.load_state_dict(state)
        if model.config.resemblance:
            network.resemblance = model.config.resemblance, second
        return network.eval()

    def to_model(self) -> Model:
        """Return a copy of the weights with the configuration, as the rest of the library takes them."""
        state = self.network.state_dict()
        tensors = {name: tensor.detach().cpu().numpy().copy() for name, tensor in state.items()}
        if self.resemblance is None:
            return Model(self.config, tensors)
        config, second = self.resemblance
        return Model(replace(self.config, resemblance=config), {**tensors, **second})

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


def with_labels(network: InstrumentNetwork, labels: LabelSet) -> InstrumentNetwork:
    """Return a network with these labels: rows of the head that have their names are kept, the others are zero.

    It is not calibrated, and shares no memory with the other.
    """
    old = network.config
    if old.labels == labels:
        return network
    defaults = CalibrationConfig(bias=dict.fromkeys(labels.names, 0.0), thresholds=dict.fromkeys(labels.names, 0.5))
    with torch.random.fork_rng(devices=[]):
        other = InstrumentNetwork(replace(old, labels=labels, calibration=defaults))
    state = network.network.state_dict()
    for name in (f"{HEAD}.weight", f"{HEAD}.bias"):
        rows = dict(zip(old.labels.names, state[name], strict=True))
        state[name] = torch.stack([rows.get(label, torch.zeros_like(state[name][0])) for label in labels.names])
    other.network.load_state_dict(state)
    return other.eval()


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
