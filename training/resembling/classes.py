"""The classes that a second head may name, and which of them are right for the sounds of a library."""

from collections.abc import Mapping
from typing import NamedTuple

from instrument_model.labels import OWN, LabelSet
from instrument_model.resemblance.classes import same_sounds

from ..data.clips import Clip
from ..models import audioset


class Sound(NamedTuple):
    """A class of sounds.

    Attributes:
        display: How it is written for people.
        rows: Positions of AudioSet's classes that stand for it; their mean is its row.
        relative: Where AudioSet has no such class, the class whose row it begins with, to be fitted on recordings.
    """

    display: str
    rows: tuple[int, ...]
    relative: str | None = None


INSTRUMENTS: Mapping[str, Sound] = {
    **{name: Sound(OWN[name].display, rows) for name, rows in audioset.ROWS.items() if name != "voice"},
    "bowed_strings": Sound("Bowed strings", (189,)),
    "string_section": Sound("String section", (190,)),
    "double_bass": Sound("Double bass", (194,)),
    "harp": Sound("Harp", (199,)),
    "woodwind": Sound("Woodwind", (195,)),
    "oboe": Sound("Oboe", (), "woodwind"),
    "bassoon": Sound("Bassoon", (), "woodwind"),
    "recorder": Sound("Recorder", (), "woodwind"),
    "harmonica": Sound("Harmonica", (208,)),
    "accordion": Sound("Accordion", (209,)),
    "bagpipes": Sound("Bagpipes", (210,)),
    "didgeridoo": Sound("Didgeridoo", (211,)),
    "brass": Sound("Brass", (185,)),
    "french_horn": Sound("French horn", (186,)),
    "trombone": Sound("Trombone", (188,)),
    "tuba": Sound("Tuba", (), "brass"),
    "bass_guitar": Sound("Bass guitar", (142,)),
    "steel_guitar": Sound("Steel guitar", (144,)),
    "banjo": Sound("Banjo", (147,)),
    "sitar": Sound("Sitar", (148,)),
    "mandolin": Sound("Mandolin", (149,)),
    "zither": Sound("Zither", (150,)),
    "ukulele": Sound("Ukulele", (151,)),
    "electric_piano": Sound("Electric piano", (154,)),
    "synthesizer": Sound("Synthesizer", (158,)),
    "harpsichord": Sound("Harpsichord", (160,)),
    "theremin": Sound("Theremin", (213,)),
    "drum_kit": Sound("Drum kit", (162,)),
    "drum_machine": Sound("Drum machine", (163,)),
    "snare_drum": Sound("Snare drum", (165,)),
    "bass_drum": Sound("Bass drum", (168,)),
    "timpani": Sound("Timpani", (169,)),
    "tabla": Sound("Tabla", (170,)),
    "cymbal": Sound("Cymbal", (171,)),
    "hi_hat": Sound("Hi-hat", (172,)),
    "wood_block": Sound("Wood block", (173,)),
    "tambourine": Sound("Tambourine", (174,)),
    "shaker": Sound("Shaker", (176,)),
    "gong": Sound("Gong", (177,)),
    "tubular_bells": Sound("Tubular bells", (178,)),
    "xylophone": Sound("Xylophone or marimba", (180,)),
    "glockenspiel": Sound("Glockenspiel", (181,)),
    "vibraphone": Sound("Vibraphone", (182,)),
    "steelpan": Sound("Steelpan", (183,)),
    "singing_bowl": Sound("Singing bowl", (214,)),
    "wind_chime": Sound("Wind chime", (206,)),
    "orchestra": Sound("Orchestra", (184,)),
}
"""Musical instruments, those of the project's own labels among them."""

OTHER_SOUNDS: Mapping[str, Sound] = {
    "voice": Sound("Singing", audioset.ROWS["voice"]),
    "choir": Sound("Choir", (28,)),
    "rapping": Sound("Rapping", (36,)),
    "humming": Sound("Humming", (37,)),
    "whistling": Sound("Whistling", (40,)),
    "beatboxing": Sound("Beatboxing", (218,)),
    "scratching": Sound("Turntable scratching", (215,)),
    "speech": Sound("Speech", (0,)),
    "laughter": Sound("Laughter", (16,)),
    "crying": Sound("Crying", (22,)),
    "applause": Sound("Applause", (67,)),
    "cheering": Sound("Cheering", (66,)),
    "crowd": Sound("A crowd", (69,)),
    "clapping": Sound("Clapping", (63,)),
    "finger_snapping": Sound("Finger snapping", (62,)),
    "footsteps": Sound("Footsteps", (53,)),
    "wind": Sound("Wind", (283,)),
    "rain": Sound("Rain", (289,)),
    "water": Sound("Water", (288,)),
    "thunder": Sound("Thunder", (287,)),
    "fire": Sound("Fire", (298,)),
    "engine": Sound("An engine", (343,)),
    "vehicle": Sound("A vehicle", (300,)),
    "train": Sound("A train", (329,)),
    "aircraft": Sound("An aircraft", (335,)),
    "dog": Sound("A dog", (74,)),
    "cat": Sound("A cat", (81,)),
    "bird": Sound("A bird", (111,)),
    "insect": Sound("An insect", (126,)),
    "bell": Sound("A bell", (200,)),
    "church_bell": Sound("A church bell", (201,)),
    "alarm": Sound("An alarm", (388,)),
    "siren": Sound("A siren", (396,)),
    "telephone": Sound("A telephone", (389,)),
    "clock": Sound("A clock", (406,)),
    "typing": Sound("Typing", (384,)),
    "beep": Sound("A beep", (481,)),
    "sine_wave": Sound("A sine wave", (501,)),
    "hum": Sound("Hum", (496,)),
    "static": Sound("Static", (515,)),
    "white_noise": Sound("White noise", (520,)),
    "noise": Sound("Noise", (513,)),
}
"""What else is uploaded."""

