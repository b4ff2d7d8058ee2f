"""The labels a model answers with, and the project's own: the instruments of IRMAS and the singing voice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import ModelError

FAMILIES = ("strings", "winds", "brass", "guitars", "keys", "percussion", "voice", "other")
"""Instruments that sound alike; the page has a colour for each family."""

MAX_LABELS = 200
"""A page, a table and a person can take in so many, and no more."""

MAX_NAME, MAX_DISPLAY = 64, 80  # characters
NAME = re.compile(r"\w[\w .+-]*")
TEMPLATE_CHARACTERS = frozenset("$`{}\\")
"""With these a script's template could be made to run what a model's author has written."""

RESERVED = frozenset({"other", "none"})
"""What answers and data sets call a sound that has none of the labels."""


@dataclass(frozen=True)
class Label:
    """One output of the network.

    Attributes:
        name: How it is written in files, in JSON and in code.
        display: How it is written for people.
        family: One of `FAMILIES`.
        answer: Whether it counts among the answers; a label that does not is only noticed, as singing is.
    """

    name: str
    display: str
    family: str = "other"
    answer: bool = True


@dataclass(frozen=True)
class LabelSet:
    """The outputs of a network, in their order; their names are fit for files, tables, terminals and pages.

    Attributes:
        labels: At least one of them counts among the answers.
    """

    labels: tuple[Label, ...]

    def __post_init__(self) -> None:
        _check(self.labels)

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all labels."""
        return tuple(label.name for label in self.labels)

    @cached_property
    def instruments(self) -> tuple[str, ...]:
        """The names of those that count among the answers."""
        return tuple(label.name for label in self.labels if label.answer)

    @cached_property
    def answer_columns(self) -> tuple[int, ...]:
        """The numbers of those that count among the answers."""
        return tuple(number for number, label in enumerate(self.labels) if label.answer)

    @cached_property
    def noticed(self) -> tuple[str, ...]:
        """The names of those that are only noticed."""
        return tuple(label.name for label in self.labels if not label.answer)

    @cached_property
    def displays(self) -> Mapping[str, str]:
        """How each name is written for people."""
        return {label.name: label.display for label in self.labels}

    @cached_property
    def families(self) -> Mapping[str, str]:
        """The family of each name."""
        return {label.name: label.family for label in self.labels}

    def to_list(self) -> list[dict[str, Any]]:
        """Return the objects that stand for the labels in `config.json`."""
        return [
            {"name": label.name, "display": label.display, "family": label.family, "answer": label.answer}
            for label in self.labels
        ]

    @classmethod
    def from_list(cls, values: object) -> "LabelSet":
        """Read what `to_list` wrote, or the bare names of format 1, which are those of the project's own list.

        Raises:
            ModelError: It is something else, or a label cannot be shown.
        """
        if not isinstance(values, list):
            raise ModelError("config.json: labels has a value of the wrong kind; export the model again.")
        _check_number(len(values))
        return cls(tuple(_read(value) for value in values))

    @classmethod
    def from_names(cls, names: Sequence[str]) -> "LabelSet":
        """Return labels for names: the project's own where it has them, else new ones.

        Raises:
            ModelError: A name cannot be shown, or is there twice.
        """
        return cls(tuple(OWN.get(name) or Label(name, _written(name)) for name in names))


def _written(name: str) -> str:
    """How a name is written for people: `bass_clarinet` as `Bass clarinet`."""
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _read(value: object) -> Label:
    if isinstance(value, str):
        if value in OWN:
            return OWN[value]
        raise ModelError(f"config.json: {value[:80]!r} is no label of format 1; export the model again.")
    kinds = {"name": str, "display": str, "family": str, "answer": bool}
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise ModelError(f"config.json: a label needs {', '.join(kinds)} and nothing else; export the model again.")
    if not all(isinstance(value[key], kind) for key, kind in kinds.items()):
        raise ModelError("config.json: a label has a value of the wrong kind; export the model again.")
    return Label(**value)


def _check_number(count: int) -> None:
    if not 1 <= count <= MAX_LABELS:
        raise ModelError(f"A model has 1 to {MAX_LABELS} labels, and this one has {count}; use another model.")


def _can_be_shown(text: str) -> bool:
    """Return whether a text fits a page, a terminal and, where it must not be taken for a formula, a spreadsheet."""
    fits = 0 < len(text) <= MAX_DISPLAY and text.isprintable() and text[0].isalnum() and text == text.strip()
    return fits and not set(text) & TEMPLATE_CHARACTERS


def _check(labels: Sequence[Label]) -> None:
    """Refuse what a table, a page or a person could mistake for something else."""
    _check_number(len(labels))
    for label in labels:
        if len(label.name) > MAX_NAME or not NAME.fullmatch(label.name) or label.name != label.name.strip():
            raise ModelError(
                f"The label {label.name[:80]!r} cannot be used; a name has at most {MAX_NAME} characters, letters, "
                "digits, spaces and _ . + - alone."
            )
        if label.name.casefold() in RESERVED:
            raise ModelError(f"A label cannot be called {label.name!r}, which stands for sounds without a label.")
        shown = label.display
        if not _can_be_shown(shown):
            raise ModelError(
                f"The label {label.name!r} cannot be shown as {shown[:80]!r}; give it a display name of 1 to "
                f"{MAX_DISPLAY} printable characters, of which the first is a letter or a digit and none is one of "
                f"{' '.join(sorted(TEMPLATE_CHARACTERS))}."
            )
        if label.family not in FAMILIES:
            raise ModelError(f"The label {label.name!r} has an unknown family; choose one of {', '.join(FAMILIES)}.")
    for kind, texts in (("names", [la.name for la in labels]), ("display names", [la.display for la in labels])):
        seen: set[str] = set()
        for text in texts:
            alike = unicodedata.normalize("NFKC", text).casefold()
            if alike in seen:
                raise ModelError(f"Two labels have {kind} that read as {text!r}; give each its own.")
            seen.add(alike)
    if not any(label.answer for label in labels):
        raise ModelError("None of the labels counts among the answers; mark at least one with answer.")


# People upload songs: a network that has a name for singing does not take it for a saxophone.
LABELS = LabelSet(
    (
        Label("cello", "Cello", "strings"),
        Label("clarinet", "Clarinet", "winds"),
        Label("flute", "Flute", "winds"),
        Label("acoustic_guitar", "Acoustic guitar", "guitars"),
        Label("electric_guitar", "Electric guitar", "guitars"),
        Label("organ", "Organ", "keys"),
        Label("piano", "Piano", "keys"),
        Label("saxophone", "Saxophone", "winds"),
        Label("trumpet", "Trumpet", "brass"),
        Label("violin", "Violin", "strings"),
        Label("voice", "Singing voice", "voice", answer=False),
    )
)
"""The labels of the models that this project trains: an instrument more is a line more, and its sounds."""

OWN = {label.name: label for label in LABELS}

LABEL_NAMES, INSTRUMENT_NAMES = LABELS.names, LABELS.instruments
"""Of the project's own labels."""
