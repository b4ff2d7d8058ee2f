"""Sentences of the library and of the server, which are English, in the language of a visitor."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from .catalogue import Texts
from .english import ENGLISH

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
    pairs = [
        (asdict(english), asdict(own))
        for english, own in ((ENGLISH.errors, texts.errors), (ENGLISH.gradio, texts.gradio))
    ]
    found = {}
    for english, own in pairs:
        for name, template in english.items():
            if set(re.findall(r"{(\w+)}", template)) <= values.keys():
                found[template.format(**values)] = own[name].format(**values)
    return found


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return what each English template matches."""
    return {
        name: re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
        for name, template in _templates(ENGLISH).items()
    }


def _templates(texts: Texts) -> Mapping[str, str]:
    return asdict(texts.errors) | asdict(texts.status)
