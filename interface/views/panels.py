"""What stands on the page before there is an answer: its head, hints, and the panels of the tabs."""

import json

from instrument_model.labels import LabelSet

from ..server.limits import Limits
from ..strings import LANGUAGES, Texts
from ..strings.translation import refusals
from ..theme import script
from .card import refused_card
from .script_words import files_words, live_words, microphone_words
from .templates import environment


def title(texts: Texts) -> str:
    """Return the head of the page."""
    return environment.get_template("title.html").render(t=texts, languages=LANGUAGES.values())


def examples_title(texts: Texts) -> str:
    """Return what stands before the examples."""
    return environment.from_string('<p class="chips-title">{{ t.recording.examples }}</p>').render(t=texts)


def hint_line(texts: Texts, text: str) -> str:
    """Return a line of small print, and below it one for what goes wrong with the microphone."""
    return environment.get_template("hint.html").render(text=text, microphone=json.dumps(microphone_words(texts)))


def message(text: str, alarm: bool = False) -> str:
    """Return a sentence to the visitor."""
    return environment.get_template("message.html").render(text=text, alarm=alarm)


def live_panel(texts: Texts, labels: LabelSet) -> str:
    """Return the tab that listens; its script fills it."""
    return environment.get_template("live.html").render(t=texts, words=json.dumps(live_words(texts, labels)))


def files_panel(texts: Texts, most: int) -> str:
    """Return the tab for several files; its script fills the table, `most` files at a time."""
    return environment.get_template("files.html").render(t=texts, words=json.dumps(files_words(texts, most)), most=most)


def visitor_words(texts: Texts, limits: Limits) -> dict[str, object]:
    """Return what every script must know of the visitor's language, and what it is to say in place of English."""
    return {
        "language": texts.language,
        "languages": list(LANGUAGES),
        "decimal": texts.writing.decimal,
        "comma": texts.writing.comma,
        "percent": texts.writing.percent_form,
        "refusal": refused_card(texts),
        "lost": texts.card.error_lost,
        "said": refusals(texts, {"mb": limits.upload_mb, "seconds": limits.request_seconds}),
    }


def beginning(texts: Texts, limits: Limits) -> str:
    """Return the script that runs before all others, with what it must know of the visitor's language."""
    words = json.dumps(visitor_words(texts, limits)).replace("<", "\\u003c")  # which could end the script
    return f"<script>window.visitor = {words};\n{script('language.js')}</script>"
