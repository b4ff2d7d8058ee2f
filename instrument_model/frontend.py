"""The first layer of the model: a waveform becomes a log-mel spectrogram."""

import torch
from torch import Tensor, nn
from torchaudio.compliance.kaldi import get_mel_banks

from .config import FrontendConfig

FRAMES_AT_ONCE = 128
"""Of which the spectrum is computed: with more, it outgrows the caches."""


class LogMel(nn.Module):
    """Waveform to normalised log-mel spectrogram.

    Being part of the network, it is saved, moved between devices and traced with it, so nobody can pair the weights
    with other features.
    """

    window: Tensor
    mel_bank: Tensor

    def __init__(self, config: FrontendConfig) -> None:
        super().__init__()
        self.config = config
        # A symmetric window and Kaldi's mel triangles: what the pretrained network has learned on.
        window = torch.hann_window(config.win_length, periodic=False)
        missing = config.n_fft - config.win_length
        window = nn.functional.pad(window, (missing // 2, missing - missing // 2))
        mel_bank, _ = get_mel_banks(
            config.n_mels,
            config.n_fft,
            config.sample_rate,
            config.f_min,
            config.f_max,
            vtln_low=100.0,
            vtln_high=-500.0,
            vtln_warp_factor=1.0,
        )
        # Without the bins above the highest triangle.
        mel_bank = mel_bank[:, : int(mel_bank.any(0).nonzero().max()) + 1].contiguous()
        # Both follow from the configuration: storing them in the weights as well would give each number two homes.
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("mel_bank", mel_bank, persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Computes the features.

        Args:
            waveform: (batch, samples), mono at `config.sample_rate`, in [-1, 1].

        Returns:
            (batch, 1, n_mels, frames), `(ln(mel power + log_offset) - mean) / scale`, with
            1 + (samples - 1) // hop_length frames.
        """
        config = self.config
        emphasised = waveform[:, 1:] - config.preemphasis * waveform[:, :-1]
        # What torch.stft(center=True) computes, in half of its time: that walks over (real, imaginary) pairs.
        centred = nn.functional.pad(emphasised.unsqueeze(1), 2 * (config.n_fft // 2,), mode="reflect").squeeze(1)
        frames = centred.unfold(1, config.n_fft, config.hop_length)
        mel = torch.cat([self._mel(some) for some in torch.split(frames, FRAMES_AT_ONCE, dim=1)], dim=-1)
        return ((torch.log(mel + config.log_offset) - config.mean) / config.scale).unsqueeze(1)

    def _mel(self, frames: Tensor) -> Tensor:
        """(batch, frames, n_fft) to mel power, (batch, n_mels, frames)."""
        spectrum = torch.fft.rfft(frames * self.window)
        power = spectrum.real.square().addcmul(spectrum.imag, spectrum.imag)[..., : self.mel_bank.shape[1]]
        mel: Tensor = self.mel_bank @ power.transpose(1, 2)
        return mel
