"""Names and figures, in German."""

from ..catalogue import Writing

WRITING = Writing(decimal=",", percent_form="{value}\u00a0%", comma=", ", conjunction=" und ", small_names=False)

INSTRUMENTS = {
    "cello": "Violoncello",
    "clarinet": "Klarinette",
    "flute": "Querflöte",
    "acoustic_guitar": "Akustikgitarre",
    "electric_guitar": "E-Gitarre",
    "organ": "Orgel",
    "piano": "Klavier",
    "saxophone": "Saxophon",
    "trumpet": "Trompete",
    "violin": "Violine",
    "voice": "Gesang",
}
