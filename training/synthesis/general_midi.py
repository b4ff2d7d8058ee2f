"""The presets of General MIDI sound fonts: which of them play our labels, which are others, in which register."""

import mmap
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from instrument_model.labels import LABEL_NAMES

from ..data.clips import OTHER
from ..errors import TrainingError

Hands = Literal["line", "keys", "strings", "drums"]


@dataclass(frozen=True)
class Voice:
    """How one General MIDI preset is played.

    Attributes:
        label: One of our labels, or "other".
        detail: What it is more exactly.
        program: General MIDI program, 0 to 127.
        bank: Bank in the General Standard sense; 128 for drums.
        low, high: MIDI pitches that players reach with ease.
        hands: "line" plays one note at a time, "keys" and "strings" chords too, "drums" patterns.
        weight: How often it is drawn relative to the other voices of its label.
        sustained: Whether the note lasts as long as it is blown or bowed, so that it can swell and tremble.
    """

    label: str
    detail: str
    program: int
    low: int
    high: int
    bank: int = 0
    hands: Hands = "line"
    weight: float = 1.0
    sustained: bool = True


def _keys(label: str, detail: str, program: int, low: int, high: int, bank: int = 0, weight: float = 1.0) -> Voice:
    return Voice(label, detail, program, low, high, bank, "keys", weight, sustained=False)


def _strings(label: str, detail: str, program: int, low: int, high: int, bank: int = 0, weight: float = 1.0) -> Voice:
    return Voice(label, detail, program, low, high, bank, "strings", weight, sustained=False)


