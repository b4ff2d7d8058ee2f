"""The spectrograms of overlapping windows, with what they share computed once."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from .audio import Waveform
from .config import FrontendConfig
from .windows import Window, joined


def window_log_mels(frontend: nn.Module, config: FrontendConfig, windows: Sequence[Window]) -> Tensor:
    """What the front end makes of each window, as if it were alone, in about half of the time.

    Frames inside of a window are cut out of the spectrogram of the whole stretch. At the ends of a window alone, frames
    see it reflected, as in training, so those few are computed anew.

    Args:
        frontend: A `LogMel`, or what it was compiled to.
        config: Its configuration.
        windows: Successive ones, which begin at multiples of `hop_length`; one alone may have any length.

    Returns:
        (windows, 1, n_mels, frames).
    """
    hop, half = config.hop_length, config.n_fft // 2
    device = next(frontend.buffers()).device

    def log_mel(*waveforms: Waveform) -> Tensor:
        result: Tensor = frontend(torch.from_numpy(np.stack(waveforms)).to(device))
        return result

    whole = log_mel(joined(windows))
    frames = 1 + (len(windows[0].samples) - 1) // hop
    starts = [(window.first - windows[0].first) // hop for window in windows]
    own = torch.cat([whole[..., start : start + frames] for start in starts])
    if len(windows) > 1:
        edge = -(-half // hop)  # frames that reach over an end
        own[1:, ..., :edge] = log_mel(*(window.samples[: 2 * edge * hop] for window in windows[1:]))[..., :edge]
        tail = max(0, frames - 2 * edge) * hop
        own[:-1, ..., -edge:] = log_mel(*(window.samples[tail:] for window in windows[:-1]))[..., -edge:]
    return own
