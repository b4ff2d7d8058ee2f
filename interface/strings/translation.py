"""Sentences of the library and of the server, which are English, in the language of a visitor."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from .catalogue import Texts
from .english import ENGLISH

FORGOTTEN = "common.complete"
"""What Gradio says, in every language, where it has no word for `complete`."""

QUEUE_FULL = "This application is currently busy. Please try again."
"""What Gradio's script says, in every language, where the queue is full."""

_FIGURE = re.compile(r"[+-]?\d+\.\d+")


def translated(sentence: str, texts: Texts) -> str:
    """Return a sentence in another language, and as it is where it is none of those that visitors meet."""
    if texts is ENGLISH:
        return sentence
    for name, pattern in _patterns().items():
        if match := pattern.fullmatch(sentence):
            values = {
                key: texts.writing.localised(value) if _FIGURE.fullmatch(value) else value
                for key, value in match.groupdict().items()
            }
            return _templates(texts)[name].format(**values)
    return sentence


def refusals(texts: Texts, values: Mapping[str, object]) -> dict[str, str]:
    """Return what the server may refuse, and Gradio's own words, from English into a language.

    Args:
        texts: The language.
        values: What fills in the sentences, as far as it is known beforehand; the others are left out.
    """
    english = asdict(ENGLISH.errors) | asdict(ENGLISH.gradio) | {"complete": FORGOTTEN}
    own = asdict(texts.errors) | asdict(texts.gradio)
    known = (name for name, text in english.items() if set(re.findall(r"{(\w+)}", text)) <= values.keys())
    pairs = ((english[name].format(**values), own[name].format(**values)) for name in known)
    return {QUEUE_FULL: texts.errors.busy} | {said: text for said, text in pairs if said != text}


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return what each English template matches."""
    return {
        name: re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
        for name, template in _templates(ENGLISH).items()
    }


def _templates(texts: Texts) -> Mapping[str, str]:
    return asdict(texts.errors) | asdict(texts.status)
