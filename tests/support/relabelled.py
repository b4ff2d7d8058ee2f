"""Models with other labels, made of the rows of the bundled one."""

from dataclasses import replace
from pathlib import Path

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.config import CalibrationConfig
from instrument_model.labels import LABEL_NAMES, Label, LabelSet
from instrument_model.resemblance.classes import BIAS, WEIGHT
from instrument_model.weights import Model, load_model, save_model

ODD_DISPLAY = 'Bob\'s "big" <b>drum</b> & 鼓'
ODD_LABELS = LabelSet(
    (
        Label("viola da gamba", "Viola da gamba", "strings"),
        Label("tabla-3.b", ODD_DISPLAY, "percussion"),
        Label("applause", "Applause", "other", answer=False),
    )
)
ROWS = ("cello", "trumpet", "voice")
"""The bundled labels whose rows stand for `ODD_LABELS`."""


def relabelled(labels: LabelSet = ODD_LABELS, rows: tuple[str, ...] = ROWS) -> Model:
    """The bundled model with some of its rows under other names, and without a second head, which may know them too."""
    bundled = load_model(BUNDLED_WEIGHTS)
    picked = [LABEL_NAMES.index(row) for row in rows]
    head = {name: bundled.tensors[name][picked] for name in ("classifier.5.weight", "classifier.5.bias")}
    old = bundled.config.calibration
    new = dict(zip(labels.names, rows, strict=True))
    calibration = CalibrationConfig(
        old.temperature,
        {name: old.bias[row] for name, row in new.items()},
        {name: old.thresholds[row] for name, row in new.items()},
    )
    config = replace(bundled.config, labels=labels, calibration=calibration, resemblance=None)
    kept = {name: tensor for name, tensor in bundled.tensors.items() if name not in (WEIGHT, BIAS)}
    return Model(config, {**kept, **head})


def write_relabelled(folder: Path, labels: LabelSet = ODD_LABELS, rows: tuple[str, ...] = ROWS) -> Path:
    """The same as a model folder."""
    save_model(folder, relabelled(labels, rows))
    return folder
