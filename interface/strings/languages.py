"""Which languages there are, and which one a visitor is shown."""

import re
from collections.abc import Mapping

from .catalogue import Texts
from .english import ENGLISH
from .french import FRENCH
from .german import GERMAN
from .italian import ITALIAN
from .japanese import JAPANESE
from .spanish import SPANISH

LANGUAGES: Mapping[str, Texts] = {
    texts.language: texts for texts in (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, JAPANESE)
}
"""All languages by their two letters, in the order of the switch."""

MOST_RANGES = 20
"""As many entries of an `Accept-Language` are read; browsers send a handful."""

_RANGE = re.compile(r"([a-z]{2,8})(?:-[a-z0-9-]{1,60})?(?:;q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.ASCII)


def accepted(header: str) -> Texts:
    """Return the best of our languages for an `Accept-Language` (RFC 9110, 12.5.4), English if none is wanted.

    Regional variants count as their language; what is no range of languages is passed over.
    """
    found: list[tuple[float, Texts]] = []
    for entry in header[:1000].lower().split(",")[:MOST_RANGES]:
        match = _RANGE.fullmatch("".join(entry.split()))
        texts = LANGUAGES.get(match[1]) if match else None
        if match and texts and (weight := float(match[2] or 1)):
            found.append((weight, texts))
    return max(found, key=lambda pair: pair[0], default=(0.0, ENGLISH))[1]


def chosen(wanted: str | None, header: str | None) -> Texts:
    """Return the language that a visitor has chosen, or else the one that the browser asks for.

    Args:
        wanted: The choice: `de`, `DE`, `de-AT` or `de_AT`; None, or what is no language of ours, is no choice.
        header: `Accept-Language`.
    """
    return LANGUAGES.get(re.split("[-_]", (wanted or "").lower())[0]) or accepted(header or "")
