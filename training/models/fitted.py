"""A recogniser whose logits get a slope and a bias for each label: what it says becomes as sure as it is right."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from instrument_model.atomic import write_text
from instrument_model.config import WindowConfig
from instrument_model.labels import LABEL_NAMES
from instrument_model.weights import file_sha256

from ..errors import TrainingError

SMALLEST = 1e-6  # a probability of 0 has no logit


class Answering(Protocol):
    """What can be fitted: `training.models.taggers.Recogniser` is one."""

    sample_rate: int
    window: WindowConfig

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """(batch, samples) to one probability per label, (batch, labels)."""
        ...


@dataclass(frozen=True)
class Fit:
    """What `training.models.fit_teacher` stores.

    Attributes:
        recogniser: What was fitted, as written on its command line.
        slope: By label.
        bias: By label, of logits.
    """

    recogniser: str
    slope: Mapping[str, float]
    bias: Mapping[str, float]

    def write(self, path: Path) -> None:
        """Write it as JSON.

        Raises:
            TrainingError: The file cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps(asdict(self), indent=1) + "\n")
        except OSError as error:
            raise TrainingError(f"{path} cannot be written ({error.strerror}); choose another --out.") from error

    @classmethod
    def read(cls, path: Path) -> "Fit":
        """Read what `write` wrote.

        Raises:
            TrainingError: The file is missing or something else.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            slope, bias = ({label: float(values[name][label]) for label in LABEL_NAMES} for name in ("slope", "bias"))
            return cls(str(values["recogniser"]), slope, bias)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f"{path} holds no fitted recogniser; make one with `python -m training.models.fit_teacher`."
            ) from error


class FittedRecogniser(nn.Module):
    """A recogniser with its fit, itself a recogniser."""

    def __init__(self, path: Path, fit: Fit, recogniser: Answering) -> None:
        super().__init__()
        self.name, self.sha256 = str(path), file_sha256(path)
        self.sample_rate, self.window = recogniser.sample_rate, recogniser.window
        self.thresholds = np.full(len(LABEL_NAMES), 0.5)
        self.recogniser = recogniser
        self.slope, self.bias = (
            torch.tensor([values[label] for label in LABEL_NAMES]) for values in (fit.slope, fit.bias)
        )

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        logits = torch.logit(self.recogniser.window_probabilities(waveform), eps=SMALLEST)
        return torch.sigmoid(logits * self.slope.to(logits.device) + self.bias.to(logits.device))
