"""The model for many recordings: in fewer and quicker steps, during each of which other threads can run Python.

The network goes to ONNX Runtime, which takes half of PyTorch's time on a CPU. Its Fourier transform takes seven times
PyTorch's, so the front end stays where it is and becomes one call instead of hundreds. Each of those would give the
interpreter away and wait to get it back, from the server's thread among others.
"""

import warnings
from io import BytesIO

import torch
from torch import Tensor, nn

from .network.frontend import LogMel
from .network.model import InstrumentNetwork


def compiled_frontend(frontend: LogMel) -> nn.Module:
    """What stands for the front end; answers are the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its successors need a C++ compiler
        scripted: nn.Module = torch.jit.script(frontend)
    return scripted


class CompiledNetwork(nn.Module):
    """Stands for the network of a model, for any number of windows and frames; logits differ by rounding only."""

    def __init__(self, model: InstrumentNetwork) -> None:
        """Exports the network, which takes a third of a second.

        Args:
            model: From `folded`, on the CPU.
        """
        import onnxruntime  # most predictions do without

        super().__init__()
        file = BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # its successor takes longer, and more packages
            torch.onnx.export(
                model.network,
                (torch.zeros(2, 1, model.config.frontend.n_mels, 100),),
                file,  # type: ignore[arg-type]  # which the exporter in use here takes
                input_names=["log_mels"],
                output_names=["logits"],
                dynamic_axes={"log_mels": {0: "windows", 3: "frames"}, "logits": {0: "windows"}},
                dynamo=False,
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # who calls has one core
        self._session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])

    def forward(self, log_mels: Tensor) -> Tensor:
        """(windows, 1, n_mels, frames) to logits (windows, labels)."""
        (logits,) = self._session.run(None, {"log_mels": log_mels.numpy()})
        return torch.from_numpy(logits)
