"""MobileNetV3-Large as a table, from which the network in PyTorch and the graph for ONNX Runtime are both built.

The table is Table 1 of Howard et al., "Searching for MobileNetV3" (ICCV 2019), with one input channel. As in Schmid et
al., "Efficient Large-Scale Audio Tagging via Transformer-to-CNN Knowledge Distillation" (ICASSP 2023), the gates of
squeeze-and-excitation are plain sigmoids.
"""

from typing import Literal, NamedTuple

Activation = Literal["relu", "hardswish"]

STEM_CHANNELS = 16
LAST_EXPANSION = 6  # the last convolution has six times the channels of the last block
HIDDEN_FEATURES = 1280
SQUEEZE_REDUCTION = 4
BATCH_NORM_EPSILON = 1e-3
LAST_HIDDEN = "classifier.2"
"""The layer before the last; a hard swish follows it."""
HEAD = "classifier.5"
"""The last layer, which gives the logits."""


class Block(NamedTuple):
    """A row of the paper's table, with channel counts at width 1."""

    kernel: int
    expanded: int
    out: int
    squeeze: bool
    activation: Activation
    stride: int


BLOCKS = (
    #     kernel  expanded  out  squeeze  activation  stride
    Block(3, 16, 16, False, "relu", 1),
    Block(3, 64, 24, False, "relu", 2),
    Block(3, 72, 24, False, "relu", 1),
    Block(5, 72, 40, True, "relu", 2),
    Block(5, 120, 40, True, "relu", 1),
    Block(5, 120, 40, True, "relu", 1),
    Block(3, 240, 80, False, "hardswish", 2),
    Block(3, 200, 80, False, "hardswish", 1),
    Block(3, 184, 80, False, "hardswish", 1),
    Block(3, 184, 80, False, "hardswish", 1),
    Block(3, 480, 112, True, "hardswish", 1),
    Block(3, 672, 112, True, "hardswish", 1),
    Block(5, 672, 160, True, "hardswish", 2),
    Block(5, 960, 160, True, "hardswish", 1),
    Block(5, 960, 160, True, "hardswish", 1),
)


def scale_channels(channels: float, width: float = 1.0) -> int:
    """Return the channel count at this width.

    It is a multiple of 8 and at least 90 % of the product (the authors' `_make_divisible`).
    """
    exact = channels * width
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * exact else rounded + 8
