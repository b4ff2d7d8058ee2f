"""How recognisers are written on a command line: paths joined by `+`, each with a colon and its weight if not 1."""

import re
from collections.abc import Sequence
from pathlib import Path

from instrument_model.labels import LABELS, LabelSet
from instrument_model.weights import load_config

from ..errors import TrainingError

WEIGHTED = re.compile(r"(?P<path>.+):(?P<weight>\d+\.?\d*|\.\d+)")


def members_of(spec: str) -> list[tuple[str, float]]:
    """Return the members of what is written, with how much each of them counts.

    Raises:
        TrainingError: One of them would count nothing.
    """
    return [_weighted(part) for part in ([spec] if Path(spec).exists() else spec.split("+"))]


def _weighted(part: str) -> tuple[str, float]:
    match = WEIGHTED.fullmatch(part)
    if match is None or Path(part).exists():
        return part, 1.0
    weight = float(match["weight"])
    if weight == 0:
        raise TrainingError(f"{part} would count nothing; leave it out, or give it a weight above 0.")
    return match["path"], weight


def labels_of(models: Sequence[str]) -> LabelSet:
    """Return the labels of all models; a network without a configuration answers with the project's own.

    Raises:
        ModelError: A configuration is broken.
        TrainingError: The models have different labels.
    """
    parts = [member for model in models for member, _ in members_of(model)]
    found = {part: load_config(Path(part)).labels if Path(part).is_dir() else LABELS for part in parts}
    first = next(iter(found.values()))
    if odd := [part for part, labels in found.items() if labels.names != first.names]:
        raise TrainingError(f"{odd[0]} has other labels than {parts[0]}; measure them one at a time.")
    return first
