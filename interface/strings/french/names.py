"""Names and figures, in French."""

from ..catalogue import Writing

WRITING = Writing(decimal=",", percent_form="{value}\u202f%", comma=", ", conjunction=" et ", small_names=True)

INSTRUMENTS = {
    "cello": "Violoncelle",
    "clarinet": "Clarinette",
    "flute": "Flûte",
    "acoustic_guitar": "Guitare acoustique",
    "electric_guitar": "Guitare électrique",
    "organ": "Orgue",
    "piano": "Piano",
    "saxophone": "Saxophone",
    "trumpet": "Trompette",
    "violin": "Violon",
    "voice": "Voix chantée",
}
