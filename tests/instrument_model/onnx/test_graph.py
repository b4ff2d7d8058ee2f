"""The graph for ONNX Runtime is the network that PyTorch trains."""

import numpy as np
import onnx
import pytest
import torch
from onnx.external_data_helper import uses_external_data

from instrument_model.config import FrontendConfig, ModelConfig, NetworkConfig
from instrument_model.network.mobilenet import MobileNetV3
from instrument_model.network.model import InstrumentNetwork
from instrument_model.onnx.graph import EMBEDDING, LOG_MELS, LOGITS, OTHERS, network_graph
from instrument_model.onnx.runtime import OnnxRuntime
from instrument_model.weights import Model


def network_of(width: float, labels: int) -> MobileNetV3:
    """Random, with statistics that normalisation would get wrong if it mixed them up."""
    torch.manual_seed(0)
    network = MobileNetV3(NetworkConfig(width=width), labels)
    with torch.no_grad():
        for name, buffer in network.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0.0, 0.1)
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    return network.eval()


@pytest.mark.parametrize(("width", "labels"), [(0.1, 3), (0.4, 11), (0.4, 527), (1.0, 11), (1.7, 1)])
def test_tensors_are_those_of_the_network(width: float, labels: int) -> None:
    with torch.device("meta"):
        state = MobileNetV3(NetworkConfig(width=width), labels).state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    assert network_graph(NetworkConfig(width=width), labels).shapes == shapes


@pytest.mark.parametrize(("width", "windows", "frames"), [(0.1, 1, 26), (0.4, 3, 200), (0.4, 11, 300), (1.0, 2, 300)])
def test_answers_are_those_of_the_network(width: float, windows: int, frames: int) -> None:
    config = ModelConfig(network=NetworkConfig(width=width))
    network = network_of(width, len(config.labels))
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    log_mels = torch.randn(windows, 1, config.frontend.n_mels, frames, generator=torch.Generator().manual_seed(1))
    output = OnnxRuntime(Model(config, tensors)).network(log_mels.numpy())
    with torch.inference_mode():
        np.testing.assert_allclose(output.logits, network(log_mels), atol=1e-4)
        np.testing.assert_allclose(output.embeddings, network.embed(log_mels), atol=1e-4)


def test_any_number_of_mel_bands() -> None:
    config = ModelConfig(frontend=FrontendConfig(n_mels=64), network=NetworkConfig(width=0.1))
    network = InstrumentNetwork(config).eval()
    log_mels = torch.randn(2, 1, 64, 100)
    with torch.inference_mode():
        expected = network.network(log_mels)
    np.testing.assert_allclose(OnnxRuntime(network.to_model()).network(log_mels.numpy()).logits, expected, atol=1e-5)


@pytest.mark.parametrize(("classes", "outputs"), [(0, [LOGITS, EMBEDDING]), (5, [LOGITS, EMBEDDING, OTHERS])])
def test_the_file_is_valid_and_holds_no_weights(classes: int, outputs: list[str]) -> None:
    graph = network_graph(NetworkConfig(), 11, classes)
    assert len(graph.content) < 60_000
    model = onnx.load_from_string(graph.content)
    assert all(uses_external_data(tensor) and not tensor.raw_data for tensor in model.graph.initializer)
    for tensor in model.graph.initializer:  # the checker would look for their file
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]
        tensor.raw_data = bytes(4 * int(np.prod(tensor.dims)))
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in model.graph.input] == [LOG_MELS]
    assert [value.name for value in model.graph.output] == outputs
