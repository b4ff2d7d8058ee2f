"""The model card of the model that answers, shown on the page: what was measured, on what, and its limits."""

import json
import re
from functools import cache
from pathlib import Path

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LabelSet

from .strings import Texts

MOST_NAMES = 24
"""As many a sentence can list."""


def listed(texts: Texts, labels: LabelSet) -> str:
    """Return what a model recognises, as a list in a sentence: `cello, clarinet and flute`."""
    known = texts.names(labels)
    names = [texts.writing.within(known[name]) for name in labels.instruments]
    if len(names) > MOST_NAMES:
        names[MOST_NAMES - 1 :] = [texts.card.empty_more.format(count=len(names) - MOST_NAMES + 1)]
    return texts.writing.listed(names)


def recognises(texts: Texts, labels: LabelSet) -> str:
    """Return what a model recognises, as a sentence."""
    voice = any(labels.families[name] == "voice" for name in labels.noticed)
    return (texts.card.empty_text_voice if voice else texts.card.empty_text).format(names=listed(texts, labels))


@cache
def model_card(folder: Path = BUNDLED_WEIGHTS) -> str:
    """Markdown without its metadata, pictures (which live beside the file) and how to use it (which the page says).

    Empty if the model folder has no card.
    """
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except OSError:
        return ""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\((?!data:)[^)]*\)\n*", "", text)
    text = re.sub(r"^## Plots\s+(?=^## |\Z)", "", text, flags=re.MULTILINE)
    return re.sub(r"^## Use\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL).strip()


def measured_precision(card: str, display: str, sha256: str | None) -> int | None:
    """How often of a hundred times the answer `display` was right; None if the card is not of these weights.

    The card has a table with `| instrument | recordings | recognised | precision | recall | ...`.
    """
    row = re.search(rf"^\| {re.escape(display)} \| \d+ \| [^|]+ \| ([01]\.\d+) \|", card, re.MULTILINE)
    return round(100 * float(row[1])) if row and sha256 and sha256 in card else None


def sensitivities(texts: Texts, sha256: str | None) -> dict[str, str]:
    """Return what was measured at each sensitivity, as a sentence; empty if it was not measured of these weights."""
    return {
        name: texts.timeline.sensitivity_measured.format(precision=precision, recall=recall)
        for name, (precision, recall) in _sensitivities(sha256).items()
    }


@cache
def _sensitivities(sha256: str | None) -> dict[str, tuple[int, int]]:
    """Return the precision and the recall at each sensitivity, in per cent."""
    try:
        evaluated = json.loads((BUNDLED_WEIGHTS / "evaluation" / "metrics.json").read_text(encoding="utf-8"))
        group = next(next(iter(found["groups"].values())) for found in evaluated.values() if found["sha256"] == sha256)
        scores = group["sensitivities"].items()
        return {name: (round(100 * found["precision"]), round(100 * found["recall"])) for name, found in scores}
    except (OSError, StopIteration, KeyError, TypeError, AttributeError, ValueError):  # absent, or of another format
        return {}


def accuracy_link(texts: Texts, labels: LabelSet, label: str | None, sha256: str | None) -> str:
    """Return what is written on the link to the card: the measured figure for this answer if there is one."""
    precision = measured_precision(model_card(), labels.displays[label], sha256) if label else None
    if label is None or precision is None:
        return texts.card.accuracy_link
    return texts.card.accuracy_of.format(name=texts.writing.within(texts.names(labels)[label]), count=precision)
