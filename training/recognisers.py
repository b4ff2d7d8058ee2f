"""What can be evaluated: a model folder, a network pretrained on AudioSet as it is, and an average of several.

Each of them turns windows at 32 kHz into one probability per label; cutting a clip into windows and averaging its answers is the same for all.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torchaudio.functional import resample

from instrument_model.config import FrontendConfig, NetworkConfig, WindowConfig
from instrument_model.frontend import LogMel
from instrument_model.labels import LABEL_NAMES
from instrument_model.network import MobileNetV3
from instrument_model.weights import load_model

from . import yamnet
from .errors import TrainingError

SAMPLE_RATE = FrontendConfig.sample_rate
BATCH_WINDOWS = 32

# The outputs of an AudioSet network that mean one of our labels.
AUDIOSET_NAMES = {
    "cello": ("Cello",),
    "clarinet": ("Clarinet",),
    "flute": ("Flute",),
    "acoustic_guitar": ("Acoustic guitar",),
    "electric_guitar": ("Electric guitar",),
    "organ": ("Organ", "Electronic organ", "Hammond organ"),
    "piano": ("Piano",),
    "saxophone": ("Saxophone",),
    "trumpet": ("Trumpet",),
    "violin": ("Violin, fiddle",),
    "voice": ("Singing",),
}


class Recogniser(Protocol):
    """Anything that the evaluation can ask."""

    name: str
    window: WindowConfig
    thresholds: npt.NDArray[np.float64]

    def window_probabilities(self, waveforms: Tensor) -> Tensor:
        """(batch, samples) at 32 kHz in [-1, 1] to (batch, labels)."""
        ...


class ModelFolder:
    """A model as it is trained, saved and shipped."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self.model = load_model(folder)
        self.window = self.model.config.window
        thresholds = self.model.config.calibration.thresholds
        self.thresholds = np.array([thresholds[label] for label in LABEL_NAMES])

    def window_probabilities(self, waveforms: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        return self.model.probabilities(waveforms)


class _AudioSet:
    """An AudioSet network as it is: a label's probability is the highest among the outputs that mean it."""

    def __init__(self, path: Path, class_map: Path) -> None:
        self.name = path.name
        self.window = WindowConfig()
        self.thresholds = np.full(len(LABEL_NAMES), 0.5)
        rows = _class_rows(class_map)
        self.rows = [rows[label] for label in LABEL_NAMES]

    def best_of(self, probabilities: Tensor) -> Tensor:
        """(batch, AudioSet classes) to (batch, labels)."""
        return torch.stack([probabilities[:, rows].amax(dim=1) for rows in self.rows], dim=1)


class YamnetBaseline(_AudioSet):
    """YAMNet from its `.npz`, with `yamnet_class_map.csv` beside it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, path.with_name("yamnet_class_map.csv"))
        self.model = yamnet.load_yamnet(path)

    def window_probabilities(self, waveforms: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels); a window's probability is the mean over its patches."""
        patches = torch.sigmoid(self.model(resample(waveforms, SAMPLE_RATE, yamnet.SAMPLE_RATE)))
        return self.best_of(patches.mean(dim=1))


class EfficientatBaseline(_AudioSet):
    """An EfficientAT checkpoint (`.pt`), with `class_labels_indices.csv` beside it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, path.with_name("class_labels_indices.csv"))
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            hidden, n_classes = state["classifier.2.weight"].shape[0], state["classifier.5.weight"].shape[0]
            network = MobileNetV3(NetworkConfig(width=hidden / 1280), n_classes)
            network.load_state_dict(state, strict=True)
        except FileNotFoundError as error:
            raise TrainingError(f"{path} does not exist; give the path of an EfficientAT checkpoint.") from error
        except Exception as error:
            raise TrainingError(f"{path} is not an EfficientAT checkpoint ({type(error).__name__}); get the file again.") from error
        self.network = network.eval()
        self.frontend = LogMel(FrontendConfig())

    def window_probabilities(self, waveforms: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        return self.best_of(torch.sigmoid(self.network(self.frontend(waveforms))))


class Ensemble:
    """The mean of several recognisers' answers."""

    def __init__(self, members: Sequence[Recogniser]) -> None:
        self.name = "+".join(member.name for member in members)
        self.members = members
        self.window = members[0].window
        self.thresholds = np.mean([member.thresholds for member in members], axis=0)

    def window_probabilities(self, waveforms: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        return torch.stack([member.window_probabilities(waveforms) for member in self.members]).mean(dim=0)


def load_recogniser(spec: str) -> Recogniser:
    """A recogniser from how it is written on a command line.

    Args:
        spec: A model folder, `….npz` (YAMNet), `….pt` (EfficientAT checkpoint), or several of these joined by `+`.

    Raises:
        ModelError, TrainingError: One of them cannot be loaded.
    """
    if "+" in spec and not Path(spec).exists():
        return Ensemble([load_recogniser(part) for part in spec.split("+")])
    path = Path(spec)
    if path.suffix == ".npz":
        return YamnetBaseline(path)
    if path.suffix == ".pt":
        return EfficientatBaseline(path)
    return ModelFolder(path)


def _class_rows(path: Path) -> dict[str, list[int]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            index = {row["display_name"]: int(row["index"]) for row in csv.DictReader(file)}
        return {label: [index[name] for name in names] for label, names in AUDIOSET_NAMES.items()}
    except FileNotFoundError as error:
        raise TrainingError(f"{path} does not exist; it names the network's outputs and belongs beside its weights.") from error
    except (KeyError, ValueError) as error:
        raise TrainingError(f"{path} does not name AudioSet's classes (index, mid, display_name); get the file again.") from error


def clip_windows(waveform: npt.NDArray[np.float32], window: WindowConfig) -> list[npt.NDArray[np.float32]]:
    """The windows of a clip that are not silent."""
    size, hop = round(window.seconds * SAMPLE_RATE), round(window.hop_seconds * SAMPLE_RATE)
    shortest = round(window.min_seconds * SAMPLE_RATE)
    starts = range(0, max(len(waveform) - size + hop, 1), hop)
    pieces = [waveform[start : start + size] for start in starts]
    floor = 10 ** (window.silence_dbfs / 20)
    pieces = [piece for piece in pieces if len(piece) and np.abs(piece).max() >= floor]
    return [np.pad(piece, (0, max(0, shortest - len(piece)))) for piece in pieces]


def clip_probabilities(recogniser: Recogniser, waveform: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """A clip's probabilities: the mean over its windows that are not silent; (samples,) to (labels,), zeros for silence."""
    pieces = clip_windows(waveform, recogniser.window)
    by_length: dict[int, list[npt.NDArray[np.float32]]] = {}
    for piece in pieces:
        by_length.setdefault(len(piece), []).append(piece)
    answers = []
    with torch.inference_mode():
        for same in by_length.values():
            for start in range(0, len(same), BATCH_WINDOWS):
                batch = torch.from_numpy(np.stack(same[start : start + BATCH_WINDOWS]))
                answers.append(recogniser.window_probabilities(batch).double().numpy())
    return np.concatenate(answers).mean(axis=0) if answers else np.zeros(len(LABEL_NAMES))
