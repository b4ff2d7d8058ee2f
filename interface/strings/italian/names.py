"""Names and figures, in Italian."""

from ..catalogue import Writing

WRITING = Writing(decimal=",", percent_form="{value}%", comma=", ", conjunction=" e ", small_names=True)

INSTRUMENTS = {
    "cello": "Violoncello",
    "clarinet": "Clarinetto",
    "flute": "Flauto",
    "acoustic_guitar": "Chitarra acustica",
    "electric_guitar": "Chitarra elettrica",
    "organ": "Organo",
    "piano": "Pianoforte",
    "saxophone": "Sassofono",
    "trumpet": "Tromba",
    "violin": "Violino",
    "voice": "Voce cantata",
}
