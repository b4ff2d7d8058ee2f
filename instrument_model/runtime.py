"""What computes a network's answers: ONNX Runtime, or PyTorch for those who have a GPU."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .errors import ModelError
from .frontend import LogMel
from .graph import EMBEDDING, LOG_MELS, LOGITS, network_graph
from .weights import Model
from .windows import Window

BATCH_SIZE = 8
"""Windows that the network hears at once: with more, feature maps outgrow the caches."""

DEVICES = re.compile(r"(cuda|xpu)(:\d{1,3})?|mps|cpu-torch")
"""The devices of PyTorch that a model can answer on."""


class Output(NamedTuple):
    """What the network makes of windows.

    Attributes:
        logits: (windows, labels), before calibration.
        embeddings: (windows, features), the last feature map's mean over time and frequency.
    """

    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]


class Runtime(Protocol):
    """Computes the network's answers; several threads may use one at once."""

    def __call__(self, windows: Sequence[Window], audible: Sequence[bool]) -> Output:
        """Run front end and network.

        Args:
            windows: Successive ones of equal length; one alone may have any length.
            audible: Which of them the network is to hear, at least one.

        Returns:
            A row for each audible window.
        """


class OnnxRuntime:
    """The model on a CPU, with one core for each caller.

    It can be pickled and survives a fork: a session is made where there is none yet in this process.
    """

    def __init__(self, model: Model) -> None:
        """Make the session.

        Args:
            model: Its tensors are used where they are, without a copy.
        """
        self._model = model
        self._frontend = LogMel(model.config.frontend)
        self._start()

    def __call__(self, windows: Sequence[Window], audible: Sequence[bool]) -> Output:
        """As in `Runtime`."""
        log_mels = self._frontend.windows(windows)
        return self.network(log_mels if all(audible) else log_mels[np.asarray(audible)])

    def network(self, log_mels: NDArray[np.float32]) -> Output:
        """Run the network in batches; (windows, 1, n_mels, frames), at least one window."""
        if self._process != os.getpid():
            self._start()  # a fork inherits the session and perhaps a lock that no thread will ever release
        batches = np.array_split(log_mels, -(-len(log_mels) // BATCH_SIZE))
        outputs = [self._session.run([LOGITS, EMBEDDING], {LOG_MELS: batch}) for batch in batches]
        return Output(*map(np.concatenate, zip(*outputs, strict=True)))

    def _start(self) -> None:
        config = self._model.config
        graph = network_graph(config.network, len(config.labels))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # who calls has one core
        options.enable_cpu_mem_arena = False  # memory goes back after each batch, and no answer takes longer
        # They belong to the session from here on and must stay where they are as long as it lives.
        self._values = [onnxruntime.OrtValue.ortvalue_from_numpy(self._model.tensors[name]) for name in graph.shapes]
        options.add_external_initializers(list(graph.shapes), self._values)
        self._session = onnxruntime.InferenceSession(graph.content, options, providers=["CPUExecutionProvider"])
        self._process = os.getpid()

    def __reduce__(self) -> "tuple[type[OnnxRuntime], tuple[Model]]":
        return OnnxRuntime, (self._model,)


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
