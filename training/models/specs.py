"""How recognisers are written on a command line: paths joined by `+`, each with a colon and its weight if not 1."""

import re
from pathlib import Path

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
