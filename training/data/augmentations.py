"""Named augmentations; each can be switched off, so that an ablation can say what it is worth.

`VOICE_LEVEL` ones change one instrument before it is mixed with others, `SCENE_LEVEL` ones what a microphone, a room or
a file format does to all of it. Masks are painted on the spectrogram by `SpectrogramMask`, inside the training step.
"""

import functools
from collections.abc import Callable, Collection, Sequence

import librosa
import numpy as np
import pedalboard
import soxr
import torchaudio.functional
from pedalboard._pedalboard import Pedalboard
from scipy.signal import fftconvolve
from torch import Tensor, nn

from instrument_model.config import FrontendConfig

from .levels import Waveform, add_at_snr, amplitude, rms

Effect = Callable[[Waveform, int, np.random.Generator], Waveform]

NOISE_SECONDS = 60.0
NOISE_SLOPES = (0.0, 0.5, 1.0, 1.5, 2.0)  # power falls with frequency to this: white, ..., pink, ..., brown


def speed(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Play faster or slower by up to two semitones, pitch and tempo together, as a tape would."""
    ratio = 2.0 ** (rng.uniform(-2, 2) / 12)
    return np.asarray(soxr.resample(waveform, sample_rate, sample_rate * ratio, quality="LQ"), dtype=np.float32)


def stretch(waveform: Waveform, _: int, rng: np.random.Generator) -> Waveform:
    """Change the tempo by up to a quarter and leave the pitch."""
    return librosa.effects.time_stretch(waveform, rate=rng.uniform(0.8, 1.25))


def pitch(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Change the pitch by up to two semitones and leave the tempo."""
    return librosa.effects.pitch_shift(waveform, sr=sample_rate, n_steps=rng.uniform(-2, 2), res_type="soxr_lq")


def amplifier(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Play an electric guitar through pedals, an amplifier from clean to distorted, and a loudspeaker cabinet."""
    waveform = waveform / max(float(np.abs(waveform).max()), 1e-4) * 0.5
    chain: list[pedalboard.Plugin] = [pedalboard.HighpassFilter(rng.uniform(60, 140))]
    if rng.random() < 0.4:
        chain.append(pedalboard.Compressor(rng.uniform(-30, -15), rng.uniform(2, 6)))
    if rng.random() < 0.65:
        chain.append(pedalboard.Distortion(rng.uniform(3, 40)))
    modulation = rng.random()
    if modulation < 0.2:
        chain.append(pedalboard.Chorus(rng.uniform(0.3, 2.5), rng.uniform(0.1, 0.5), mix=rng.uniform(0.2, 0.5)))
    elif modulation < 0.3:
        chain.append(pedalboard.Phaser(rng.uniform(0.2, 2.0), mix=rng.uniform(0.2, 0.6)))
    chain += [
        pedalboard.PeakFilter(rng.uniform(350, 700), rng.uniform(-8, 3), 0.8),
        pedalboard.PeakFilter(rng.uniform(1_800, 3_500), rng.uniform(-3, 8), 0.9),
        pedalboard.LowpassFilter(rng.uniform(4_000, 7_000)),
        pedalboard.LowpassFilter(rng.uniform(4_500, 9_000)),
    ]
    if rng.random() < 0.25:
        chain.append(pedalboard.Delay(rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.35)))
    return _play(chain, waveform, sample_rate)


def equalise(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Turn the knobs of a mixing desk: bass, treble and one resonance."""
    chain = [
        pedalboard.LowShelfFilter(rng.uniform(100, 400), rng.uniform(-8, 6)),
        pedalboard.HighShelfFilter(rng.uniform(2_000, 8_000), rng.uniform(-10, 6)),
        pedalboard.PeakFilter(float(np.exp(rng.uniform(np.log(200), np.log(6_000)))), rng.uniform(-8, 8), 1.0),
    ]
    return _play(chain, waveform, sample_rate)


def reverb(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Place the sound in a room, from a cupboard to a hall."""
    wet = rng.uniform(0.05, 0.5)
    room = pedalboard.Reverb(rng.uniform(0.05, 0.9), rng.uniform(0.2, 0.9), wet, 1.0 - wet, width=0.0)
    return _play([room], waveform, sample_rate)


def room(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Move the microphone away: a few early reflections, and noise that dies away and grows dull.

    Moorer, "About this reverberation business" (Computer Music Journal, 1979): a late response is decaying noise.
    """
    seconds = float(np.exp(rng.uniform(np.log(0.12), np.log(1.6))))  # until it is 60 dB weaker
    length = min(round(seconds * sample_rate), len(waveform))
    time = np.arange(length) / sample_rate
    late = rng.standard_normal(length).astype(np.float32)
    dull = _play([pedalboard.LowpassFilter(rng.uniform(1_500, 8_000))], late, sample_rate)
    share = np.minimum(time / seconds * 2, 1).astype(np.float32)
    response = (late * (1 - share) + dull * share) * 10 ** (-3 * time / seconds)
    response /= rms(response) * length**0.5
    response *= amplitude(-rng.uniform(-3, 15))  # energy of the direct sound over that of the room
    response[0] = 1.0
    for delay in rng.integers(round(0.001 * sample_rate), round(0.02 * sample_rate), rng.integers(2, 7)):
        if delay < length:
            response[delay] += rng.uniform(-0.6, 0.6)
    return np.asarray(fftconvolve(waveform, response)[: len(waveform)], np.float32)


def noise(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Add stationary noise of some colour at 3 to 40 dB below the signal."""
    bank = _noise_bank(sample_rate)
    colour = bank[rng.integers(len(bank))]
    start = rng.integers(len(colour) - len(waveform))
    return add_at_snr(waveform, colour[start : start + len(waveform)], rng.uniform(3, 40))


def band_limit(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Limit the band as a telephone, a cheap microphone or a file at a low sample rate does."""
    cutoff = rng.uniform(2_500, 12_000)
    chain = [
        pedalboard.HighpassFilter(rng.uniform(20, 250)),
        pedalboard.LowpassFilter(cutoff),
        pedalboard.LowpassFilter(cutoff),
    ]
    return _play(chain, waveform, sample_rate)


def codec(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Encode and decode as MP3 at some bit rate (pedalboard's VBR quality; 10 is the worst)."""
    return _play([pedalboard.MP3Compressor(rng.uniform(2, 9.5))], waveform, sample_rate)


def telephone(waveform: Waveform, sample_rate: int, _: np.random.Generator) -> Waveform:
    """Pass the sound through a mobile telephone (GSM full rate)."""
    peak = max(float(np.abs(waveform).max()), 1e-6)
    return _play([pedalboard.GSMFullRateCompressor()], waveform * np.float32(0.7 / peak), sample_rate)


def old_recording(waveform: Waveform, sample_rate: int, rng: np.random.Generator) -> Waveform:
    """Imitate a shellac record: a horn's narrow band, overloaded, with hiss and clicks."""
    peak = max(float(np.abs(waveform).max()), 1e-6)
    cut = np.tanh(waveform * np.float32(rng.uniform(0.8, 3.0) / peak))
    clicks = (rng.random(len(cut)) < rng.uniform(2, 40) / sample_rate) * rng.standard_normal(len(cut)) * 2
    worn = cut + clicks + rng.standard_normal(len(cut)) * amplitude(-rng.uniform(25, 45))
    chain = [
        pedalboard.HighpassFilter(rng.uniform(150, 350)),
        pedalboard.LowpassFilter(rng.uniform(2_500, 5_500)),
        pedalboard.PeakFilter(rng.uniform(700, 2_500), rng.uniform(0, 9), 1.2),
    ]
    return _play(chain, worn.astype(np.float32), sample_rate)


def gain(waveform: Waveform, _: int, rng: np.random.Generator) -> Waveform:
    """Set the peak anywhere from full scale to 30 dB below; now and then overdrive the converter."""
    peak = max(float(np.abs(waveform).max()), 1e-6)
    if rng.random() < 0.06:
        return np.asarray(np.clip(waveform * (rng.uniform(1.5, 4) / peak), -1, 1), np.float32)
    return waveform * np.float32(amplitude(rng.uniform(-30, 0)) / peak)


VOICE_LEVEL: dict[str, tuple[float, Effect]] = {
    "speed": (0.5, speed),
    "stretch": (0.03, stretch),
    "pitch": (0.03, pitch),
    "equalise": (0.4, equalise),
}
"""Name to probability and effect, in the order in which they are applied."""

AMPLIFIER = (0.6, amplifier)  # for electric guitar alone, first of all

SCENE_LEVEL: dict[str, tuple[float, Effect]] = {
    "reverb": (0.25, reverb),
    "room": (0.25, room),
    "old_recording": (0.06, old_recording),
    "noise": (0.42, noise),
    "band_limit": (0.15, band_limit),
    "codec": (0.15, codec),
    "telephone": (0.03, telephone),
    "gain": (1.0, gain),
}


def apply(
    effects: dict[str, tuple[float, Effect]],
    waveform: Waveform,
    sample_rate: int,
    rng: np.random.Generator,
    without: Collection[str],
) -> Waveform:
    """Apply each effect with its probability, except those named in `without`.

    Returns:
        (samples,), not always as many as before: some effects change the length.
    """
    for name, (probability, effect) in effects.items():
        # The draw is made either way, so that switching one effect off leaves the others as they were.
        if rng.random() < probability and name not in without:
            waveform = effect(waveform, sample_rate, rng)
    return waveform


class SpectrogramMask(nn.Module):
    """SpecAugment (Park et al., Interspeech 2019): hides one stretch of time and one of frequency.

    Masked bins get the value that silence has. Zero, the usual filling, is somewhere in the middle of a normalised
    spectrogram: a sound.
    """

    def __init__(self, frontend: FrontendConfig, max_frames: int = 25, max_bands: int = 16) -> None:
        super().__init__()
        self.silence = (np.log(frontend.log_offset) - frontend.mean) / frontend.scale
        self.max_frames, self.max_bands = max_frames, max_bands

    def forward(self, log_mel: Tensor) -> Tensor:
        """Map (batch, 1, n_mels, frames) to the same shape; masks differ between the items of a batch."""
        for axis, size in ((3, self.max_frames), (2, self.max_bands)):
            log_mel = torchaudio.functional.mask_along_axis_iid(log_mel, size, self.silence, axis)
        return log_mel


def _play(chain: Sequence[pedalboard.Plugin], waveform: Waveform, sample_rate: int) -> Waveform:
    return np.asarray(Pedalboard(list(chain))(waveform, sample_rate), dtype=np.float32)


@functools.cache
def _noise_bank(sample_rate: int) -> list[Waveform]:
    """Return a minute of each colour of noise; made once, because shaping it costs more than all other effects."""
    rng = np.random.default_rng(0)
    samples = int(NOISE_SECONDS * sample_rate)
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequencies = np.maximum(np.fft.rfftfreq(samples, 1 / sample_rate), 20.0)
    return [np.fft.irfft(spectrum * frequencies ** (-slope / 2), samples).astype(np.float32) for slope in NOISE_SLOPES]
