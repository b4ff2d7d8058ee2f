"""Recordings that the tests make for themselves: tones, in any format."""

from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SOUNDFILE = {  # suffix: what libsndfile calls it
    "wav": ("WAV", "PCM_16"),
    "8bit.wav": ("WAV", "PCM_U8"),
    "24bit.wav": ("WAV", "PCM_24"),
    "32bit.wav": ("WAV", "PCM_32"),
    "float.wav": ("WAV", "FLOAT"),
    "double.wav": ("WAV", "DOUBLE"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "aiff": ("AIFF", "PCM_16"),
}
FFMPEG = {  # suffix: container, codec, codec's sample format
    "m4a": ("mp4", "aac", "fltp"),
    "webm": ("webm", "libopus", "flt"),
    "aac": ("adts", "aac", "fltp"),
    "mkv": ("matroska", "pcm_s16le", "s16"),
    "mp4": ("mp4", "aac", "fltp"),
    "3gp": ("3gp", "aac", "fltp"),
    "caf": ("caf", "pcm_s16be", "s16"),
    "tta": ("tta", "tta", "s16"),
    "wv": ("wv", "wavpack", "s16p"),
}
FORMATS = (*SOUNDFILE, *FFMPEG)


def tone(seconds: float = 2.0, rate: int = 44_100, pitch: float = 440.0, level: float = 0.5) -> Samples:
    """A sine, (samples,)."""
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def pitch_of(waveform: Samples, rate: int) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(waveform * np.hanning(len(waveform))))
    return float(np.argmax(spectrum) * rate / len(waveform))


def write(path: Path, samples: Samples, rate: int) -> Path:
    """Writes (samples,) or (samples, channels) in the format that the file's name ends with."""
    suffix = next(suffix for suffix in sorted(FORMATS, key=len, reverse=True) if path.name.endswith(f".{suffix}"))
    if suffix in FFMPEG:
        return _write_with_ffmpeg(path, samples, rate, *FFMPEG[suffix])
    kind, subtype = SOUNDFILE[suffix]
    frames = samples.reshape(len(samples), -1)
    with soundfile.SoundFile(path, "w", rate, frames.shape[1], subtype, format=kind) as file:
        for start in range(0, len(frames), rate):  # libsndfile's Vorbis encoder crashes on more than it expects
            file.write(frames[start : start + rate])
    return path


def _write_with_ffmpeg(path: Path, samples: Samples, rate: int, container: str, codec: str, sample_format: str) -> Path:
    frames = samples.reshape(len(samples), -1)
    layout = {1: "mono", 2: "stereo", 16: "hexadecagonal"}[frames.shape[1]]
    with av.open(path, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout, format=sample_format)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(sample_format, layout, rate)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(frames.reshape(1, -1)), "flt", layout)
        frame.sample_rate = rate
        for piece in (*resampler.resample(frame), None):
            file.mux(stream.encode(piece))
    return path


def write_tone(path: Path, pitch: float = 440.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(1600) / 16_000
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch * time), 16_000)
    return path


def noise(seconds: float, seed: int = 0, rate: int = 32_000) -> Samples:
    """White noise, (samples,)."""
    return np.random.default_rng(seed).uniform(-0.3, 0.3, round(seconds * rate)).astype(np.float32)


def beat(folder: Path, rate: int = 32_000) -> Path:
    """Four seconds of a bass drum and of a snare drum in turn: no instrument that the bundled model knows."""
    time_axis = np.arange(4 * rate) / rate
    low, high = time_axis % 0.5, (time_axis + 0.25) % 0.5
    hiss = np.random.default_rng(0).normal(0, 0.3, len(time_axis))
    samples = np.sin(100 * np.pi * low) * np.exp(-12 * low) + hiss * np.exp(-60 * high)
    return write(folder / "beat.wav", (0.7 * samples).clip(-1, 1).astype(np.float32), rate)
