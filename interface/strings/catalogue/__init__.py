"""What a language must say: one frozen class for each place on the page, so that the type checker finds a gap.

Texts with `{...}` are filled in by `str.format`; none of them holds HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instrument_model.labels import LABELS, LabelSet

from .answer import Card, Code, Recording, Timeline
from .errors import Errors, Gradio, Status
from .names import Writing
from .tabs import About, Feedback, Files, Live, Microphone, Page

__all__ = [
    "About",
    "Card",
    "Code",
    "Errors",
    "Feedback",
    "Files",
    "Gradio",
    "Live",
    "Microphone",
    "Page",
    "Recording",
    "Status",
    "Texts",
    "Timeline",
    "Writing",
]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """A language.

    Attributes:
        language: Its two letters (ISO 639-1).
        own_name: What those who speak it call it.
        instruments: The library's own labels, by their names.
        sounds: What a recording may resemble, by the names of the model's further classes; the model's own words serve
            for those that are missing.
    """

    language: str
    own_name: str
    page: Page
    recording: Recording
    card: Card
    timeline: Timeline
    code: Code
    live: Live
    microphone: Microphone
    files: Files
    feedback: Feedback
    about: About
    errors: Errors
    status: Status
    gradio: Gradio
    writing: Writing
    instruments: Mapping[str, str]
    sounds: Mapping[str, str] = field(default_factory=dict)

    def names(self, labels: LabelSet) -> Mapping[str, str]:
        """Return how each label is written: the library's own in this language, others as their model has them."""
        own = LABELS.displays
        return {
            label.name: self.instruments.get(label.name, label.display)
            if own.get(label.name) == label.display
            else label.display
            for label in labels
        }
