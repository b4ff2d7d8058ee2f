"""The method that this project began from, timed beside ours.

A librosa mel spectrogram in dB of the whole clip at 22 kHz, cut into pieces of three seconds, and three convolutions of
32, 64 and 128 channels at full resolution, each followed by pooling. Its weights are random: only time matters.
"""

from pathlib import Path

import librosa
import numpy as np
import torch
from torch import Tensor, nn

SAMPLE_RATE = 22_050
PIECE_SECONDS = 3
HOP_SECONDS = 1.5  # as ours: the same share of the clip is listened to twice
N_MELS = 128
HOP_LENGTH = 512
BATCH = 16


class OriginalNetwork(nn.Sequential):
    """Spectrogram (batch, 1, n_mels, frames) to 11 logits."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        for channels, out in ((1, 32), (32, 64), (64, 128)):
            layers += [nn.Conv2d(channels, out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 11))


def predict(network: nn.Module, path: Path) -> Tensor:
    """Return the probabilities of a recording, (11,)."""
    waveform, _ = librosa.load(path, sr=SAMPLE_RATE)
    mel = librosa.feature.melspectrogram(y=waveform, sr=SAMPLE_RATE, n_mels=N_MELS, hop_length=HOP_LENGTH)
    decibels = librosa.power_to_db(mel, ref=np.max)
    frames, hop = (round(seconds * SAMPLE_RATE / HOP_LENGTH) for seconds in (PIECE_SECONDS, HOP_SECONDS))
    starts = range(0, max(decibels.shape[1] - frames, 0) + 1, hop)
    pieces = torch.from_numpy(np.stack([decibels[None, :, start : start + frames] for start in starts]))
    batches = torch.tensor_split(pieces, -(-len(pieces) // BATCH))
    with torch.inference_mode():
        return torch.cat([torch.softmax(network(batch), 1) for batch in batches]).mean(0)