# String sections, fiddle, piccolo and ukulele are left out: each is too near to a label of ours to be called another
# instrument and not near enough to be called that label. The others that resemble ours most come most often.
VOICES: tuple[Voice, ...] = (
    Voice("cello", "cello", 42, 36, 76),
    Voice("clarinet", "clarinet", 71, 50, 88),
    Voice("flute", "flute", 73, 60, 94),
    _strings("acoustic_guitar", "nylon_guitar", 24, 40, 81),
    _strings("acoustic_guitar", "steel_guitar", 25, 40, 81),
    _strings("acoustic_guitar", "twelve_string_guitar", 25, 40, 81, bank=8, weight=0.5),
    _strings("electric_guitar", "jazz_guitar", 26, 40, 84),
    _strings("electric_guitar", "clean_guitar", 27, 40, 86, weight=1.5),
    _strings("electric_guitar", "chorused_guitar", 27, 40, 86, bank=8, weight=0.5),
    _strings("electric_guitar", "second_clean_guitar", 27, 40, 86, bank=12),
    _strings("electric_guitar", "muted_guitar", 28, 40, 80, weight=0.6),
    _strings("electric_guitar", "funk_guitar", 28, 40, 80, bank=8, weight=0.5),
    _strings("electric_guitar", "overdriven_guitar", 29, 40, 88),
    _strings("electric_guitar", "distorted_guitar", 30, 40, 88),
    _strings("electric_guitar", "guitar_harmonics", 31, 52, 88, weight=0.1),
    _keys("organ", "drawbar_organ", 16, 36, 91),
    _keys("organ", "detuned_organ", 16, 36, 91, bank=8, weight=0.5),
    _keys("organ", "percussive_organ", 17, 36, 91),
    _keys("organ", "detuned_percussive_organ", 17, 36, 91, bank=8, weight=0.4),
    _keys("organ", "rock_organ", 18, 36, 91),
    _keys("organ", "church_organ", 19, 36, 91, weight=1.5),
    _keys("organ", "church_organ_2", 19, 36, 91, bank=8, weight=0.7),
    _keys("organ", "reed_organ", 20, 36, 91, weight=0.4),
    _keys("piano", "grand_piano", 0, 24, 104, weight=2.0),
    _keys("piano", "mellow_piano", 0, 24, 104, bank=8),
    _keys("piano", "bright_piano", 1, 24, 104),
    _keys("piano", "honky_tonk_piano", 3, 24, 104, weight=0.25),
    Voice("saxophone", "soprano_saxophone", 64, 56, 86, weight=0.8),
    Voice("saxophone", "alto_saxophone", 65, 49, 80),
    Voice("saxophone", "tenor_saxophone", 66, 44, 75),
    Voice("saxophone", "baritone_saxophone", 67, 36, 68, weight=0.7),
    Voice("trumpet", "trumpet", 56, 54, 84, weight=3.0),
    Voice("trumpet", "second_trumpet", 56, 54, 84, bank=1, weight=2.0),
    Voice("trumpet", "muted_trumpet", 59, 54, 82),
    Voice("trumpet", "second_muted_trumpet", 59, 54, 82, bank=1, weight=0.7),
    Voice("violin", "violin", 40, 55, 98, weight=2.0),
    Voice("violin", "slow_violin", 40, 55, 98, bank=8),
    Voice("voice", "choir_ahh", 52, 43, 79),
    Voice("voice", "voice_ooh", 53, 43, 79),
    Voice(OTHER, "viola", 41, 48, 76, weight=2.0),
    Voice(OTHER, "contrabass", 43, 28, 60, weight=2.5),
    _strings(OTHER, "harp", 46, 30, 96),
    Voice(OTHER, "timpani", 47, 38, 57, sustained=False, weight=0.5),
    Voice(OTHER, "trombone", 57, 40, 72, weight=2.5),
    Voice(OTHER, "tuba", 58, 28, 58),
    Voice(OTHER, "french_horn", 60, 41, 77, weight=2.0),
    Voice(OTHER, "brass_section", 61, 46, 82),
    Voice(OTHER, "synth_brass", 62, 43, 84, weight=0.7),
    Voice(OTHER, "soft_synth_brass", 63, 43, 84, weight=0.7),
    Voice(OTHER, "oboe", 68, 58, 88, weight=2.5),
    Voice(OTHER, "english_horn", 69, 52, 81, weight=2.0),
    Voice(OTHER, "bassoon", 70, 34, 72, weight=2.0),
    Voice(OTHER, "recorder", 74, 65, 91, weight=2.5),
    Voice(OTHER, "pan_flute", 75, 60, 89),
    Voice(OTHER, "shakuhachi", 77, 55, 84),
    Voice(OTHER, "whistle", 78, 67, 96, weight=0.7),
    Voice(OTHER, "ocarina", 79, 60, 89, weight=0.7),
    _keys(OTHER, "electric_piano", 4, 33, 96),
    _keys(OTHER, "fm_electric_piano", 5, 33, 96),
    _keys(OTHER, "harpsichord", 6, 29, 89),
    _keys(OTHER, "clavinet", 7, 33, 89, weight=1.5),
    _keys(OTHER, "celesta", 8, 60, 108, weight=0.5),
    _keys(OTHER, "glockenspiel", 9, 72, 108, weight=0.5),
    _keys(OTHER, "music_box", 10, 60, 98, weight=0.4),
    _keys(OTHER, "vibraphone", 11, 53, 89),
    _keys(OTHER, "marimba", 12, 45, 96),
    _keys(OTHER, "xylophone", 13, 60, 100, weight=0.7),
    _keys(OTHER, "tubular_bells", 14, 60, 77, weight=0.4),
    _keys(OTHER, "dulcimer", 15, 52, 88, weight=0.7),
    _keys(OTHER, "accordion", 21, 40, 89, weight=1.5),
    Voice(OTHER, "harmonica", 22, 60, 91, weight=2.0),
    _keys(OTHER, "bandoneon", 23, 40, 89),
    Voice(OTHER, "double_bass", 32, 28, 60, sustained=False, weight=2.0),
    Voice(OTHER, "fingered_bass", 33, 28, 60, sustained=False, weight=2.0),
    Voice(OTHER, "picked_bass", 34, 28, 60, sustained=False, weight=2.0),
    Voice(OTHER, "fretless_bass", 35, 28, 60, sustained=False, weight=0.7),
    Voice(OTHER, "slap_bass", 36, 28, 60, sustained=False),
    Voice(OTHER, "synth_bass", 38, 28, 60, sustained=False, weight=1.5),
    Voice(OTHER, "second_synth_bass", 39, 28, 60, sustained=False, weight=1.5),
    Voice(OTHER, "square_lead", 80, 48, 91, weight=1.5),
    Voice(OTHER, "saw_lead", 81, 48, 91, weight=1.5),
    Voice(OTHER, "synth_calliope", 82, 48, 91, weight=0.7),
    Voice(OTHER, "chiff_lead", 83, 48, 91),
    Voice(OTHER, "charang_lead", 84, 48, 88),
    Voice(OTHER, "fifth_lead", 86, 48, 84),
    Voice(OTHER, "bass_lead", 87, 36, 84),
    _keys(OTHER, "new_age_pad", 88, 40, 84),
    _keys(OTHER, "warm_pad", 89, 40, 84),
    _keys(OTHER, "polysynth", 90, 40, 84),
    _keys(OTHER, "bowed_pad", 92, 40, 84, weight=0.7),
    _keys(OTHER, "metallic_pad", 93, 40, 84),
    _keys(OTHER, "halo_pad", 94, 40, 84),
    _keys(OTHER, "sweep_pad", 95, 40, 84),
    _keys(OTHER, "crystal", 98, 48, 91, weight=0.7),
    _keys(OTHER, "echo_drops", 102, 48, 88, weight=0.7),
    _strings(OTHER, "sitar", 104, 48, 77),
    _strings(OTHER, "banjo", 105, 50, 86),
    _strings(OTHER, "mandolin", 25, 55, 88, bank=16),
    _strings(OTHER, "shamisen", 106, 50, 81, weight=0.7),
    _strings(OTHER, "koto", 107, 50, 86, weight=0.5),
    _keys(OTHER, "kalimba", 108, 48, 84, weight=0.7),
    Voice(OTHER, "bagpipe", 109, 58, 81, weight=0.7),
    Voice(OTHER, "shanai", 111, 58, 81, weight=0.7),
    _keys(OTHER, "steel_drums", 114, 52, 88, weight=0.5),
    Voice(OTHER, "drums", 0, 35, 81, bank=128, hands="drums", weight=6.0, sustained=False),
    Voice(OTHER, "room_drums", 8, 35, 81, bank=128, hands="drums", weight=3.0, sustained=False),
    Voice(OTHER, "jazz_drums", 32, 35, 81, bank=128, hands="drums", weight=3.0, sustained=False),
)
# What is another instrument here may have become a label.
VOICES = tuple(replace(voice, label=voice.detail) if voice.detail in LABEL_NAMES else voice for voice in VOICES)
RENDERED_LABELS = (*(name for name in LABEL_NAMES if name in {voice.label for voice in VOICES}), OTHER)

