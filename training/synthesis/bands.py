"""Bands without their melody: what `training.data.examples` puts behind a soloist.

A lead over a band is what people upload most, and no collection has it with the lead apart. So drums, bass,
chords and sections play the harmony of a score, whose own melody is left out.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..data.clips import OTHER, Kind
from ..errors import TrainingError
from .general_midi import SECTIONS, VOICES, Voice, playable, voices_of
from .midi_performance import PlayedPart, Style
from .plan import FAINT_DB, Phrase, draw_part

DRUMS = tuple(voice for voice in VOICES if voice.hands == "drums")
BASSES = tuple(voice for voice in VOICES if 32 <= voice.program <= 39 and not voice.bank)
PADS = tuple(voice for voice in VOICES if voice.label == OTHER and voice.hands == "keys" and 88 <= voice.program <= 95)
SOFT_KEYS = tuple(voice for voice in VOICES if voice.label == OTHER and voice.program in (4, 5, 7, 11, 21))
BRASS = tuple(voice for voice in VOICES if voice.label == OTHER and 61 <= voice.program <= 63)

DRUMS_SHARE, BASS_SHARE = 0.75, 0.85
CHORDS = {
    "piano": 3.0,
    "acoustic_guitar": 2.0,
    "electric_guitar": 2.0,
    "organ": 1.0,
    "sections": 5.0,
    "pads": 1.0,
    "soft keys": 1.5,
    "brass": 0.5,
}
"""What plays the chords, and how often."""
CHORD_VOICES = {"sections": SECTIONS, "pads": PADS, "soft keys": SOFT_KEYS, "brass": BRASS}
CHORD_PLAYERS = ((0, 1, 2, 3), (0.08, 0.47, 0.33, 0.12))
LEVEL_DB = (-8.0, 0.0)


class Accompaniment(Phrase):
    """A band without its melody; `labels` are the instruments of ours in it, as far as they are heard well."""

    @property
    def kind(self) -> Kind:
        """What kind of clip it becomes."""
        return "accompaniment"

    @property
    def labels(self) -> tuple[str, ...]:
        """Every one of our labels that is heard well, in alphabetical order."""
        loudest = max(part.level_db for part in self.parts)
        return tuple(sorted({p.voice.label for p in self.parts if p.level_db >= loudest + FAINT_DB} - {OTHER}))

    @property
    def complete(self) -> bool:
        """Whether `labels` are all that sound; violins and cellos of a section are not said to be absent."""
        return not any(part.voice in SECTIONS for part in self.parts)


def draw_bands(midi: list[Path], fonts: list[Path], count: int, seed: int) -> list[Phrase]:
    """Draw accompaniments; a larger count has those of a smaller one first.

    Raises:
        TrainingError: A sound font lacks the presets of a band.
    """
    return [_draw_band(midi, fonts, (seed, len(CHORDS), number)) for number in range(count)]


def _draw_band(midi: list[Path], fonts: list[Path], seed: tuple[int, ...]) -> Accompaniment:
    rng = np.random.default_rng(seed)
    font = fonts[int(rng.integers(len(fonts)))]

    def part(voices: tuple[Voice, ...], style: Style) -> PlayedPart:
        able = playable(voices, font)
        if not able:
            raise TrainingError(f"{font} lacks {voices[0].detail}; give a complete General MIDI sound font.")
        weights = np.array([voice.weight for voice in able])
        drawn = draw_part(able[int(rng.choice(len(able), p=weights / weights.sum()))], rng, accompaniment=True)
        return replace(drawn, style=style, level_db=float(rng.uniform(*LEVEL_DB)))

    players = int(rng.choice(CHORD_PLAYERS[0], p=CHORD_PLAYERS[1]))
    weights = np.array(list(CHORDS.values()))
    names = rng.choice(list(CHORDS), size=players, replace=False, p=weights / weights.sum())
    styles: list[Style] = ["chords", "arpeggio"]
    parts = [
        part(CHORD_VOICES.get(name) or voices_of(name, font), styles[int(rng.integers(2))]) for name in map(str, names)
    ]
    if rng.random() < BASS_SHARE or not parts:
        parts.append(part(BASSES, "bass"))
    if rng.random() < DRUMS_SHARE:
        parts.append(part(DRUMS, "drums"))
    return Accompaniment(
        midi=midi[int(rng.integers(len(midi)))],
        font=font,
        parts=tuple(parts),
        start=float(rng.uniform()),
        tempo=float(np.exp(rng.uniform(np.log(0.8), np.log(1.3)))),
        seconds=float(rng.uniform(8, 12)),
        reverb=float(rng.uniform(0.0, 0.7)),
        chorus=0.0,
        amplifier=None,
        seed=seed,
    )
