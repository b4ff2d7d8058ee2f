"""Sounds that are none of the classes, where there is no folder `other`: the examples of this project, noise, tones.

They are a poor stand-in for recordings of what a model will meet, and far better than nothing.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instrument_model.audio import read_audio
from instrument_model.classifier import InstrumentClassifier
from instrument_model.labels import OWN, LabelSet

from ..data.clips import OTHER, Clip
from .embeddings import MAX_SECONDS, Heard

Floats = NDArray[np.float32]

SECONDS = 3.0  # of each sound that is made here
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BANDS = "orchestra band music choir instrument"
"""Words of classes that an example of several instruments may belong to."""

SYNTHETIC_WORDS = (
    "noise hiss static rain water wind hum buzz tone sine square beep siren whistle whistling click synth synthesizer"
)
"""Words of classes that noise and tones may belong to."""


def hear(labels: LabelSet, classifier: InstrumentClassifier, source: str) -> dict[Clip, Heard]:
    """Return the embeddings of sounds that no class is likely to hold.

    Args:
        labels: Of the classes.
        classifier: Computes embeddings.
        source: The collection that they are added to.
    """
    rate = classifier.config.frontend.sample_rate
    found = {}
    for name, waveform in _sounds(_words(" ".join((*labels.names, *labels.displays.values()))), rate):
        clip = Clip(EXAMPLES / name, (), "phrase", "train", source, f"{OTHER}/background/{name}", detail=OTHER)
        embeddings, _ = classifier.embed((waveform, rate))
        found[clip] = Heard(embeddings, embeddings[:0])
    return found


def _sounds(taken: set[str], rate: int) -> Iterator[tuple[str, Floats]]:
    """Yield names and samples, without what the words of the classes may stand for."""
    for path in sorted(EXAMPLES.glob("*.mp3")):
        family = OWN[path.stem].family if path.stem in OWN else BANDS
        if taken.isdisjoint(_words(f"{path.stem} {family}".replace("_", " "))):
            yield path.stem, read_audio(path, rate, MAX_SECONDS)
    if taken.isdisjoint(_words(SYNTHETIC_WORDS)):
        for name, samples in _synthetic(rate):
            yield name, samples.astype(np.float32)


def _synthetic(rate: int) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield noise of three colours, nearly silence, hum, clicks and tones."""
    rng = np.random.default_rng(0)
    time = np.arange(round(SECONDS * rate)) / rate
    white = rng.standard_normal(len(time))
    spectrum, bins = np.fft.rfft(white), np.arange(len(time) // 2 + 1) + 1
    for name, slope in (("white noise", 0.0), ("pink noise", 0.5), ("brown noise", 1.0)):
        noise = np.fft.irfft(spectrum / bins**slope, len(time))
        yield name, 0.3 * noise / np.abs(noise).max()
    yield "room", 5e-4 * white
    yield "clicks", np.where(np.arange(len(time)) % (rate // 4) < rate // 1600, 0.7, 0.0)
    for mains in (50, 60):
        yield f"hum {mains}", sum((0.1 / k * np.sin(2 * np.pi * mains * k * time) for k in range(1, 8)), 0 * time)
    for pitch in (110, 220, 440, 880, 1760, 3520):
        yield f"tone {pitch}", 0.3 * np.sin(2 * np.pi * pitch * time)
    for pitch in (130, 520):
        yield f"square {pitch}", 0.2 * np.sign(np.sin(2 * np.pi * pitch * time))


def _words(text: str) -> set[str]:
    """Return the words of a text, plurals without their s."""
    return {word.removesuffix("s") for word in re.findall(r"[^\W_]+", text.casefold())}
