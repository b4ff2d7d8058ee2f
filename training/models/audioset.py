"""Which of AudioSet's classes stand for our labels, in the order of EfficientAT's outputs and by name."""

from collections.abc import Mapping

ROWS: Mapping[str, tuple[int, ...]] = {
    "cello": (193,),
    "clarinet": (198,),
    "flute": (196,),
    "acoustic_guitar": (143,),
    "electric_guitar": (141,),
    "organ": (155, 156, 157),
    "piano": (153,),
    "saxophone": (197,),
    "trumpet": (187,),
    "violin": (191,),
    "voice": (27,),
}
"""Positions among the 527 outputs of networks that were trained on all of AudioSet (`class_labels_indices.csv`)."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "cello": ("Cello",),
    "clarinet": ("Clarinet",),
    "flute": ("Flute",),
    "acoustic_guitar": ("Acoustic guitar",),
    "electric_guitar": ("Electric guitar",),
    "organ": ("Organ", "Electronic organ", "Hammond organ"),
    "piano": ("Piano",),
    "saxophone": ("Saxophone",),
    "trumpet": ("Trumpet",),
    "violin": ("Violin, fiddle",),
    "voice": ("Singing",),
}
"""The same classes by name, for YAMNet, whose 521 outputs are in an order of their own."""

FURTHER_ROWS: Mapping[str, int] = {
    "bass_guitar": 142, "steel_guitar": 144, "banjo": 147, "sitar": 148, "mandolin": 149, "zither": 150, "ukulele": 151,
    "electric_piano": 154, "synthesizer": 158, "harpsichord": 160, "percussion": 161, "drum_kit": 162, "drums": 162,
    "snare_drum": 165, "bass_drum": 168, "timpani": 169, "tabla": 170, "cymbal": 171, "hi_hat": 172, "wood_block": 173,
    "tambourine": 174, "gong": 177, "tubular_bells": 178, "marimba": 180, "xylophone": 180, "glockenspiel": 181,
    "vibraphone": 182, "steelpan": 183, "horn": 186, "french_horn": 186, "trombone": 188, "string_section": 190,
    "double_bass": 194, "harp": 199, "church_bell": 201, "harmonica": 208, "accordion": 209, "bagpipes": 210,
    "didgeridoo": 211, "theremin": 213, "singing_bowl": 214, "choir": 28, "speech": 0,
}  # fmt: skip
"""Positions of further classes, by the names that a folder of recordings may have."""


def row_of(name: str) -> tuple[int, ...]:
    """Return the positions of the classes that a label of this name stands for; none if AudioSet has no such class."""
    plain = name.lower().replace(" ", "_").replace("-", "_")
    return ROWS.get(plain) or ((FURTHER_ROWS[plain],) if plain in FURTHER_ROWS else ())


def _families(**members: str) -> dict[str, str]:
    return {name: family for family, names in members.items() for name in names.split()}


FAMILIES: Mapping[str, str] = _families(
    strings="viola viola_da_gamba double_bass contrabass string_section erhu fiddle",
    winds="oboe english_horn cor_anglais bassoon contrabassoon bass_clarinet recorder piccolo panpipes ocarina "
    "harmonica bagpipes shakuhachi ney duduk didgeridoo",
    brass="horn french_horn trombone tuba euphonium cornet flugelhorn",
    guitars="guitar bass_guitar steel_guitar banjo sitar mandolin ukulele lute oud harp zither koto kora",
    keys="electric_piano synthesizer synth harpsichord celesta accordion harmonium",
    percussion="percussion drums drum_kit snare_drum bass_drum timpani tabla cymbal hi_hat wood_block tambourine gong "
    "tubular_bells marimba xylophone glockenspiel vibraphone steelpan djembe conga cajon mridangam",
    voice="choir speech singing beatboxing",
)
"""What further instruments sound like, for their colours on the page."""
