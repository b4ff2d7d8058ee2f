"""Mixtures of several sounds, and how certain each label then is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instrument_model.labels import LABEL_NAMES

from .clips import MUSIC, Clip
from .levels import Waveform, add_at_snr

UNNAMED_WEIGHT = 0.3  # a label that is not named for a clip may sound all the same, but mostly does not
AUDIBLE_DB = 9.0  # up to here the second part is a label; beyond it nobody knows, and it is left out of the loss
BAND_TARGET = 0.6  # an instrument of the band sounds, but the soloist is to rank before it


@dataclass(frozen=True)
class Layer:
    """A sound with its labels; `target` and `label_weight` are (labels,)."""

    waveform: Waveform
    target: NDArray[np.float32]
    label_weight: NDArray[np.float32]


def mix(first: Layer, second: Layer, below_db: float) -> Layer:
    """Add a second part `below_db` decibels below the first.

    Up to `AUDIBLE_DB` the labels are the union; a quieter part's labels are left out of the loss.
    """
    waveform = add_at_snr(first.waveform, second.waveform, below_db)
    if below_db <= AUDIBLE_DB:
        target = np.maximum(first.target, second.target)
        return Layer(waveform, target, np.maximum(np.minimum(first.label_weight, second.label_weight), target))
    hidden = second.target * (1 - first.target)
    return Layer(waveform, first.target, first.label_weight * (1 - hidden))


def accompany(solo: Layer, band: Layer, below_db: float) -> Layer:
    """Put a band `below_db` decibels below a soloist.

    Instruments of the band that are heard have `BAND_TARGET` for a target, quieter ones are left out of the loss. In
    front of music without labels it is the soloist alone who counts.
    """
    waveform = add_at_snr(solo.waveform, band.waveform, below_db)
    behind = band.target * (1 - solo.target)
    known = np.where(solo.target > 0, solo.label_weight, np.minimum(solo.label_weight, band.label_weight))
    if below_db <= AUDIBLE_DB:
        return Layer(
            waveform,
            np.maximum(solo.target, BAND_TARGET * behind),
            np.maximum(known, behind),
        )
    return Layer(waveform, solo.target, known * (1 - behind))


def labels_of(clip: Clip) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what sounds in a clip, and how much each label counts, of `MUSIC` nothing; both (labels,)."""
    target = np.array([label in clip.labels for label in LABEL_NAMES], np.float32)
    if clip.kind == MUSIC:
        return target, np.zeros_like(target)
    return target, np.ones_like(target) if clip.complete else np.maximum(target, UNNAMED_WEIGHT)
