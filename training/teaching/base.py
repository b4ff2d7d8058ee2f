"""The network that a taught model keeps the body of: a model folder, or the AudioSet checkpoint mn04_as."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instrument_model.classifier import InstrumentClassifier
from instrument_model.config import ModelConfig
from instrument_model.labels import LabelSet
from instrument_model.onnx.architecture import HEAD
from instrument_model.resemblance.classes import BIAS, WEIGHT, ResemblanceConfig, same_sounds
from instrument_model.resemblance.head import hidden_features
from instrument_model.weights import Model, load_model

from ..models import audioset

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Base:
    """A network with rows that it has for some labels already.

    Attributes:
        model: The body counts; its head is exchanged.
        rows: For each label that it knows, weight (features,) and bias.
    """

    model: Model
    rows: dict[str, tuple[Floats, float]]

    def classifier(self) -> InstrumentClassifier:
        """Return what computes embeddings, one recording per thread."""
        return InstrumentClassifier(self.model, threads=1)

    def resemblance(self, labels: LabelSet) -> tuple[ResemblanceConfig, dict[str, Floats]] | None:
        """Return a second head with its tensors: that of the base, and the labels of the base that are none of these.

        None if the base has no second head.
        """
        config, tensors = self.model.config, self.model.tensors
        if config.resemblance is None:
            return None
        calibration = config.calibration
        classes, weight, bias = dict(config.resemblance.classes), [tensors[WEIGHT]], [tensors[BIAS]]
        classes |= config.labels.displays
        weight.append(tensors[f"{HEAD}.weight"] / calibration.temperature)
        shift = [calibration.bias[name] for name in config.labels.names]
        bias.append(tensors[f"{HEAD}.bias"] / calibration.temperature + np.array(shift, np.float32))
        own = same_sounds(labels, classes)
        kept = [name not in own for name in classes]
        names = {name: display for (name, display), keep in zip(classes.items(), kept, strict=True) if keep}
        rows = {WEIGHT: np.concatenate(weight)[kept], BIAS: np.concatenate(bias)[kept]}
        found = {name: values.astype(np.float32) for name, values in rows.items()}
        return ResemblanceConfig(names, config.resemblance.threshold), found

    def hidden(self, embeddings: Floats) -> Floats:
        """Return the head's input for embeddings (windows, channels) as `InstrumentClassifier.embed` gives them."""
        return hidden_features(self.model.tensors, embeddings)


def load(path: Path, labels: LabelSet) -> Base:
    """Read a base, with its rows for those labels that it knows by name.

    Raises:
        ModelError: The folder is no model.
        TrainingError: The file is not the published checkpoint.
    """
    if path.is_dir():
        model = load_model(path)
        weight, bias = model.tensors[f"{HEAD}.weight"], model.tensors[f"{HEAD}.bias"]
        known = [(number, name) for number, name in enumerate(model.config.labels.names) if name in labels.names]
        rows = {name: (weight[number], float(bias[number])) for number, name in known}
        return Base(model, _of_second_head(model, labels) | rows)
    from ..backbone import read_checkpoint

    state = {name: tensor.numpy() for name, tensor in read_checkpoint(path).items()}
    weight, bias = state[f"{HEAD}.weight"], state[f"{HEAD}.bias"]
    chosen = {name: list(audioset.row_of(name)) for name in labels.names if audioset.row_of(name)}
    rows = {name: (weight[row].mean(axis=0), float(bias[row].mean())) for name, row in chosen.items()}
    config = ModelConfig()
    ours = [list(audioset.row_of(name)) for name in config.labels.names]
    for name in (f"{HEAD}.weight", f"{HEAD}.bias"):
        state[name] = np.stack([state[name][row].mean(axis=0) if row else 0 * state[name][0] for row in ours])
    return Base(Model(config, state), rows)


def _of_second_head(model: Model, labels: LabelSet) -> dict[str, tuple[Floats, float]]:
    """Return the second head's rows for those labels that it has as a class."""
    if model.config.resemblance is None:
        return {}
    classes, weight, bias = model.config.resemblance.classes, model.tensors[WEIGHT], model.tensors[BIAS]
    numbers = {name: number for number, name in enumerate(classes)}
    found = {label.name: same_sounds((label,), classes) for label in labels}
    return {name: (weight[numbers[same[0]]], float(bias[numbers[same[0]]])) for name, same in found.items() if same}
