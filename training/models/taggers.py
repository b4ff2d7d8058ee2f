"""What can be evaluated: model folders, networks pretrained on AudioSet, and averages of several.

Each of them turns windows into one probability per label. Cutting a recording into windows and averaging their
answers is the same for all, and the same as in `instrument_model.classifier`.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from instrument_model.config import FrontendConfig, ModelConfig, NetworkConfig, WindowConfig
from instrument_model.labels import LABEL_NAMES
from instrument_model.network.frontend import LogMel
from instrument_model.network.mobilenet import MobileNetV3
from instrument_model.network.model import load_network
from instrument_model.onnx.architecture import HEAD, HIDDEN_FEATURES
from instrument_model.weights import WEIGHTS_FILE, file_sha256

from ..errors import TrainingError
from . import audioset, yamnet
from .fitted import Fit, FittedRecogniser
from .specs import members_of


class Recogniser(Protocol):
    """Anything that the evaluation can ask, or that can teach.

    Attributes:
        name: What it is called in reports.
        sha256: Of its weights.
        sample_rate: Of the windows that it takes, in Hz.
        window: How recordings are cut for it.
        thresholds: (labels,), the probability from which a label is said to be heard.
    """

    name: str
    sha256: str
    sample_rate: int
    window: WindowConfig
    thresholds: NDArray[np.float64]

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) in [-1, 1] to one probability per label, (batch, labels)."""
        ...


class ModelFolder(nn.Module):
    """A model as it is trained, saved and shipped."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.name = str(folder)
        self.network = load_network(folder)
        self.sha256 = file_sha256(folder / WEIGHTS_FILE)
        config = self.network.config
        self.sample_rate, self.window = config.frontend.sample_rate, config.window
        self.thresholds = np.array([config.calibration.thresholds[label] for label in config.labels.names])

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to (batch, labels)."""
        return self.network.probabilities(waveform)


class AudioSetNetwork(nn.Module):
    """An AudioSet network as it is: a label's probability is the highest among the outputs that mean it."""

    def __init__(self, path: Path, rows: Mapping[str, Sequence[int]]) -> None:
        super().__init__()
        if not path.is_file():
            raise TrainingError(f"{path} does not exist; give a model folder or a file of pretrained weights.")
        defaults = ModelConfig()
        self.name, self.sha256 = path.name, file_sha256(path)
        self.sample_rate, self.window = defaults.frontend.sample_rate, defaults.window
        self.thresholds = np.full(len(LABEL_NAMES), 0.5)
        self.rows = [list(rows.get(label, ())) for label in LABEL_NAMES]

    def best_of(self, probabilities: Tensor) -> Tensor:
        """Map (batch, AudioSet classes) to (batch, labels); a label that AudioSet lacks has none."""
        nothing = torch.zeros_like(probabilities[:, 0])
        return torch.stack([probabilities[:, rows].amax(dim=1) if rows else nothing for rows in self.rows], dim=1)


class YamnetRecogniser(AudioSetNetwork):
    """YAMNet from its `.npz`, with `yamnet_class_map.csv` beside it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _rows_by_name(path.with_name("yamnet_class_map.csv")))
        self.network = yamnet.load_yamnet(path)

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to (batch, labels); a window's probability is the mean over its patches."""
        patches = torch.sigmoid(self.network.fc(self.network.hear(waveform, self.sample_rate)))
        return self.best_of(patches.mean(dim=1))


