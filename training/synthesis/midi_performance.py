"""A score becomes a performance: an excerpt moved into an instrument's register, played, and written as MIDI."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import mido
import numpy as np

from .general_midi import Voice
from .midi_score import Note, Score, chords, monophonic

Style = Literal["melody", "chords", "arpeggio", "both", "bass", "drums"]
TICKS_PER_SECOND = 1920  # 960 ticks a beat at MIDI's default tempo of two beats a second
PITCH_BEND_RANGE = 2.0  # semitones, General MIDI's default
DRUM_CHANNEL = 9
KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH, RIDE, TOMS = 36, 38, 42, 46, 49, 51, (41, 45, 48)


@dataclass(frozen=True)
class PlayedPart:
    """How one voice plays in a phrase.

    Attributes:
        voice: The preset.
        style: What it plays of the score.
        register: Where the middle of the phrase lies in the voice's range, 0 (lowest) to 1 (highest).
        articulation: Sounding share of a note's length: 0.4 is staccato, above 1 legato.
        velocity: Mean MIDI velocity.
        swell: Depth of the slow rise and fall of expression, 0 to 1.
        vibrato: Depth in cents.
        rate: Vibrato's frequency in Hz.
        detune: Offset of the tuning in cents.
        strum: Seconds between the notes of a chord.
        level_db: Level of the part in dB (0 for a solo part).
    """

    voice: Voice
    style: Style
    register: float
    articulation: float
    velocity: int
    swell: float
    vibrato: float
    rate: float
    detune: float
    strum: float
    level_db: float = 0.0


def arpeggio(notes: tuple[Note, ...], rng: np.random.Generator) -> list[Note]:
    """Break chords into a steady pattern of single notes that ring on."""
    step = float(rng.uniform(0.14, 0.32))
    played = []
    for chord in chords(notes):
        pitches = sorted({n.pitch for n in chord} | {min(n.pitch for n in chord) + 12})
        order = pitches + pitches[-2:0:-1] if rng.random() < 0.6 else pitches
        end = max(n.end for n in chord)
        for number, onset in enumerate(np.arange(chord[0].start, end - step / 2, step)):
            played.append(Note(float(onset), min(end, float(onset) + 3 * step), order[number % len(order)]))
    return played


def drum_pattern(seconds: float, rng: np.random.Generator) -> list[Note]:
    """Repeat a drummer's bar with small changes."""
    eighth = 30.0 / rng.uniform(70, 160)
    kicks = {0, 4} | set(rng.choice(8, 2).tolist())
    cymbal = int(rng.choice([CLOSED_HAT, CLOSED_HAT, RIDE, OPEN_HAT]))
    played = [Note(0.0, 0.2, CRASH)] if rng.random() < 0.3 else []
    for number, onset in enumerate(np.arange(0, seconds - eighth, eighth)):
        hits = [cymbal] if rng.random() < 0.9 else []
        hits += [KICK] if number % 8 in kicks else []
        hits += [SNARE] if number % 4 == 2 or rng.random() < 0.08 else []
        hits += [int(rng.choice(TOMS))] if number % 32 >= 29 else []
        played += [Note(float(onset), float(onset) + 0.2, pitch) for pitch in hits]
    return played


