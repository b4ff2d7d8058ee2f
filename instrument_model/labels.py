"""The labels a model answers with: the ten instruments of IRMAS, and the singing voice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One output of the network.

    Attributes:
        name: How it is written in files, in JSON and in code.
        display: How it is written for people.
        irmas: The three letters it has in the file names of the IRMAS data set.
    """

    name: str
    display: str
    irmas: str


INSTRUMENTS = (
    Label("cello", "Cello", "cel"),
    Label("clarinet", "Clarinet", "cla"),
    Label("flute", "Flute", "flu"),
    Label("acoustic_guitar", "Acoustic guitar", "gac"),
    Label("electric_guitar", "Electric guitar", "gel"),
    Label("organ", "Organ", "org"),
    Label("piano", "Piano", "pia"),
    Label("saxophone", "Saxophone", "sax"),
    Label("trumpet", "Trumpet", "tru"),
    Label("violin", "Violin", "vio"),
)

# People upload songs: a network that has a name for singing does not take it for a saxophone.
VOICE = Label("voice", "Singing voice", "voi")

LABELS = (*INSTRUMENTS, VOICE)

INSTRUMENT_NAMES = tuple(label.name for label in INSTRUMENTS)
LABEL_NAMES = tuple(label.name for label in LABELS)
DISPLAY_NAMES = {label.name: label.display for label in LABELS}
