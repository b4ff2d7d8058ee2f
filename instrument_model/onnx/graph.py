"""The network as a graph for ONNX Runtime, made from the configuration alone and without the weights.

The graph asks for its tensors by the names that they have in `model.safetensors`, which therefore stays their only
home. Being made here, it fits every configuration, and no model from elsewhere brings a graph of its own to be run.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ..config import NetworkConfig
from ..resemblance.classes import BIAS, WEIGHT
from .architecture import (
    BATCH_NORM_EPSILON,
    BLOCKS,
    HEAD,
    HIDDEN_FEATURES,
    LAST_EXPANSION,
    LAST_HIDDEN,
    SQUEEZE_REDUCTION,
    STEM_CHANNELS,
    Activation,
    Block,
    scale_channels,
)
from .format import Graph

LOG_MELS, LOGITS, EMBEDDING, OTHERS = "log_mels", "logits", "embedding", "others"
"""The names of the graph's input and of its outputs."""

_OPERATORS: dict[Activation, str] = {"relu": "Relu", "hardswish": "HardSwish"}


class NetworkGraph(NamedTuple):
    """The encoded graph, and the tensors it asks for with their shapes."""

    content: bytes
    shapes: Mapping[str, tuple[int, ...]]


@lru_cache(maxsize=8)
def network_graph(config: NetworkConfig, n_labels: int, n_classes: int = 0) -> NetworkGraph:
    """Build the graph from log-mels (windows, 1, n_mels, frames) to logits (windows, n_labels).

    A second output is the embedding (windows, features): the last feature map's mean over time and frequency. A third
    are the logits of the second head (windows, n_classes), if it has classes.
    """
    graph, width = Graph("MobileNetV3"), config.width
    channels = scale_channels(STEM_CHANNELS, width)
    x = _convolution(graph, LOG_MELS, "features.0", 1, channels, kernel=3, stride=2, activation="hardswish")
    for number, row in enumerate(BLOCKS, 1):
        x = _inverted_residual(graph, x, f"features.{number}.block", channels, row, width)
        channels = scale_channels(row.out, width)
    embedding, hidden = LAST_EXPANSION * channels, scale_channels(HIDDEN_FEATURES, width)
    x = _convolution(graph, x, f"features.{len(BLOCKS) + 1}", channels, embedding, activation="hardswish")
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x), output=EMBEDDING)
    x = graph.node("HardSwish", _linear(graph, x, LAST_HIDDEN, embedding, hidden))
    _linear(graph, x, HEAD, hidden, n_labels, output=LOGITS)
    outputs = {LOGITS: n_labels, EMBEDDING: embedding}
    if n_classes:
        weight, bias = graph.tensor(WEIGHT, n_classes, hidden), graph.tensor(BIAS, n_classes)
        graph.node("Gemm", x, weight, bias, output=OTHERS, transB=1)
        outputs[OTHERS] = n_classes
    content = graph.encode(
        {LOG_MELS: ("windows", 1, "n_mels", "frames")}, {name: ("windows", size) for name, size in outputs.items()}
    )
    return NetworkGraph(content, graph.shapes)


def _convolution(
    graph: Graph,
    x: str,
    name: str,
    channels: int,
    out: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    activation: Activation | None = None,
) -> str:
    """Add a convolution, its batch normalisation and its activation."""
    weight = graph.tensor(f"{name}.0.weight", out, channels // groups, kernel, kernel)
    padding = 4 * [kernel // 2]
    x = graph.node("Conv", x, weight, pads=padding, strides=[stride, stride], group=groups)
    statistics = ("weight", "bias", "running_mean", "running_var")
    normalisation = (graph.tensor(f"{name}.1.{statistic}", out) for statistic in statistics)
    x = graph.node("BatchNormalization", x, *normalisation, epsilon=BATCH_NORM_EPSILON)
    return graph.node(_OPERATORS[activation], x) if activation else x


def _inverted_residual(graph: Graph, x: str, name: str, channels: int, row: Block, width: float) -> str:
    """Add a row of the table; its layers are numbered by whether they are there."""
    expanded, out = scale_channels(row.expanded, width), scale_channels(row.out, width)
    y, layer = x, 0
    if expanded != channels:
        y, layer = _convolution(graph, y, f"{name}.0", channels, expanded, activation=row.activation), 1
    y = _convolution(graph, y, f"{name}.{layer}", expanded, expanded, row.kernel, row.stride, expanded, row.activation)
    if row.squeeze:
        layer += 1
        y = _squeeze_excitation(graph, y, f"{name}.{layer}.conc_se_layers.0", expanded)
    y = _convolution(graph, y, f"{name}.{layer + 1}", expanded, out)
    return graph.node("Add", x, y) if row.stride == 1 and channels == out else y


def _squeeze_excitation(graph: Graph, x: str, name: str, channels: int) -> str:
    """Scale every channel by a gate that depends on the means of all channels."""
    squeezed = scale_channels(channels // SQUEEZE_REDUCTION)
    mean = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    y = graph.node("Relu", _linear(graph, mean, f"{name}.fc1", channels, squeezed))
    y = graph.node("Sigmoid", _linear(graph, y, f"{name}.fc2", squeezed, channels))
    height_and_width = graph.node("Constant", value_ints=(2, 3))
    return graph.node("Mul", x, graph.node("Unsqueeze", y, height_and_width))


def _linear(graph: Graph, x: str, name: str, features: int, out: int, output: str | None = None) -> str:
    weight, bias = graph.tensor(f"{name}.weight", out, features), graph.tensor(f"{name}.bias", out)
    return graph.node("Gemm", x, weight, bias, output=output, transB=1)
