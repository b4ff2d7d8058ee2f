"""A second head chosen, measured and put into a model; and a model folder in which all that belongs together fits."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from instrument_model.atomic import write_text
from instrument_model.onnx.architecture import HEAD
from instrument_model.resemblance.classes import BIAS, PREFIX, WEIGHT, ResemblanceConfig
from instrument_model.resemblance.head import hidden_features, scores
from instrument_model.weights import WEIGHTS_FILE, Model, file_sha256, save_model

from ..calibrate import CALIBRATION_FILE
from ..data.clips import Clip
from ..errors import TrainingError
from ..evaluation.halves import halves
from ..publishing.measured_model import EVALUATION, MeasuredModel
from ..publishing.model_card import model_card
from ..publishing.provenance import PROVENANCE_FILE, Provenance
from . import head, measure
from .classes import Sound, classes_for, right_for, taught_by
from .listening import Heard

PENALTIES = (None, 3.0, 1.0, 0.3, 0.1)
"""Of what is added to AudioSet's rows; None leaves them as they are."""

LEAST = 10
"""Examples that a class needs which AudioSet lacks."""

Floats = NDArray[np.float32]


def without_second_head(model: Model) -> Model:
    """Return the network alone."""
    tensors = {name: value for name, value in model.tensors.items() if not name.startswith(PREFIX)}
    return Model(replace(model.config, resemblance=None), tensors)


def make(model: Model, state: Mapping[str, torch.Tensor], heard: Heard) -> tuple[Model, measure.Resembling]:
    """Return a model with a second head, and what was measured of it, but for the weights' checksum.

    Args:
        model: Without one.
        state: Tensors of AudioSet's checkpoint.
        heard: Clips without any of the model's labels: for training and for development.

    Raises:
        TrainingError: There are too few clips whose class is known.
    """
    training = heard.where([clip.split == "train" for clip in heard.clips])
    classes = _classes(model, training.clips)
    names = list(classes)
    known = [not set(names).isdisjoint(right_for(clip)) for clip in heard.clips]
    nothing = [_answers_none(model, rows) for rows in heard.embeddings]
    development = heard.where(
        [a and b and clip.split == "dev" for a, b, clip in zip(known, nothing, heard.clips, strict=True)]
    )
    side = halves(development.clips) if development.clips else np.zeros(0)
    chosen, other = (development.where((side == half).tolist()) for half in (0, 1))
    if not chosen.clips or not other.clips:
        raise TrainingError(
            "The data has too few development clips of other sounds, in several collections, whose detail is known; "
            "give a library with such clips."
        )
    hidden = np.stack([hidden_features(model.tensors, rows).mean(axis=0) for rows in training.embeddings])
    first = head.audioset_rows(state, classes)
    candidates: dict[float | None, head.Rows] = {
        penalty: head.fit(first, names, training.clips, hidden, penalty) if penalty else first for penalty in PENALTIES
    }
    right = measure.right_classes(chosen.clips, names)
    found = {
        penalty: measure.figures(measure.ranks(_scores(model, rows, chosen), right))
        for penalty, rows in candidates.items()
    }
    best = max(found, key=lambda penalty: found[penalty].top1 + found[penalty].top3)
    threshold = measure.threshold_for(_scores(model, candidates[best], chosen), right)
    held_out, right = _scores(model, candidates[best], other), measure.right_classes(other.clips, names)
    places, shares = measure.ranks(held_out, right), measure.named(held_out, right, threshold)
    measured = measure.Resembling(
        sha256="",
        classes=len(names),
        penalty=best,
        threshold=threshold,
        chosen=found[best],
        measured=measure.figures(places),
        before=measure.figures(measure.ranks(_scores(model, first, other), right)),
        named=shares.share,
        first_right=shares.first,
        one_right=shares.any,
        names_right=shares.names,
        details=measure.by_detail(places, other.clips),
    )
    config = ResemblanceConfig({name: sound.display for name, sound in classes.items()}, threshold)
    return _with_rows(Model(replace(model.config, resemblance=config), model.tensors), candidates[best]), measured


def write(out: Path, folder: Path, model: Model, measured: measure.Resembling) -> None:
    """Write the model, with everything of its folder that says something of it.

    The network answers as before, so what was measured of it holds for the new file as well.

    Args:
        out: The folder to write.
        folder: That the model was read from; may be the same.
        model: With its second head.
        measured: Of the second head.

    Raises:
        ModelError: The model cannot be written.
        OSError: Something else cannot be.
    """
    before = file_sha256(folder / WEIGHTS_FILE)
    save_model(out, model)
    after = file_sha256(out / WEIGHTS_FILE)
    for name in (CALIBRATION_FILE, PROVENANCE_FILE):
        if (folder / name).is_file() and folder.resolve() != out.resolve():
            shutil.copyfile(folder / name, out / name)
    (out / EVALUATION).mkdir(exist_ok=True)
    for path in sorted((folder / EVALUATION).glob("*.*")):
        if path.suffix in (".json", ".md"):
            text = path.read_text(encoding="utf-8").replace(before, after)
            write_text(out / EVALUATION / path.name, text)
        elif folder.resolve() != out.resolve():
            shutil.copyfile(path, out / EVALUATION / path.name)
    measure.write(out / EVALUATION, replace(measured, sha256=after))


def write_card(folder: Path) -> bool:
    """Write the card of a model folder anew, if it says what was measured of it and where it comes from.

    Raises:
        OSError: It cannot be written.
    """
    try:
        card = model_card(MeasuredModel.load(folder, folder / EVALUATION), Provenance.read(folder / PROVENANCE_FILE))
    except TrainingError:
        return False
    write_text(folder / "README.md", f"{card}\n")
    return True


def _classes(model: Model, training: Sequence[Clip]) -> dict[str, Sound]:
    """Return the classes that AudioSet has, and those that there are enough examples of."""
    examples = Counter(taught_by(clip) for clip in training)
    found = classes_for(model.config.labels)
    return {name: sound for name, sound in found.items() if sound.rows or examples[name] >= LEAST}


def _with_rows(model: Model, rows: head.Rows) -> Model:
    return Model(model.config, {**model.tensors, WEIGHT: rows.weight, BIAS: rows.bias})


def _scores(model: Model, rows: head.Rows, heard: Heard) -> NDArray[np.float64]:
    """Return (clips, classes), means over windows."""
    tensors = _with_rows(model, rows).tensors
    return np.array([scores(tensors, found).mean(axis=0) for found in heard.embeddings], np.float64)


def _answers_none(model: Model, embeddings: Floats) -> bool:
    """Return whether no instrument reaches its threshold, by the mean over windows."""
    labels, calibration = model.config.labels, model.config.calibration
    hidden = hidden_features(model.tensors, embeddings)
    logits = hidden @ model.tensors[f"{HEAD}.weight"].T + model.tensors[f"{HEAD}.bias"]
    bias = np.array([calibration.bias[name] for name in labels.names])
    mean = (1 / (1 + np.exp(-(logits / calibration.temperature + bias)))).mean(axis=0)
    return not any(mean[number] >= calibration.thresholds[labels.names[number]] for number in labels.answer_columns)
