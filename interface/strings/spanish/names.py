"""Names and figures, in Spanish."""

from ..catalogue import Writing

WRITING = Writing(decimal=",", percent_form="{value}\u00a0%", comma=", ", conjunction=" y ", small_names=True)

INSTRUMENTS = {
    "cello": "Violonchelo",
    "clarinet": "Clarinete",
    "flute": "Flauta",
    "acoustic_guitar": "Guitarra acústica",
    "electric_guitar": "Guitarra eléctrica",
    "organ": "Órgano",
    "piano": "Piano",
    "saxophone": "Saxofón",
    "trumpet": "Trompeta",
    "violin": "Violín",
    "voice": "Voz cantada",
}
