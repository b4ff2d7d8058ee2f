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
