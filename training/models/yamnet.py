"""YAMNet (Plakal and Ellis, tensorflow/models): a second network pretrained on AudioSet, to compare with or learn from.

The weights are those of the TFLite model: batch normalisation is folded into the convolutions, and arrays have
TFLite's axis order.
"""

import functools
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchaudio.functional import melscale_fbanks, resample

from ..errors import TrainingError

SAMPLE_RATE = 16_000
WIN_LENGTH, HOP_LENGTH, N_FFT = 400, 160, 512  # 25 ms, 10 ms
N_MELS, F_MIN, F_MAX = 64, 125.0, 7_500.0
LOG_OFFSET = 0.001
PATCH_FRAMES, PATCH_HOP = 96, 48  # 0.96 s, 0.48 s
PATCH_SAMPLES = (PATCH_FRAMES - 1) * HOP_LENGTH + WIN_LENGTH

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
N_CLASSES = 521


class YamnetFrontend(nn.Module):
    """Waveform to log-mel patches."""

    window: Tensor
    mel_bank: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(WIN_LENGTH, periodic=True), persistent=False)
        bank = melscale_fbanks(N_FFT // 2 + 1, F_MIN, F_MAX, N_MELS, SAMPLE_RATE, norm=None, mel_scale="htk")
        self.register_buffer("mel_bank", bank, persistent=False)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) at 16 kHz to (batch, frames, mels), without padding."""
        frames = waveform.unfold(-1, WIN_LENGTH, HOP_LENGTH) * self.window
        magnitude = torch.fft.rfft(frames, n=N_FFT).abs()
        return torch.log(magnitude @ self.mel_bank + LOG_OFFSET)

    def forward(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) at 16 kHz to (batch, patches, 96 frames, 64 mels), padded to at least one patch."""
        missing = PATCH_SAMPLES - waveform.shape[-1]
        log_mel = self.log_mel(F.pad(waveform, (0, max(0, missing))))
        return log_mel.unfold(1, PATCH_FRAMES, PATCH_HOP).transpose(-1, -2)


class Convolution(nn.Module):
    """Convolution with TensorFlow's "SAME" padding, which puts the odd row and column at the end, and ReLU."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, kernel, stride, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, channels, height, width) to (batch, out, height / stride, width / stride)."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        vertical, horizontal = (max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[-2:])
        padded = F.pad(x, (horizontal // 2, horizontal - horizontal // 2, vertical // 2, vertical - vertical // 2))
        return torch.relu(self.conv(padded))


class Yamnet(nn.Module):
    """MobileNetV1 over log-mel patches: waveform to 521 AudioSet logits."""

    quick = False
    """Whether the convolutions run in bfloat16: half of the time on processors that know it, and the second digit."""

    def __init__(self) -> None:
        super().__init__()
        self.frontend = YamnetFrontend()
        layers = [Convolution(1, 32, 3, stride=2)]
        channels = 32
        for width, stride in zip(WIDTHS, STRIDES, strict=True):
            layers += [Convolution(channels, channels, 3, stride, groups=channels), Convolution(channels, width, 1)]
            channels = width
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(channels, N_CLASSES)
        self._heard: tuple[Tensor, Tensor] | None = None

    def embed(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) at 16 kHz to one embedding per patch, (batch, patches, 1024)."""
        patches = self.frontend(waveform)
        pictures = patches.flatten(0, 1).unsqueeze(1).contiguous(memory_format=torch.channels_last)
        with torch.autocast(pictures.device.type, torch.bfloat16, enabled=self.quick):
            embedding = self.features(pictures).float().mean((2, 3))
        unfolded: Tensor = embedding.unflatten(0, patches.shape[:2])
        return unfolded

    def hear(self, waveform: Tensor, sample_rate: int) -> Tensor:
        """Map (batch, samples) at any rate to `embed`'s embeddings, once for all who ask about the same tensor."""
        if self._heard is None or self._heard[0] is not waveform:
            self._heard = waveform, self.embed(resample(waveform, sample_rate, SAMPLE_RATE))
        return self._heard[1]

    def forward(self, waveform: Tensor) -> Tensor:
        """Map (batch, samples) at 16 kHz to the logits of each patch, (batch, patches, 521)."""
        logits: Tensor = self.fc(self.embed(waveform))
        return logits


@functools.lru_cache(maxsize=1)
def load_yamnet(path: Path) -> Yamnet:
    """Read the weights from an `.npz` whose arrays are `layerN/dw`, `layerN/pw` and `fc/w` with their biases.

    Members of one ensemble get the same network, which then hears everything once (`Yamnet.hear`).

    Raises:
        TrainingError: The file is missing, broken, or holds other arrays.
    """
    model = Yamnet()
    try:
        with np.load(path) as arrays:
            state = _to_state_dict({name: torch.from_numpy(arrays[name].astype(np.float32)) for name in arrays.files})
        model.load_state_dict(state, strict=True)
    except FileNotFoundError as error:
        raise TrainingError(f"{path} does not exist; give the path of yamnet.npz.") from error
    except Exception as error:
        raise TrainingError(
            f"{path} does not hold YAMNet's weights ({type(error).__name__}); get the file again."
        ) from error
    model.features.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval()


def quicken(recogniser: object) -> None:
    """Have every YAMNet within a recogniser run in bfloat16: near enough for a teacher, not for figures.

    On a processor that does not know it, where it would take seven times as long, all stays as it is.
    """
    if not knows_bfloat16():
        return
    for module in recogniser.modules() if isinstance(recogniser, nn.Module) else ():
        if isinstance(module, Yamnet):
            module.quick = True


def knows_bfloat16() -> bool:
    """Return whether a GPU or this processor computes in bfloat16."""
    return torch.cuda.is_available() or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _to_state_dict(arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convert TFLite's names and axis orders to PyTorch's.

    TFLite has (out, height, width, in) for a convolution and (1, height, width, channels) for a depthwise one.
    """
    state = {"fc.weight": arrays["fc/w"], "fc.bias": arrays["fc/b"]}
    sources = ["layer1/w", *(f"layer{layer + 2}/{kind}" for layer in range(len(WIDTHS)) for kind in ("dw", "pw"))]
    for position, name in enumerate(sources):
        order = (3, 0, 1, 2) if name.endswith("dw") else (0, 3, 1, 2)
        state[f"features.{position}.conv.weight"] = arrays[name].permute(order)
        state[f"features.{position}.conv.bias"] = arrays["layer1/b" if name == "layer1/w" else f"{name}_b"]
    return state