def into_register(notes: list[Note], voice: Voice, register: float, shift: int | None = None) -> tuple[list[Note], int]:
    """Move notes so that their median lies at `register` of the voice's range; octaves bring back what is outside.

    Args:
        notes: What to move.
        voice: The range to move into.
        register: 0 (lowest) to 1 (highest).
        shift: Semitones that another part was moved by; this part then stays in the same key.

    Returns:
        The notes, and the semitones they were moved by.
    """
    centre = voice.low + (voice.high - voice.low) * (0.22 + 0.46 * register)
    move = round(centre - float(np.median([n.pitch for n in notes])))
    if shift is not None:
        move = shift + 12 * round((move - shift) / 12)

    def fold(pitch: int) -> int:
        if pitch < voice.low:
            return pitch + 12 * -(-(voice.low - pitch) // 12)
        return pitch - 12 * -(-(pitch - voice.high) // 12) if pitch > voice.high else pitch

    folded = {(n.start, fold(n.pitch + move)): n._replace(pitch=fold(n.pitch + move)) for n in notes}
    return sorted(folded.values()), move


def _chosen(score: Score, style: Style, rng: np.random.Generator) -> list[Note]:
    if style == "melody" or not score.harmony:
        return monophonic(score.melody)
    if style == "bass":
        return monophonic(tuple(min(chord, key=lambda n: n.pitch) for chord in chords(score.harmony)))
    if style == "chords":
        return [note for chord in chords(score.harmony) for note in chord]
    return arpeggio(score.harmony, rng) if style == "arpeggio" else [*score.melody, *score.harmony]


def play(
    score: Score, part: PlayedPart, seconds: float, rng: np.random.Generator, shift: int | None = None
) -> tuple[list[Note], int]:
    """Return the notes that a part plays of an excerpt, with a player's unevenness in time, length and velocity.

    Returns:
        The notes, and the semitones by which the score was moved.
    """
    if part.style == "drums":
        notes, move = drum_pattern(seconds, rng), 0
    else:
        notes, move = into_register(_chosen(score, part.style, rng), part.voice, part.register, shift)
    accents = rng.normal(0, 7, len(notes))
    phase = rng.uniform(0, 2 * np.pi)
    played = []
    for _, group in groupby(zip(notes, accents, strict=True), key=lambda pair: round(pair[0].start, 2)):
        chord = list(group)
        if rng.random() < 0.5:
            chord.reverse()  # an upstroke
        late = abs(rng.normal(0, 0.008))
        for order, (n, accent) in enumerate(chord):
            start = n.start + late + order * part.strum
            length = max(0.06, (n.end - n.start) * part.articulation * rng.uniform(0.9, 1.1))
            arc = 10 * np.sin(2 * np.pi * n.start / 5 + phase)
            played.append(
                Note(start, min(seconds, start + length), n.pitch, int(np.clip(part.velocity + accent + arc, 20, 127)))
            )
    return [n for n in played if n.end - n.start > 0.03], move


def _controls(
    part: PlayedPart, notes: list[Note], seconds: float, channel: int, rng: np.random.Generator
) -> list[tuple[float, mido.Message]]:
    """Yield bank, program and levels at the start, then expression, and pitch bends for detuning and vibrato."""
    volume = int(np.clip(round(127 * 10 ** (part.level_db / 40)), 1, 127))  # a controller of volume acts by its square
    bank = [] if channel == DRUM_CHANNEL else [mido.Message("control_change", control=0, value=part.voice.bank)]
    events = [
        (0.0, message.copy(channel=channel))
        for message in (
            *bank,
            mido.Message("program_change", program=part.voice.program),
            mido.Message("control_change", control=7, value=volume),
            mido.Message("control_change", control=10, value=int(rng.integers(30, 98))),
        )
    ]
    phase, wander = rng.uniform(0, 2 * np.pi, 2)
    onsets = np.array([n.start for n in notes])
    for time in np.arange(0.0, seconds, 0.02):
        since = time - onsets[onsets <= time].max(initial=-1.0)
        depth = part.vibrato * np.clip((since - 0.12) / 0.3, 0, 1)  # players let a note speak before it trembles
        cents = part.detune + depth * np.sin(2 * np.pi * part.rate * time + phase)
        bend = int(np.clip(cents / 100 / PITCH_BEND_RANGE * 8191, -8191, 8191))
        events.append((float(time), mido.Message("pitchwheel", channel=channel, pitch=bend)))
        swell = 1 - part.swell * (0.5 + 0.5 * np.sin(2 * np.pi * time / 4 + wander))
        events.append(
            (
                float(time),
                mido.Message("control_change", channel=channel, control=11, value=int(126 * max(0.25, swell))),
            )
        )
    return events


def write_midi(
    path: Path, score: Score, parts: tuple[PlayedPart, ...], seconds: float, rng: np.random.Generator
) -> None:
    """Write the performance of an excerpt by one or several parts as a MIDI file of type 0."""
    events: list[tuple[float, mido.Message]] = []
    shift: int | None = None
    for number, part in enumerate(parts):
        channel = DRUM_CHANNEL if part.style == "drums" else number
        notes, move = play(score, part, seconds, rng, shift)
        shift = move if part.style != "drums" and shift is None else shift
        events += _controls(part, notes, seconds, channel, rng)
        for note in notes:
            events.append(
                (note.start, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity))
            )
            events.append((note.end, mido.Message("note_off", channel=channel, note=note.pitch)))
    track = mido.MidiTrack()
    now = 0
    for time, message in sorted(events, key=lambda event: (event[0], event[1].type == "note_on")):
        tick = round(time * TICKS_PER_SECOND)
        track.append(message.copy(time=tick - now))
        now = tick
    mido.MidiFile(type=0, ticks_per_beat=960, tracks=[track]).save(path)
