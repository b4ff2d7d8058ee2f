"""The model card of the bundled model, shown on the page: what was measured, on what, and its limits."""

import re
from functools import cache

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import DISPLAY_NAMES

from . import strings


@cache
def model_card() -> str:
    """Markdown without its metadata, pictures (which live beside the file) and how to use it (which the page says).

    Empty if there is no card.
    """
    try:
        text = (BUNDLED_WEIGHTS / "README.md").read_text(encoding="utf-8")
    except OSError:
        return ""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\((?!data:)[^)]*\)\n*", "", text)
    text = re.sub(r"^## Plots\s+(?=^## |\Z)", "", text, flags=re.MULTILINE)
    return re.sub(r"^## Use\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL).strip()


def measured_precision(card: str, label: str, sha256: str | None) -> int | None:
    """How often of a hundred times the answer `label` was right; None if the card is not of these weights.

    The card has a table with `| instrument | recordings | recognised | precision | recall | ...`.
    """
    row = re.search(rf"^\| {re.escape(DISPLAY_NAMES[label])} \| \d+ \| [^|]+ \| ([01]\.\d+) \|", card, re.MULTILINE)
    return round(100 * float(row[1])) if row and sha256 and sha256 in card else None


def accuracy_link(label: str | None, sha256: str | None) -> str:
    """What is written on the link to the card: the measured figure for this answer if there is one."""
    precision = measured_precision(model_card(), label, sha256) if label else None
    if label is None or precision is None:
        return strings.ACCURACY_LINK
    return strings.ACCURACY_OF.format(name=DISPLAY_NAMES[label].lower(), count=precision)
