"""Checkpoints: refused where they do not fit, and never half written."""

import os
from pathlib import Path

import pytest
import torch

from training.config import TrainSettings
from training.errors import TrainingError
from training.learning.checkpoint import CHECKPOINT_FILE, load_checkpoint, save_checkpoint


def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, TrainSettings(seed=1), {"step": torch.tensor(1)})
    assert load_checkpoint(tmp_path, TrainSettings(seed=1)) is not None
    with pytest.raises(TrainingError, match=r"other settings \(seed\)"):
        load_checkpoint(tmp_path, TrainSettings(seed=2))
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"PK\x03\x04 not a checkpoint")
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(tmp_path, TrainSettings(seed=1))


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, TrainSettings(), {"step": torch.tensor(1)})
    before = (tmp_path / CHECKPOINT_FILE).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainingError, match="No space left"):
        save_checkpoint(tmp_path, TrainSettings(), {"step": torch.tensor(2)})
    assert (tmp_path / CHECKPOINT_FILE).read_bytes() == before
    assert list(tmp_path.iterdir()) == [tmp_path / CHECKPOINT_FILE]
