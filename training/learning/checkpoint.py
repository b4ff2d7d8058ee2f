"""The state of a run on disk: whole or absent, and continued bit for bit."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from instrument_model.atomic import whole

from ..config import TrainSettings
from ..errors import TrainingError

CHECKPOINT_FILE = "checkpoint.pt"


def save_checkpoint(folder: Path, settings: TrainSettings, state: dict[str, Any]) -> None:
    """Write the state beside the old one, and replace that once the disk has the new one.

    Raises:
        TrainingError: It cannot be written; the old checkpoint is untouched.
    """
    try:
        with whole(folder / CHECKPOINT_FILE) as temporary:
            torch.save({"settings": _plain(settings), "state": state}, temporary)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
        raise TrainingError(
            f"The checkpoint cannot be written to {folder}: {error}; make room and run it again."
        ) from error


def load_checkpoint(folder: Path, settings: TrainSettings) -> dict[str, Any] | None:
    """Return the state to go on from, or None at the start of a run.

    Raises:
        TrainingError: The checkpoint is damaged, or belongs to a run with other settings.
    """
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return None
    try:
        # weights_only: a checkpoint from elsewhere must not be able to run code.
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        stored, state = checkpoint["settings"], checkpoint["state"]
    except Exception as error:  # torch raises many kinds for a damaged file
        raise TrainingError(
            f"{path} is damaged or not a checkpoint of training; delete it to start the run anew."
        ) from error
    wanted = _plain(settings)
    differing = sorted(name for name in wanted | stored if wanted.get(name) != stored.get(name))
    if differing:
        raise TrainingError(
            f"{path} belongs to a run with other settings ({', '.join(differing)}); use those again, or another --out."
        )
    return dict(state)


def _plain(settings: TrainSettings) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(settings).items()}
