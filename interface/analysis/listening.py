"""One recording, decoded once: the prediction, a picture of the sound, and what makes an answer less sure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instrument_model import InstrumentClassifier, Prediction
from instrument_model.audio import Waveform, read_blocks
from instrument_model.onnx.frontend import mel_bank

MAX_COLUMNS = 1400
"""Columns of the picture, about the pixels that a page has for it."""

N_FFT = 2048  # samples
N_MELS = 112
FRAMES_AT_ONCE = 64  # per FFT call; more would not fit the cache
TOP_FREQUENCY = 11_000.0  # Hz; above it there is hardly anything to see
DYNAMIC_RANGE = 70.0  # dB that the picture shows below the loudest spot

SHORT_SECONDS = 2.0
QUIET_DBFS = -35.0
CLIPPED_SHARE = 1e-3
NOISY_FLATNESS = 0.05
"""Clean phrases of single instruments stay under 0.03; with white noise 5 dB below them they have 0.06 and more."""


@dataclass(frozen=True)
class Picture:
    """A mel spectrogram for the page.

    Attributes:
        levels: (mel bands, columns), low notes first; 0 is `DYNAMIC_RANGE` below the loudest spot, 1 the loudest spot.
    """

    levels: NDArray[np.float32]


@dataclass(frozen=True)
class Listening:
    """Everything that the page says about a recording.

    Attributes:
        prediction: The classifier's answer.
        thresholds: The probability from which each label counts as heard.
        picture: What the sound looks like.
        short: Under `SHORT_SECONDS` of sound.
        quiet: Its peak is under `QUIET_DBFS`.
        clipped: More than `CLIPPED_SHARE` of the samples are at the limits of the format.
        noisy: Its spectrum is nearly as flat as noise.
    """

    prediction: Prediction
    thresholds: dict[str, float]
    picture: Picture
    short: bool
    quiet: bool
    clipped: bool
    noisy: bool


def listen(
    classifier: InstrumentClassifier,
    path: str | Path,
    max_seconds: float,
    progress: Callable[[float], object] = lambda _: None,
) -> Listening:
    """Decode a file once, and analyse it for everything that the page shows.

    Args:
        classifier: What recognises.
        path: The recording.
        max_seconds: The rest of it is left out.
        progress: Called with the share that is done, 0 to 1; what it raises ends the work.

    Raises:
        AudioError: The file cannot be read.
    """
    sample_rate = classifier.config.frontend.sample_rate
    blocks, decoded = read_blocks(path, sample_rate, max_seconds + 1), []
    for block in blocks:
        progress(0.0)
        decoded.append(block)
    waveform = np.concatenate(decoded)
    seconds = len(waveform) / sample_rate
    progress(0.1)
    prediction = classifier.predict(
        (waveform, sample_rate), max_seconds, lambda done: progress(0.1 + 0.8 * min(done / seconds, 1.0))
    )
    waveform = waveform[: round(max_seconds * sample_rate)]
    power = column_powers(waveform)
    return Listening(
        replace(prediction, remarks=blocks.remarks),
        dict(classifier.config.calibration.thresholds),
        picture(power, sample_rate),
        short=seconds < SHORT_SECONDS,
        quiet=not prediction.silent and prediction.peak_dbfs < QUIET_DBFS,
        clipped=float(np.mean(np.abs(waveform) > 0.995)) > CLIPPED_SHARE,
        noisy=not prediction.silent and flatness(power, sample_rate) > NOISY_FLATNESS,
    )


def column_powers(waveform: Waveform) -> NDArray[np.float32]:
    """Power spectra, (bins, columns), of at most `MAX_COLUMNS` moments evenly spread over the waveform (samples,)."""
    hop = max(N_FFT // 8, -(-len(waveform) // MAX_COLUMNS))
    padded = np.pad(waveform, (N_FFT // 2, N_FFT // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::hop]
    power = np.empty((N_FFT // 2 + 1, len(frames)), np.float32)
    window = np.hanning(N_FFT).astype(np.float32)
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        spectrum = np.fft.rfft(frames[start : start + FRAMES_AT_ONCE] * window)
        power[:, start : start + FRAMES_AT_ONCE] = (np.square(spectrum.real) + np.square(spectrum.imag)).T
    return power


def picture(power: NDArray[np.float32], sample_rate: int) -> Picture:
    """Return the mel spectrogram of power spectra (bins, columns)."""
    frequencies = np.linspace(0, sample_rate / 2, len(power))
    bank = mel_bank(frequencies, N_MELS, 0.0, TOP_FREQUENCY)
    bank /= bank.sum(axis=1, keepdims=True) + np.float32(1e-12)  # the mean of each band: noise looks even
    decibels = 10 * np.log10(bank @ power + np.float32(1e-12))
    return Picture(np.clip((decibels - decibels.max()) / np.float32(DYNAMIC_RANGE) + 1, 0, 1))


def flatness(power: NDArray[np.float32], sample_rate: int) -> float:
    """Spectral flatness from 100 Hz to 8 kHz in the louder half of the moments: near 0 for tones, 1 for white noise.

    Geometric over arithmetic mean (Johnston, "Transform coding of audio signals using perceptual noise criteria",
    IEEE Journal on Selected Areas in Communications, 1988).
    """
    frequencies = np.linspace(0, sample_rate / 2, len(power))
    band = power[(frequencies >= 100) & (frequencies <= 8000)]
    loudness = band.sum(axis=0)
    loud = band[:, loudness >= np.median(loudness)] + np.float32(1e-12)
    return float(np.median(np.exp(np.log(loud).mean(axis=0)) / loud.mean(axis=0)))
