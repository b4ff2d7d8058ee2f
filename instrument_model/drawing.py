"""The mel spectrogram of a recording as a figure."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import max_pool1d, pad

from .audio import Waveform
from .config import FrontendConfig
from .network.frontend import LogMel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_COLUMNS = 1000
"""More than a page shows; a column of a long recording is the maximum of several frames."""

RANGE_DB = 80.0
FAINTEST_DB = -20.0  # of a sine 65 dB under full scale; a recording without anything louder is drawn dark
FRAMES_AT_ONCE = 6000  # a minute; the spectrum of an hour would take gigabytes
COLOUR = "#767676"  # of the writing: contrast 4.5 to 1 on white as on black, because the background is transparent


def mel_spectrogram(waveform: Waveform, config: FrontendConfig) -> tuple[NDArray[np.float32], int]:
    """The mel spectrogram that the network hears, but without pre-emphasis and in dB.

    Args:
        waveform: (samples,) at `config.sample_rate`, not empty.
        config: Of the model.

    Returns:
        (n_mels, columns) in dB relative to the loudest point, from -80 to 0, with at most `MAX_COLUMNS` columns; and
        the samples from one column to the next.
    """
    decibel = replace(config, preemphasis=0.0, log_offset=1e-10, mean=0.0, scale=math.log(10) / 10)
    log_mel = LogMel(decibel)
    frames = math.ceil(len(waveform) / config.hop_length)
    pooled = math.ceil(frames / MAX_COLUMNS)
    step = max(1, FRAMES_AT_ONCE // pooled) * pooled * config.hop_length
    parts = []
    with torch.inference_mode():
        for start in range(0, len(waveform), step):
            part = torch.from_numpy(waveform[start : start + step])
            part = pad(part, (0, max(0, config.n_fft - len(part))))
            parts.append(max_pool1d(log_mel(part[None])[0, 0], pooled, ceil_mode=True))
        spectrogram = torch.cat(parts, dim=1)[:, : math.ceil(frames / pooled)]
        loudest = max(spectrogram.max().item(), FAINTEST_DB)
        return (spectrogram - loudest).clamp(min=-RANGE_DB).numpy(), pooled * config.hop_length


def spectrogram_figure(waveform: Waveform, config: FrontendConfig) -> "Figure":
    """Draws the mel spectrogram in dB against seconds and Hz, for light and dark pages alike.

    Args:
        waveform: (samples,) at `config.sample_rate`, not empty.
        config: Of the model.
    """
    from librosa.display import specshow  # with matplotlib, which predictions do without
    from matplotlib.figure import Figure  # pyplot would keep every figure of a server alive

    spectrogram, hop_length = mel_spectrogram(waveform, config)
    figure = Figure(figsize=(9, 3), layout="constrained", facecolor="none")
    axes = figure.subplots()
    mesh = specshow(
        spectrogram,
        sr=config.sample_rate,
        hop_length=hop_length,
        fmin=config.f_min,
        fmax=config.f_max,
        htk=True,  # Kaldi's mel scale
        x_axis="s",
        y_axis="mel",
        cmap="magma",
        vmin=-RANGE_DB,
        vmax=0.0,
        ax=axes,
    )
    bar = figure.colorbar(mesh, ax=axes, format="%.0f dB")
    bar.outline.set_edgecolor(COLOUR)
    for part in (axes, bar.ax):
        part.tick_params(colors=COLOUR, which="both")
        part.spines[:].set_color(COLOUR)
        part.xaxis.label.set_color(COLOUR)
        part.yaxis.label.set_color(COLOUR)
    return figure