class YamnetFeatures(nn.Module):
    """YAMNet without its last layer."""

    def __init__(self, npz: Path) -> None:
        super().__init__()
        self.network = yamnet.load_yamnet(npz)
        self.sample_rate = ModelConfig().frontend.sample_rate

    def forward(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to the mean embedding of its patches, (batch, 1024)."""
        return self.network.hear(waveform, self.sample_rate).mean(dim=1)


class YamnetHead(nn.Module):
    """A linear head on YAMNet's embedding, `head.safetensors` as written by `training.linear_head`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            with safe_open(path, framework="pt") as file:
                backbone = Path((file.metadata() or {})["backbone"])
                weight, bias = file.get_tensor("weight"), file.get_tensor("bias")
        except (OSError, SafetensorError, KeyError) as error:
            raise TrainingError(f"{path} is not a head of training.linear_head; make it again.") from error
        defaults = ModelConfig()
        self.name, self.sha256 = str(path), file_sha256(path)
        self.sample_rate, self.window = defaults.frontend.sample_rate, defaults.window
        self.thresholds = np.full(len(LABEL_NAMES), 0.5)
        self.features = YamnetFeatures(backbone)
        self.head = nn.Linear(*reversed(weight.shape))
        self.head.load_state_dict({"weight": weight, "bias": bias})

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to (batch, labels)."""
        return torch.sigmoid(self.head(self.features(waveform)))


class EfficientatRecogniser(AudioSetNetwork):
    """An EfficientAT checkpoint (`mn04_as_….pt`) with its 527 outputs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, {label: audioset.row_of(label) for label in LABEL_NAMES})
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            n_classes, hidden = state[f"{HEAD}.weight"].shape
            network = MobileNetV3(NetworkConfig(width=hidden / HIDDEN_FEATURES), n_classes)
            network.load_state_dict(state, strict=True)
        except Exception as error:  # torch.load has no error of its own
            raise TrainingError(f"{path} is not an EfficientAT checkpoint; download it again.") from error
        self.network = nn.Module.to(network.eval(), memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.frontend = LogMel(FrontendConfig())

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to (batch, labels)."""
        return self.best_of(torch.sigmoid(self.network(self.frontend(waveform))))


class Ensemble(nn.Module):
    """The weighted mean of several recognisers' logits: one that is sure counts more than one that does not know."""

    weights: Tensor

    def __init__(self, members: Sequence[Recogniser], weights: Sequence[float]) -> None:
        super().__init__()
        written = ["" if weight == 1 else f":{weight:g}" for weight in weights]
        self.name = "+".join(member.name + weight for member, weight in zip(members, written, strict=True))
        self.sha256 = "+".join(member.sha256 + weight for member, weight in zip(members, written, strict=True))
        self.register_buffer("weights", torch.tensor(weights) / sum(weights), persistent=False)
        self.sample_rate, self.window = members[0].sample_rate, members[0].window
        if any((member.sample_rate, member.window) != (self.sample_rate, self.window) for member in members):
            raise TrainingError(f"{self.name} have different window settings; average models with equal ones.")
        self.thresholds = np.mean([member.thresholds for member in members], axis=0)
        self.members = nn.ModuleList(cast(Sequence[nn.Module], members))

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) to (batch, labels)."""
        members = cast(Sequence[Recogniser], self.members)
        answers = torch.stack([member.window_probabilities(waveform) for member in members])
        return torch.sigmoid(torch.einsum("m,mbl->bl", self.weights, torch.logit(answers, eps=1e-6)))


def load_recogniser(spec: str) -> Recogniser:
    """Load a recogniser from how it is written on a command line.

    Args:
        spec: A model folder, YAMNet's `.npz`, a linear head on it (`.safetensors`), an EfficientAT checkpoint `.pt`,
            what `training.models.fit_teacher` wrote (`.json`), or several of these joined by `+`, each with a colon
            and a number behind it if it is to count more or less than 1.

    Raises:
        ModelError: A model folder cannot be loaded.
        TrainingError: One of the others cannot be loaded, or they do not fit together.
    """
    members = members_of(spec)
    if len(members) > 1:
        return Ensemble([load_recogniser(member) for member, _ in members], [weight for _, weight in members])
    path = Path(members[0][0])
    if path.suffix == ".npz":
        return YamnetRecogniser(path)
    if path.suffix == ".safetensors":
        return YamnetHead(path)
    if path.suffix == ".pt":
        return EfficientatRecogniser(path)
    if path.suffix == ".json":
        fit = Fit.read(path)
        return FittedRecogniser(path, fit, load_recogniser(fit.recogniser))
    return ModelFolder(path)


def _rows_by_name(path: Path) -> dict[str, list[int]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = {row["display_name"]: int(row["index"]) for row in csv.DictReader(file)}
        return {label: [rows[name] for name in names] for label, names in audioset.NAMES.items()}
    except FileNotFoundError as error:
        raise TrainingError(f"{path} does not exist; it names the network's outputs, so put it there.") from error
    except (KeyError, ValueError) as error:
        raise TrainingError(f"{path} does not name AudioSet's classes; download it again.") from error
