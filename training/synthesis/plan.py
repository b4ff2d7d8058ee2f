"""What is rendered: phrases drawn from a seed, each determined by the seed and its own number alone."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..data.clips import OTHER, Kind
from ..errors import TrainingError
from .general_midi import RENDERED_LABELS, Voice, voices_of
from .midi_performance import PlayedPart, Style

FAINT_DB = -9.0


@dataclass(frozen=True)
class Amplifier:
    """A guitar amplifier in a few numbers.

    Attributes:
        drive_db: Gain before the signal is clipped; 0 leaves it clean.
        cabinet_hz: Upper limit of the loudspeaker.
        chorus: Share of the effect in what is heard; the same for the two that follow.
        phaser: Share.
        delay: Share.
    """

    drive_db: float
    cabinet_hz: float
    chorus: float
    phaser: float
    delay: float


@dataclass(frozen=True)
class Phrase:
    """Everything that determines a rendered phrase.

    Attributes:
        midi: The score.
        font: The sound font.
        parts: Who plays, the solo part first.
        start: Where the excerpt begins, as a share of the score.
        tempo: Times the score's own speed.
        seconds: Length.
        reverb: Level, 0 (none) to 1; the room grows with it.
        chorus: Level of FluidSynth's chorus, 0 for none.
        amplifier: For electric guitars.
        seed: What all this was drawn from; the unevenness of the playing is drawn from it as well.
    """

    midi: Path
    font: Path
    parts: tuple[PlayedPart, ...]
    start: float
    tempo: float
    seconds: float
    reverb: float
    chorus: float
    amplifier: Amplifier | None
    seed: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every one of our labels that is heard well, in alphabetical order."""
        return tuple(sorted({part.voice.label for part in self.parts if part.level_db >= FAINT_DB} - {OTHER}))

    @property
    def complete(self) -> bool:
        """Whether `labels` are all that sound: a faint accompaniment is not said to be absent either."""
        return not any(part.level_db < FAINT_DB and part.voice.label != OTHER for part in self.parts)

    @property
    def kind(self) -> Kind:
        """What kind of clip it becomes."""
        return "rendered"

    @property
    def detail(self) -> str:
        """The voices, more exactly."""
        return "+".join(part.voice.detail for part in self.parts)

    @property
    def group(self) -> str:
        """The score and the preset: phrases that share both are too alike to be split."""
        voice = self.parts[0].voice
        return f"{self.midi.parent.name}/{self.midi.stem}@{self.font.stem}:{voice.bank}:{voice.program}"

    @property
    def settings(self) -> str:
        """What was drawn, as JSON."""
        drawn = asdict(self) | {"midi": f"{self.midi.parent.name}/{self.midi.name}", "font": self.font.name}
        return json.dumps(drawn, sort_keys=True)

    @property
    def filename(self) -> str:
        """Where it is stored; the name changes with anything that was drawn."""
        digest = hashlib.sha256(self.settings.encode()).hexdigest()[:16]
        folder = self.parts[0].voice.label if self.kind == "rendered" else self.kind
        return f"{folder}/{digest}.ogg"


