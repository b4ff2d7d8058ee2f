"""Phrases rendered by `python -m training.render`, through the `index.csv` that it writes."""

from pathlib import Path

from ...errors import TrainingError
from ..clips import Clip
from .csv_tables import read_table

COLUMNS = ("path", "labels", "complete", "detail", "source", "group")


def read(root: Path) -> list[Clip]:
    """Read rendered phrases; all of them are for training.

    Raises:
        TrainingError: The index is missing, lacks a column or is empty.
    """
    rows = read_table(root / "index.csv", COLUMNS, "render some phrases first with python -m training.render")
    if not rows:
        raise TrainingError(f"{root / 'index.csv'} lists no phrases; run python -m training.render again.")
    return [
        Clip(
            path=root / row["path"],
            labels=tuple(row["labels"].split()),
            kind="accompaniment" if row.get("kind") == "accompaniment" else "rendered",
            split="train",
            source=row["source"],
            group=row["group"],
            detail=row["detail"],
            complete=row["complete"] == "yes",
        )
        for row in rows
    ]
