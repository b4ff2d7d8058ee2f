"""Where a model computes its answers: ONNX Runtime on the CPU, or PyTorch for those who have a GPU."""

import os
import re

from .errors import ModelError
from .onnx.runtime import OnnxRuntime
from .runtime import Runtime
from .weights import Model

DEVICES = re.compile(r"(cuda|xpu)(:\d{1,3})?|mps|cpu-torch")
"""The devices of PyTorch that a model can answer on."""


def make_runtime(model: Model, device: str | None = None) -> Runtime:
    """Return what computes the model's answers on a device.

    Args:
        model: Configuration and weights.
        device: A device of PyTorch, or `cpu-torch`; ONNX Runtime on the CPU if None or `cpu`.

    Raises:
        ModelError: PyTorch is not installed, or there is no such device.
    """
    if device is None or device == "cpu":
        return OnnxRuntime(model)
    if not DEVICES.fullmatch(device):
        raise ModelError(f"There is no device {device!r}; give cuda, cuda:1, mps or cpu-torch, or leave device out.")
    try:
        from .network.runtime import TorchRuntime
    except ImportError as error:
        raise ModelError(
            f'The device {device} needs PyTorch; install it with: pip install "instrument-model[torch]"'
        ) from error
    return TorchRuntime(model, device.removesuffix("-torch"))


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
