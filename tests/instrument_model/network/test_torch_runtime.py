"""The model on a device of PyTorch that has no room left."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from instrument_model import InstrumentClassifier, ModelError
from instrument_model.network.frontend import LogMel

SENTENCE = "^The device cpu has no memory left; free some, or leave device out to use the CPU[.]$"


def test_a_device_without_room_for_a_recording(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = InstrumentClassifier.from_pretrained(model_folder, device="cpu-torch")

    def full(_: LogMel, __: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has ...")

    monkeypatch.setattr(LogMel, "forward", full)
    with pytest.raises(ModelError, match=SENTENCE):
        classifier.predict((0.1 * np.ones(32_000, np.float32) * np.sin(np.arange(32_000)), 32_000))


def test_a_device_without_room_for_the_model(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(torch.nn.Module, "to", full)
    with pytest.raises(ModelError, match=SENTENCE):
        InstrumentClassifier.from_pretrained(model_folder, device="cpu-torch")
