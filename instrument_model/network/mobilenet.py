"""MobileNetV3-Large over log-mel spectrograms, as in EfficientAT.

The module tree gives the parameters the names they have in the authors' checkpoints, so these load as they are.
`graph` builds the same network for ONNX Runtime, from the same table.
"""

from typing import cast

import torch
from torch import Tensor, nn

from ..config import NetworkConfig
from ..onnx.architecture import (
    BATCH_NORM_EPSILON,
    BLOCKS,
    HIDDEN_FEATURES,
    LAST_EXPANSION,
    SQUEEZE_REDUCTION,
    STEM_CHANNELS,
    Activation,
    Block,
    scale_channels,
)

ACTIVATIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "hardswish": nn.Hardswish}


class ConvBNActivation(nn.Sequential):
    """Convolution without bias, batch normalisation, activation.

    (batch, in, height, width) to (batch, out, height / stride, width / stride).
    """

    def __init__(
        self,
        channels: int,
        out: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        activation: type[nn.Module] = nn.Identity,
    ) -> None:
        super().__init__(
            nn.Conv2d(channels, out, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out, eps=BATCH_NORM_EPSILON, momentum=0.01),
            activation(),
        )


class SqueezeExcitation(nn.Module):
    """Scales every channel by a gate between 0 and 1 that looks at all channels' means."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = scale_channels(channels // SQUEEZE_REDUCTION)
        self.fc1 = nn.Linear(channels, squeezed)
        self.fc2 = nn.Linear(squeezed, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the same shape."""
        gate = torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class ConcurrentSqueezeExcitation(nn.Module):
    """The checkpoints' container for squeeze-and-excitation over several dimensions; here it is channels only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conc_se_layers = nn.ModuleList([SqueezeExcitation(channels)])

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to the same shape."""
        for layer in self.conc_se_layers:
            x = layer(x)
        return x


class InvertedResidual(nn.Module):
    """Expand, filter every channel by itself, squeeze and excite, project; added to the input where shapes agree."""

    def __init__(self, channels: int, row: Block, width: float) -> None:
        super().__init__()
        expanded, out = scale_channels(row.expanded, width), scale_channels(row.out, width)
        activation = ACTIVATIONS[row.activation]
        layers: list[nn.Module] = []
        if expanded != channels:
            layers.append(ConvBNActivation(channels, expanded, activation=activation))
        layers.append(
            ConvBNActivation(expanded, expanded, row.kernel, row.stride, groups=expanded, activation=activation)
        )
        if row.squeeze:
            layers.append(ConcurrentSqueezeExcitation(expanded))
        layers.append(ConvBNActivation(expanded, out))
        self.block = nn.Sequential(*layers)
        self.residual = row.stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, out, height / stride, width / stride)."""
        y: Tensor = self.block(x)
        return x + y if self.residual else y


class MobileNetV3(nn.Module):
    """Log-mel spectrogram to one logit per label."""

    def __init__(self, config: NetworkConfig, n_labels: int) -> None:
        super().__init__()
        width = config.width
        stem = scale_channels(STEM_CHANNELS, width)
        layers: list[nn.Module] = [ConvBNActivation(1, stem, kernel=3, stride=2, activation=nn.Hardswish)]
        channels = stem
        for row in BLOCKS:
            layers.append(InvertedResidual(channels, row, width))
            channels = scale_channels(row.out, width)
        embedding = LAST_EXPANSION * channels
        layers.append(ConvBNActivation(channels, embedding, activation=nn.Hardswish))
        self.features = nn.Sequential(*layers)
        hidden = scale_channels(HIDDEN_FEATURES, width)
        # Positions 0 and 1 are the pooling and flattening of the authors' checkpoints, which have no parameters.
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(embedding, hidden),
            nn.Hardswish(),
            nn.Dropout(config.dropout),
            nn.Linear(hidden, n_labels),
        )

    @property
    def head(self) -> nn.Linear:
        """The last layer, which gives the logits."""
        return cast(nn.Linear, self.classifier[-1])

    def forward(self, log_mel: Tensor) -> Tensor:
        """(batch, 1, n_mels, frames) to logits (batch, n_labels)."""
        logits: Tensor = self.classifier(self.features(log_mel))
        return logits

    def embed(self, log_mel: Tensor) -> Tensor:
        """(batch, 1, n_mels, frames) to the last feature map's mean over time and frequency, (batch, embedding)."""
        embedding: Tensor = self.features(log_mel).mean((2, 3))
        return embedding