def draw_part(voice: Voice, rng: np.random.Generator, accompaniment: bool = False) -> PlayedPart:
    """Draw how a voice plays, alone or as the accompaniment of another."""
    by_hands: dict[str, tuple[list[Style], list[float]]] = {
        "line": (["melody"], [1.0]),
        "keys": (["melody", "chords", "arpeggio", "both"], [0.2, 0.2, 0.2, 0.4]),
        "strings": (["melody", "chords", "arpeggio", "both"], [0.4, 0.25, 0.25, 0.1]),
        "drums": (["drums"], [1.0]),
    }
    styles, weights = by_hands[voice.hands]
    if accompaniment and voice.hands in ("keys", "strings"):
        styles, weights = ["chords", "arpeggio"], [0.5, 0.5]
    trembles = voice.sustained or (voice.hands == "strings" and rng.random() < 0.3)
    return PlayedPart(
        voice=voice,
        style=styles[int(rng.choice(len(styles), p=weights))],
        register=float(rng.uniform()),
        articulation=float(
            rng.choice([rng.uniform(0.3, 0.7), rng.uniform(0.8, 1.0), rng.uniform(1.0, 1.12)], p=[0.2, 0.4, 0.4])
        ),
        velocity=int(rng.integers(45, 118)),
        swell=float(rng.uniform(0, 0.6)) if voice.sustained else 0.0,
        vibrato=float(rng.choice([0.0, rng.uniform(5, 45)], p=[0.3, 0.7])) if trembles else 0.0,
        rate=float(rng.uniform(4.2, 6.8)),
        detune=float(rng.normal(0, 12)),
        strum=float(rng.uniform(0.004, 0.04)) if voice.hands == "strings" else 0.0,
        level_db=float(rng.uniform(-15, -3)) if accompaniment else 0.0,
    )


def _draw_amplifier(rng: np.random.Generator) -> Amplifier:
    drive = float(rng.choice([0.0, rng.uniform(3, 12), rng.uniform(12, 32)], p=[0.4, 0.3, 0.3]))
    chorus, phaser, delay = (
        float(rng.uniform(0.15, 0.6)) if rng.random() < share else 0.0 for share in (0.25, 0.12, 0.25)
    )
    return Amplifier(drive, float(rng.uniform(3500, 7500)), chorus, phaser, delay)


def draw_phrase(label: str, midi: list[Path], fonts: list[Path], accompaniment: float, seed: tuple[int, ...]) -> Phrase:
    """Draw one phrase for a label or for "other".

    Raises:
        TrainingError: None of the sound fonts has a preset for the label.
    """
    rng = np.random.default_rng(seed)
    able = [font for font in fonts if voices_of(label, font)]
    if not able:
        raise TrainingError(f"None of the sound fonts has a preset for {label}; give a General MIDI sound font.")
    size = np.array([font.stat().st_size for font in able]) ** 0.25  # a larger font holds more distinct samples
    font = able[int(rng.choice(len(able), p=size / size.sum()))]

    def draw_voice(wanted: str) -> Voice:
        voices = voices_of(wanted, font)
        weight = np.array([voice.weight for voice in voices])
        return voices[int(rng.choice(len(voices), p=weight / weight.sum()))]

    parts = [draw_part(draw_voice(label), rng)]
    if rng.random() < accompaniment:
        others = [name for name in RENDERED_LABELS if name != label and voices_of(name, font)]
        parts.append(draw_part(draw_voice(str(rng.choice(others))), rng, accompaniment=True))
    electric = label == "electric_guitar" and len(parts) == 1 and rng.random() < 0.7
    return Phrase(
        midi=midi[int(rng.integers(len(midi)))],
        font=font,
        parts=tuple(parts),
        start=float(rng.uniform()),
        tempo=float(np.exp(rng.uniform(np.log(0.7), np.log(1.4)))),
        seconds=float(rng.uniform(8, 12)),
        reverb=float(rng.choice([0.0, rng.uniform(0.1, 1.0)], p=[0.3, 0.7])),
        chorus=float(rng.choice([0.0, rng.uniform(0.1, 2.0)], p=[0.8, 0.2])),
        amplifier=_draw_amplifier(rng) if electric else None,
        seed=seed,
    )


def draw_plan(
    midi: list[Path], fonts: list[Path], counts: dict[str, int], accompaniment: float, seed: int
) -> list[Phrase]:
    """Draw all phrases of a run, in an order that keeps every beginning of it balanced over the labels."""
    phrases = [
        (number / count, draw_phrase(label, midi, fonts, accompaniment, (seed, position, number)))
        for position, label in enumerate(RENDERED_LABELS)
        for number, count in [(number, counts.get(label, 0)) for number in range(counts.get(label, 0))]
    ]
    return [phrase for _, phrase in sorted(phrases, key=lambda pair: pair[0])]
