"""The first step of the model: a waveform becomes a log-mel spectrogram, in numpy.

It computes what `network.frontend.LogMel` computes in PyTorch, and overlapping windows share their frames.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..audio import Waveform
from ..config import FrontendConfig
from ..windows import Window, joined

Array = NDArray[np.float32]

FRAMES_AT_ONCE = 64
"""Frames per FFT call; more would not fit the cache."""

BANDS_AT_ONCE = 16
"""Mel bands per matrix product. Their triangles cover few bins, and numpy computes products this small on one core."""


class LogMel:
    """Normalised log-mel spectrograms: `(ln(mel power + log_offset) - mean) / scale`."""

    def __init__(self, config: FrontendConfig) -> None:
        """Prepare the window and the mel bank.

        Args:
            config: Sizes in samples, frequencies in Hz.
        """
        self.config = config
        # A symmetric window and Kaldi's mel triangles: what the pretrained network has learned on.
        missing = config.n_fft - config.win_length
        self.window = np.pad(np.hanning(config.win_length), (missing // 2, missing - missing // 2)).astype(np.float32)
        frequencies = np.fft.rfftfreq(config.n_fft, 1 / config.sample_rate)
        self._bands = _nonzero_parts(mel_bank(frequencies, config.n_mels, config.f_min, config.f_max))

    def __call__(self, waveform: Waveform) -> Array:
        """Compute the features of one waveform.

        Args:
            waveform: (samples,), mono at `config.sample_rate`, in [-1, 1].

        Returns:
            (n_mels, frames), with 1 + (samples - 1) // hop_length frames.
        """
        return self._log_mel(self._frames(waveform))

    def windows(self, windows: Sequence[Window]) -> Array:
        """Compute the features of each window as if it were alone, in about half of the time.

        Frames inside a window are cut out of the spectrogram of the whole stretch. At the ends of a window alone,
        frames see it reflected, as in training, so those few are computed anew.

        Args:
            windows: Successive ones, which begin at multiples of `hop_length`; one alone may have any length.

        Returns:
            (windows, 1, n_mels, frames).
        """
        hop = self.config.hop_length
        whole = self(joined(windows))
        frames = 1 + (len(windows[0].samples) - 1) // hop
        starts = ((window.first - windows[0].first) // hop for window in windows)
        own = np.stack([whole[np.newaxis, :, start : start + frames] for start in starts])
        if len(windows) > 1:
            edge = -(-(self.config.n_fft // 2) // hop)  # frames that reach over an end
            tail = max(0, frames - 2 * edge) * hop
            heads = self._frames(np.stack([window.samples[: 2 * edge * hop] for window in windows[1:]]))[:, :edge]
            tails = self._frames(np.stack([window.samples[tail:] for window in windows[:-1]]))[:, -edge:]
            both = np.concatenate((heads, tails))
            edges = self._log_mel(both.reshape(-1, both.shape[-1])).reshape(-1, 2, *heads.shape[:2])
            own[1:, 0, :, : edges.shape[-1]] = edges[:, 0].swapaxes(0, 1)
            own[:-1, 0, :, -edges.shape[-1] :] = edges[:, 1].swapaxes(0, 1)
        return own

    def _frames(self, waveform: Waveform) -> Array:
        """Cut waveforms (..., samples) into overlapping frames, (..., frames, n_fft), which share their memory."""
        reach, samples = self.config.n_fft // 2, waveform.shape[-1] - 1
        centred = np.empty((*waveform.shape[:-1], samples + 2 * reach), np.float32)
        emphasised = centred[..., reach : reach + samples]
        np.multiply(waveform[..., :-1], np.float32(-self.config.preemphasis), out=emphasised)
        emphasised += waveform[..., 1:]
        if samples > reach:
            centred[..., :reach] = emphasised[..., reach:0:-1]
            centred[..., reach + samples :] = emphasised[..., -2 : -reach - 2 : -1]
        else:  # reflected more than once
            centred = np.pad(emphasised, (*[(0, 0)] * (waveform.ndim - 1), (reach, reach)), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(centred, self.config.n_fft, axis=-1)
        frames: Array = windows[..., :: self.config.hop_length, :]
        return frames

    def _log_mel(self, frames: Array) -> Array:
        """Turn frames (frames, n_fft) into features (n_mels, frames)."""
        config = self.config
        log_mel = np.empty((config.n_mels, len(frames)), np.float32)
        # Memory that every piece uses again: fresh memory would cost as much as what is done in it.
        windowed = np.empty((FRAMES_AT_ONCE, config.n_fft), np.float32)
        spectra = np.empty((FRAMES_AT_ONCE, config.n_fft // 2 + 1), np.complex64)
        powers = np.empty(spectra.shape, np.float32)
        mels = np.empty((config.n_mels, FRAMES_AT_ONCE), np.float32)
        for start in range(0, len(frames), FRAMES_AT_ONCE):
            some = frames[start : start + FRAMES_AT_ONCE]
            count = len(some)
            spectrum, power, mel = spectra[:count], powers[:count], mels[:, :count]
            np.multiply(some, self.window, out=windowed[:count])
            np.fft.rfft(windowed[:count], out=spectrum)  # type: ignore[arg-type]  # numpy's types know no complex64 here
            np.square(spectrum.real, out=power)
            power += np.square(spectrum.imag, out=spectrum.imag)
            for bands, bins, triangles in self._bands:
                np.matmul(triangles, power[:, bins].T, out=mel[bands])
            mel += np.float32(config.log_offset)
            np.log(mel, out=mel)
            mel -= np.float32(config.mean)
            np.divide(mel, np.float32(config.scale), out=log_mel[:, start : start + count])
        return log_mel


def mel_bank(frequencies: NDArray[np.floating], n_mels: int, f_min: float, f_max: float) -> Array:
    """Return triangles of equal width on the mel scale, as Kaldi defines them.

    The scale is 1127 ln(1 + f / 700 Hz); triangles are symmetric on it, each reaching to its neighbours' peaks.

    Args:
        frequencies: Of the bins, in Hz.
        n_mels: The number of triangles.
        f_min: Where the first triangle begins, in Hz.
        f_max: Where the last one ends, in Hz.

    Returns:
        (n_mels, bins), from 0 to 1.
    """
    edges = np.linspace(_mel(f_min), _mel(f_max), n_mels + 2)[:, np.newaxis]
    slopes = (_mel(frequencies) - edges) / (edges[1] - edges[0])
    bank: Array = np.maximum(0.0, np.minimum(slopes[:-2], -slopes[2:])).astype(np.float32)
    return bank


def _mel(frequency: float | NDArray[np.floating]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(frequency) / 700.0)


def _nonzero_parts(bank: Array) -> list[tuple[slice, slice, Array]]:
    """Split a bank (n_mels, bins) into groups of bands: (bands, the bins that they cover, their weights)."""
    parts = []
    for first in range(0, len(bank), BANDS_AT_ONCE):
        bands = slice(first, first + BANDS_AT_ONCE)
        covered = np.flatnonzero(bank[bands].any(axis=0))
        bins = slice(covered[0], covered[-1] + 1) if len(covered) else slice(0, 1)
        parts.append((bands, bins, np.ascontiguousarray(bank[bands, bins])))
    return parts