SOUNDS: Mapping[str, Sound] = {**INSTRUMENTS, **OTHER_SOUNDS}


def _one_each(**details: str) -> dict[str, tuple[str, ...]]:
    return {detail: (sound,) for sound, names in details.items() for detail in (sound, *names.split())}


_DRUMS = (
    *("drum_kit", "drum_machine", "snare_drum", "bass_drum", "timpani", "tabla", "cymbal", "hi_hat", "wood_block"),
    *("tambourine", "shaker", "gong", "xylophone", "glockenspiel", "steelpan", "bell", "tubular_bells", "vibraphone"),
    "beatboxing",
)
_KIT = ("drum_kit", "drum_machine")
_WOODWIND = ("folk_flute", "panflute", "quena", "piccolo", "misc_wind", "bass_clarinet", "ocarina", "shanai")

_NO_MUSIC = tuple(
    name for name in OTHER_SOUNDS if name not in {"voice", "choir", "rapping", "beatboxing", "scratching"}
)

DETAILS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in SOUNDS},
    **_one_each(
        speech="speech_crowd",
        french_horn="horn",
        double_bass="doublebass contrabass",
        bass_guitar="electric_bass_finger",
        synthesizer="synth synth_lead synth_pad electronic",
        accordion="reed_accordion",
        bagpipes="bagpipe",
        electric_piano="clavinet",
        sitar="indian_string",
        string_section="strings violin_section",
        wind_chime="wind_chimes",
        shaker="shakers",
        wood_block="temple_blocks claves",
        bell="sleigh_bells",
        bowed_strings="viola",
        woodwind=" ".join(_WOODWIND),
        glockenspiel="celesta",
    ),
    **dict.fromkeys(("oboe", "english_horn", "cor_anglais"), ("oboe", "woodwind")),
    **dict.fromkeys(("bassoon", "contrabassoon"), ("bassoon", "woodwind")),
    "recorder": ("recorder", "woodwind"),
    "tuba": ("tuba", "brass", "trombone", "french_horn"),
    "horn_section": ("brass", "french_horn", "trombone"),
    "hi_hat": ("hi_hat", "cymbal", *_KIT),
    "cymbal": ("cymbal", "hi_hat", *_KIT),
    **dict.fromkeys(("snare_drum", "snare", "snare_brushed"), ("snare_drum", *_KIT)),
    "bass_drum": ("bass_drum", *_KIT),
    "xylophone": ("xylophone", "glockenspiel"),
    "mallet": ("xylophone", "glockenspiel", "vibraphone", "tubular_bells"),
    "noise": _NO_MUSIC,
    "percussion": _DRUMS,
    "drums": _DRUMS,
    "bass_drums": (*_DRUMS, "bass_guitar"),
    "bass": ("bass_guitar", "double_bass", "synthesizer"),
    "keyboard": ("electric_piano", "synthesizer"),
    "melodica": ("harmonica", "accordion"),
    "charango": ("mandolin", "ukulele"),
    "oud_lute": ("mandolin", "sitar", "banjo", "zither"),
}
"""The classes that are right for a library's `detail`; sounds of other details neither teach nor measure anything."""

SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("doublebass", "contrabass"), "double_bass"),
    "electric_bass_finger": "bass_guitar",
    "horn": "french_horn",
    "bagpipe": "bagpipes",
    "snare": "snare_drum",
    "english_horn": "cor_anglais",
    "shakers": "shaker",
    "wind_chimes": "wind_chime",
}
"""Other spellings of a library's `detail`; a table has one row for all of them."""

BROAD = frozenset(
    {"percussion", "bass_drums", "bass", "keyboard", "mallet", "melodica", "charango", "oud_lute"}
    | {"horn_section", "noise"}
)
"""Details that name no class in particular: their sounds teach only which classes are wrong."""


def classes_for(labels: LabelSet) -> dict[str, Sound]:
    """Return the classes beside a model's own labels."""
    own = same_sounds(labels, {name: sound.display for name, sound in SOUNDS.items()})
    rows = {row for name in labels.names for row in audioset.row_of(name)}
    return {name: sound for name, sound in SOUNDS.items() if name not in own and not rows.intersection(sound.rows)}


def right_for(clip: Clip) -> tuple[str, ...]:
    """Return the classes that are right for a clip, the one that it teaches first; none if it is not known."""
    return DETAILS.get(clip.labels[0] if len(clip.labels) == 1 else clip.detail, ())


def taught_by(clip: Clip) -> str | None:
    """Return the class that a clip is an example of."""
    right = right_for(clip)
    return right[0] if right and clip.detail not in BROAD else None