# Sections are heard behind a soloist all the time; alone they are neither one of our labels nor clearly another.
SECTIONS = (
    _keys(OTHER, "string_section", 48, 40, 88),
    _keys(OTHER, "slow_string_section", 49, 40, 88),
    _keys(OTHER, "synth_string_section", 50, 40, 88, weight=0.5),
)


@cache
def font_presets(path: Path) -> frozenset[tuple[int, int]]:
    """Return the (program, bank) pairs that a sound font holds.

    The `phdr` chunk has a record of 38 bytes per preset: name (20 bytes), program and bank (16 bits each), then
    indices; the last record only marks the end (SoundFont 2.04, section 7.2).

    Raises:
        TrainingError: The file cannot be read or is not a sound font.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = data.rfind(b"phdr")  # the presets stand after the samples, which may be half a gigabyte
            if data[:4] != b"RIFF" or data[8:12] != b"sfbk" or start < 0:
                raise TrainingError(f"{path} is not a sound font; give a file in SF2 or SF3 format.")
            (size,) = struct.unpack_from("<I", data, start + 4)
            records = range(start + 8, start + 8 + size - 38, 38)
            return frozenset(struct.unpack_from("<HH", data, record + 20) for record in records)
    except (OSError, ValueError, struct.error) as error:
        raise TrainingError(
            f"The sound font {path} cannot be read ({error}); install one, such as fluid-soundfont-gm."
        ) from error


def voices_of(label: str, font: Path) -> tuple[Voice, ...]:
    """Return the voices of a label (or of "other") that a sound font can play."""
    return playable((voice for voice in VOICES if voice.label == label), font)


def playable(voices: Iterable[Voice], font: Path) -> tuple[Voice, ...]:
    """Return those of some voices that a sound font has a preset for."""
    presets = font_presets(font)
    return tuple(voice for voice in voices if (voice.program, voice.bank) in presets)
