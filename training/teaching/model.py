"""From embeddings to a model folder: head, calibration, evaluation on held-out recordings, card and plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instrument_model.atomic import write_text
from instrument_model.classifier import InstrumentClassifier
from instrument_model.config import CalibrationConfig
from instrument_model.errors import AudioError
from instrument_model.labels import LabelSet
from instrument_model.onnx.architecture import HEAD
from instrument_model.weights import WEIGHTS_FILE, Model, file_sha256, save_model

from ..calibrate import CALIBRATION_FILE
from ..data.clips import Clip
from ..evaluation import calibration, report, thresholds
from ..evaluation.answers import Answers, group_results
from ..evaluation.calibration import ClipLogits
from ..evaluation.results import Results
from ..publishing.measured_model import EVALUATION, MeasuredModel
from ..publishing.model_card import model_card
from ..publishing.provenance import PROVENANCE_FILE, Provenance
from ..resembling.model import without_second_head
from . import head
from .base import Base
from .embeddings import Heard

GROUP = "held-out recordings"


@dataclass(frozen=True)
class Taught:
    """A model, and how it was calibrated.

    Attributes:
        model: With its own labels.
        calibration: The text of `calibration.json`.
    """

    model: Model
    calibration: str


def teach(heard: Mapping[Clip, Heard], labels: LabelSet, base: Base, seed: int) -> Taught:
    """Fit a head on recordings for training, and calibrate it by those of their folds that it has not heard.

    Raises:
        TrainingError: There are too few recordings.
    """
    clips = list(heard)
    windows = _windows(heard, labels, base)
    first = _first_rows(labels, base)
    strength, logits = head.choose(windows, first, seed)
    sizes = [len(heard[clip].clean) for clip in clips]
    data = ClipLogits.gather(clips, np.split(logits.astype(np.float64), np.cumsum(sizes)[:-1]), labels)
    methods = calibration.cross_validate(data, head.FOLDS, seed)
    method = calibration.choose(methods)
    ways = thresholds.cross_validate(data, method, head.FOLDS, seed)
    way = max(ways, key=lambda name: ways[name]["macro_f1"])
    fit = calibration.fit(data, method)
    chosen = thresholds.choose(data.probabilities(fit), data.targets, way)
    values = CalibrationConfig(
        temperature=fit.temperature,
        bias=dict(zip(labels.names, fit.bias.tolist(), strict=True)),
        thresholds=dict(zip(labels.names, chosen.tolist(), strict=True)),
    )
    rows = head.fit(windows, first, strength)
    network = without_second_head(base.model)
    resemblance, second = base.resemblance(labels) or (None, {})
    tensors = {**network.tensors, f"{HEAD}.weight": rows.weight, f"{HEAD}.bias": rows.bias, **second}
    config = replace(network.config, labels=labels, calibration=values, resemblance=resemblance)
    measured = {"clips": len(clips), "calibration": method, "thresholds": way, "penalty": strength}
    figures = {"calibrations": methods, "ways_to_thresholds": ways}
    return Taught(Model(config, tensors), report.to_json(measured | figures))


def evaluate(model: Model, clips: Sequence[Clip]) -> tuple[Answers, dict[str, str]]:
    """Return a model's answers to recordings, as everybody gets them, and why some could not be read."""
    from tqdm import tqdm

    classifier, rows, unreadable = InstrumentClassifier(model), [], {}
    for clip in tqdm(clips, desc="evaluating", unit="clip", disable=None):
        try:
            probabilities = classifier.predict(clip.path).probabilities
        except AudioError as error:
            unreadable[str(clip.path)] = str(error)
        else:
            rows.append((clip, list(probabilities.values())))
    values = np.array([row for _, row in rows]).reshape(-1, len(model.config.labels))
    return Answers([clip for clip, _ in rows], values, model.config.labels), unreadable


def write(out: Path, taught: Taught, held_out: Sequence[Clip], provenance: Provenance, seed: int) -> Results:
    """Write the model folder with everything that belongs to it, and return what was measured.

    Raises:
        ModelError: The folder cannot be written.
        TrainingError: Its other files cannot be written.
        OSError: The disk fails.
    """
    model, labels = taught.model, taught.model.config.labels
    save_model(out, model)
    answers, unreadable = evaluate(model, held_out)
    limits = np.array([model.config.calibration.thresholds[name] for name in labels.names])
    results = Results(
        groups={GROUP: group_results(answers, limits)},
        sha256=file_sha256(out / WEIGHTS_FILE),
        split="held out",
        seed=seed,
        unreadable=unreadable,
    )
    write_text(out / CALIBRATION_FILE, taught.calibration)
    provenance.write(out / PROVENANCE_FILE)
    report.write(out / EVALUATION, {out.name: results}, labels)
    card = model_card(MeasuredModel.load(out, out / EVALUATION), provenance)
    write_text(out / "README.md", f"{card}\n")
    return results


def _windows(heard: Mapping[Clip, Heard], labels: LabelSet, base: Base) -> head.Windows:
    """Collect all windows of all clips; the clean ones come in the order of the clips."""
    groups = {group: number for number, group in enumerate(dict.fromkeys(clip.group for clip in heard))}
    hidden, targets, owner, clean = [], [], [], []
    for clip, found in heard.items():
        for rows, is_clean in ((found.clean, True), (found.varied, False)):
            hidden.append(base.hidden(rows))
            target = np.array([name in clip.labels for name in labels.names], np.float32)
            targets.append(np.tile(target, (len(rows), 1)))
            owner.append(np.full(len(rows), groups[clip.group]))
            clean.append(np.full(len(rows), is_clean))
    target, owners = np.concatenate(targets), np.concatenate(owner)
    weight = head.weights(target, owners)
    return head.Windows(np.concatenate(hidden), target, owners, weight, np.concatenate(clean))


def _first_rows(labels: LabelSet, base: Base) -> head.Rows:
    """Return the base's rows for labels that it knows, and nothing for the others."""
    features = base.model.tensors[f"{HEAD}.weight"].shape[1]
    nothing: tuple[NDArray[np.float32], float] = (np.zeros(features, np.float32), -2.0)
    rows = [base.rows.get(name, nothing) for name in labels.names]
    weight = np.stack([weight for weight, _ in rows]).astype(np.float32)
    return head.Rows(weight, np.array([bias for _, bias in rows], np.float32))
