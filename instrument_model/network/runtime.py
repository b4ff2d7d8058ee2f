"""The model in PyTorch as a `Runtime`: for a GPU, and to compare with."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from threading import Lock

import numpy as np
import torch
from torch import nn

from ..errors import ModelError
from ..resemblance.classes import BIAS, WEIGHT
from ..runtime import Output
from ..weights import Model
from ..windows import Window
from .model import InstrumentNetwork


class TorchRuntime:
    """The model on a device of PyTorch, which answers one caller after the other."""

    def __init__(self, model: Model, device: str) -> None:
        """Move the model to the device.

        Args:
            model: Configuration and weights.
            device: As PyTorch names it, such as `cuda`, `cuda:1`, `mps` or `cpu`.

        Raises:
            ModelError: There is no such device, or no room on it.
        """
        self._model, self._name = model, device
        self._lock = Lock()
        try:
            self._device = torch.device(device)
            self._network = InstrumentNetwork.from_model(model).to(self._device)
            second = [model.tensors[name] for name in (WEIGHT, BIAS)] if model.config.resemblance else []
            self._second = [torch.tensor(values, device=self._device) for values in second]
        except torch.OutOfMemoryError as error:
            raise self._no_room() from error
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise ModelError(f"PyTorch cannot use the device {device} ({reason}); leave device out.") from error

    def __call__(self, windows: Sequence[Window], audible: Sequence[bool]) -> Output:
        """As in `Runtime`; the windows need not follow each other.

        Raises:
            ModelError: The device has no room for them.
        """
        waveforms = [window.samples for window, heard in zip(windows, audible, strict=True) if heard]
        alike = [np.stack(list(group)) for _, group in groupby(waveforms, key=len)]  # a recording's last may be shorter
        try:
            with self._lock, torch.inference_mode(), self._single_precision():
                front_end, network = self._network.frontend, self._network.network
                log_mels = [front_end(torch.from_numpy(batch).to(self._device)) for batch in alike]
                features = network.features(torch.cat(log_mels))
                hidden = network.classifier[:-1](features)
                others = nn.functional.linear(hidden, *self._second) if self._second else hidden[:, :0]
                answers = network.head(hidden), features.mean((2, 3)), others
                return Output(*(answer.cpu().numpy() for answer in answers))
        except torch.OutOfMemoryError as error:
            raise self._no_room() from error

    def _single_precision(self) -> AbstractContextManager[object]:
        """Keep a GPU from rounding to 10 bits (TF32), so that it answers as a CPU does."""
        if self._device.type != "cuda":
            return nullcontext()
        return torch.backends.cudnn.flags(enabled=True, allow_tf32=False)

    def _no_room(self) -> ModelError:
        return ModelError(f"The device {self._name} has no memory left; free some, or leave device out to use the CPU.")

    def __reduce__(self) -> "tuple[type[TorchRuntime], tuple[Model, str]]":
        return TorchRuntime, (self._model, self._name)
