"""What stands on the page before there is an answer: its head, hints, and the panels of the tabs."""

import json

from instrument_model.labels import LabelSet

from .script_words import files_words, live_words, microphone_words
from .templates import environment


def title() -> str:
    """Return the head of the page."""
    return environment.get_template("title.html").render()


def examples_title() -> str:
    """Return what stands before the examples."""
    return environment.from_string('<p class="chips-title">{{ t.recording.examples }}</p>').render()


def hint_line(text: str) -> str:
    """Return a line of small print, and below it one for what goes wrong with the microphone."""
    return environment.get_template("hint.html").render(text=text, microphone=json.dumps(microphone_words()))


def message(text: str, alarm: bool = False) -> str:
    """Return a sentence to the visitor."""
    return environment.get_template("message.html").render(text=text, alarm=alarm)


def live_panel(labels: LabelSet) -> str:
    """Return the tab that listens, as a template of Gradio; its script fills it."""
    panel = environment.get_template("live.html").render(words=json.dumps(live_words(labels)))
    for special in "\\`${}":  # which a template would take for its own
        panel = panel.replace(special, f"&#{ord(special)};")
    return panel


def files_panel(most: int) -> str:
    """Return the tab for several files; its script fills the table, `most` files at a time."""
    return environment.get_template("files.html").render(words=json.dumps(files_words(most)), most=most)
