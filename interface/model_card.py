"""The model card of the model that answers, shown on the page: what was measured, on what, and its limits."""

import json
import logging
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.hub.download import ANSWER_SECONDS
from instrument_model.hub.errors import hub_failures
from instrument_model.labels import LabelSet

from .strings import Texts

log = logging.getLogger(__name__)

MOST_NAMES = 24
"""As many a sentence can list."""

FIGURES = "evaluation/metrics.json"
CARD_FILES = ("README.md", FIGURES)
MAX_CARD_BYTES = 1_000_000
"""No card and no figures are longer; what is, stays on the Hub."""


def fetch_card(repo: str, commit: str) -> None:
    """Put card and figures of a model from the Hub beside its weights in the cache, as far as they can be had.

    Args:
        repo: `owner/name`.
        commit: Of which the weights are in the cache.
    """
    from huggingface_hub import HfApi, hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError

    failures: tuple[type[Exception], ...] = (*hub_failures(), ValueError, TypeError, KeyError, AttributeError)
    try:
        missing = [name for name in CARD_FILES if not try_to_load_from_cache(repo, name, revision=commit)]
        if not missing:
            return
        info = HfApi().model_info(repo, revision=commit, files_metadata=True, timeout=ANSWER_SECONDS)
        sizes = {found.rfilename: found.size or 0 for found in info.siblings or ()}
        for name in missing:
            if sizes.get(name, 0) <= MAX_CARD_BYTES:
                with suppress(EntryNotFoundError):  # which the cache keeps in mind
                    hf_hub_download(repo, name, revision=commit, etag_timeout=ANSWER_SECONDS)
    except failures as error:
        log.warning("The card of %s could not be fetched: %s", repo, error)


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


def sensitivities(texts: Texts, sha256: str | None, folder: Path = BUNDLED_WEIGHTS) -> dict[str, str]:
    """Return what was measured at each sensitivity, as a sentence; empty if it was not measured of these weights."""
    return {
        name: texts.timeline.sensitivity_measured.format(precision=precision, recall=recall)
        for name, (precision, recall) in _sensitivities(sha256, folder).items()
    }


@cache
def _sensitivities(sha256: str | None, folder: Path) -> dict[str, tuple[int, int]]:
    """Return the precision and the recall at each sensitivity, in per cent."""
    try:
        evaluated = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
        group = next(next(iter(found["groups"].values())) for found in evaluated.values() if found["sha256"] == sha256)
        scores = group["sensitivities"].items()
        return {name: (round(100 * found["precision"]), round(100 * found["recall"])) for name, found in scores}
    except (OSError, StopIteration, KeyError, TypeError, AttributeError, ValueError):  # absent, or of another format
        return {}


def accuracy_link(
    texts: Texts, labels: LabelSet, label: str | None, sha256: str | None, folder: Path = BUNDLED_WEIGHTS
) -> str:
    """Return what is written on the link to the card: the measured figure for this answer if there is one."""
    precision = measured_precision(model_card(folder), labels.displays[label], sha256) if label else None
    if label is None or precision is None:
        return texts.card.accuracy_link
    return texts.card.accuracy_of.format(name=texts.writing.within(texts.names(labels)[label]), count=precision)
