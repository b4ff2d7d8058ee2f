"""The model in ONNX Runtime, as a `Runtime` for the CPU."""

import os
from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..resemblance.classes import count_classes
from ..runtime import Output
from ..weights import Model
from ..windows import Window
from .frontend import LogMel
from .graph import EMBEDDING, LOG_MELS, LOGITS, OTHERS, network_graph

BATCH_SIZE = 8
"""Windows that the network hears at once: with more, feature maps outgrow the caches."""


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
        names = [LOGITS, EMBEDDING, OTHERS] if self._model.config.resemblance else [LOGITS, EMBEDDING]
        outputs = [self._session.run(names, {LOG_MELS: batch}) for batch in batches]
        logits, embeddings, *others = map(np.concatenate, zip(*outputs, strict=True))
        return Output(logits, embeddings, others[0] if others else np.empty((len(logits), 0), np.float32))

    def _start(self) -> None:
        config = self._model.config
        graph = network_graph(config.network, len(config.labels), count_classes(config.resemblance))
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
