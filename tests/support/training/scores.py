"""Scores and sound fonts that the tests make for themselves, and the one that Debian installs."""

import struct
from pathlib import Path

import mido

FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian's fluid-soundfont-gm


def write_score(path: Path, seconds: int = 40) -> Path:
    """A scale above a slow bass of two notes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    melody, bass = mido.MidiTrack(), mido.MidiTrack()
    for second in range(seconds):
        for pitch in (72 + second % 12, 74 + second % 12):
            melody.append(mido.Message("note_on", note=pitch, velocity=90))
            melody.append(mido.Message("note_off", note=pitch, time=480))
        for pitch in (48, 55):
            bass.append(mido.Message("note_on", note=pitch, velocity=90))
        bass.append(mido.Message("note_off", note=48, time=960))
        bass.append(mido.Message("note_off", note=55))
    mido.MidiFile(tracks=[bass, melody], ticks_per_beat=480).save(path)  # two beats a second
    return path


def make_font(path: Path, presets: list[tuple[int, int]]) -> Path:
    """The part of a sound font that names its presets, with the record that marks the end."""
    records = b"".join(struct.pack("<20sHH14x", b"preset", program, bank) for program, bank in (*presets, (0, 0)))
    chunk = b"phdr" + struct.pack("<I", len(records)) + records
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"sfbk" + chunk)
    return path
