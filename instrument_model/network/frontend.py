"""The first layer of the model: a waveform becomes a log-mel spectrogram."""

import torch
from torch import Tensor, nn
from torchaudio.compliance.kaldi import get_mel_banks

from ..config import FrontendConfig

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
        # What `forward` needs, as numbers, which is all that TorchScript can read.
        self.n_fft, self.hop_length, self.preemphasis = config.n_fft, config.hop_length, config.preemphasis
        self.log_offset, self.mean, self.scale = config.log_offset, config.mean, config.scale
        self.frames_at_once = FRAMES_AT_ONCE
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
        """Compute the features.

        Args:
            waveform: (batch, samples), mono at `config.sample_rate`, in [-1, 1].

        Returns:
            (batch, 1, n_mels, frames), `(ln(mel power + log_offset) - mean) / scale`, with
            1 + (samples - 1) // hop_length frames.
        """
        emphasised = waveform[:, 1:] - self.preemphasis * waveform[:, :-1]
        # What torch.stft(center=True) computes, in half of its time: that walks over (real, imaginary) pairs.
        reach = [self.n_fft // 2, self.n_fft // 2]
        centred = nn.functional.pad(emphasised.unsqueeze(1), reach, mode="reflect").squeeze(1)
        frames = centred.unfold(1, self.n_fft, self.hop_length)
        mel = torch.cat([self.mel_power(some) for some in torch.split(frames, self.frames_at_once, dim=1)], dim=-1)
        return ((torch.log(mel + self.log_offset) - self.mean) / self.scale).unsqueeze(1)

    def mel_power(self, frames: Tensor) -> Tensor:
        """(batch, frames, n_fft) to (batch, n_mels, frames)."""
        spectrum = torch.fft.rfft(frames * self.window)
        real, imaginary = torch.real(spectrum), torch.imag(spectrum)
        power = real.square().addcmul(imaginary, imaginary)[..., : self.mel_bank.shape[1]]
        return self.mel_bank @ power.transpose(1, 2)
