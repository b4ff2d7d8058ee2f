"""Scores: the notes of a MIDI file, and what can be taken from them."""

import warnings
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import TrainingError


class Note(NamedTuple):
    """A note in seconds, MIDI pitch and velocity."""

    start: float
    end: float
    pitch: int
    velocity: int = 80


class Score(NamedTuple):
    """The notes of a MIDI file: the leading part, and all the others."""

    melody: tuple[Note, ...]
    harmony: tuple[Note, ...]


@lru_cache(maxsize=64)
def read_score(path: Path) -> Score:
    """Read a MIDI file; the part named melody, or else the highest one, leads.

    Raises:
        TrainingError: The file cannot be read or has no notes.
    """
    import pretty_midi

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tempo changes outside the first track, common in old files
            midi = pretty_midi.PrettyMIDI(str(path))
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        raise TrainingError(f"The MIDI file {path} cannot be read ({error}); remove it or repair it.") from error
    parts = [part for part in midi.instruments if part.notes and not part.is_drum]
    if not parts:
        raise TrainingError(f"The MIDI file {path} has no notes; remove it.")
    leader = max(
        parts, key=lambda part: (part.name.lower() == "melody", float(np.mean([note.pitch for note in part.notes])))
    )
    leading, others = [
        sorted(Note(note.start, note.end, note.pitch) for part in chosen for note in part.notes)
        for chosen in ([leader], [part for part in parts if part is not leader])
    ]
    return Score(tuple(leading), tuple(others or leading))


def excerpt(score: Score, start: float, seconds: float, tempo: float) -> Score:
    """Cut out the part of a score from `start` (a share, 0 to 1) on that lasts `seconds` at `tempo` times its speed."""
    onsets = [note.start for note in score.melody]
    latest = max(onsets[0], onsets[-1] - seconds * tempo)
    begin = next(onset for onset in onsets if onset >= onsets[0] + start * (latest - onsets[0]))

    def cut(notes: tuple[Note, ...]) -> tuple[Note, ...]:
        moved = [Note((n.start - begin) / tempo, (n.end - begin) / tempo, n.pitch) for n in notes]
        return tuple(n._replace(end=min(n.end, seconds)) for n in moved if 0 <= n.start < seconds - 0.1)

    return Score(cut(score.melody), cut(score.harmony))


def monophonic(notes: tuple[Note, ...]) -> list[Note]:
    """Keep one note at a time: the highest of those that begin together, each cut where the next begins."""
    top = [max(chord, key=lambda n: n.pitch) for _, chord in groupby(sorted(notes), key=lambda n: round(n.start, 2))]
    return [n._replace(end=min(n.end, following.start)) for n, following in pairwise(top)] + top[-1:]


def chords(notes: tuple[Note, ...]) -> list[list[Note]]:
    """Group notes that begin together, at most six in a group."""
    return [list(group)[-6:] for _, group in groupby(sorted(notes), key=lambda n: round(n.start, 1))]
