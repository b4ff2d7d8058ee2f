"""The card: the answer in short."""

from pathlib import Path
from typing import Any

from huggingface_hub import constants

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LabelSet
from instrument_model.prediction import ModelIdentity, Prediction

from ..analysis.listening import Listening
from ..model_card import accuracy_link, recognises
from ..strings import Texts, translated
from .templates import environment

_OPTIONAL = ("accuracy", "again", "file", "heard", "kicker", "model", "remarks", "text")


def _card(texts: Texts, state: str, headline: str, **values: Any) -> str:  # noqa: ANN401 - template values
    defaults = dict.fromkeys(_OPTIONAL)
    template = environment.get_template("card.html")
    return template.render({**defaults, **values}, t=texts, state=state, headline=headline)


def empty_card(texts: Texts, labels: LabelSet) -> str:
    """Before anything was heard."""
    return _card(texts, "empty", texts.card.empty_headline, text=recognises(texts, labels))


def error_card(texts: Texts, sentence: str) -> str:
    """Return the card for a file that cannot be read, or for a fault of ours."""
    return _card(
        texts, "error", texts.card.error_headline, kicker=texts.card.kicker_error, text=translated(sentence, texts)
    )


REFUSAL = "{sentence}"
"""Stands for the sentence in the card of a request that was refused."""


def refused_card(texts: Texts) -> str:
    """Return the card for a request that never came to be answered, such as where the queue is full."""
    return _card(texts, "error", texts.card.error_headline, kicker=texts.card.kicker_error, text=REFUSAL, again=True)


def answered_by(texts: Texts, model: ModelIdentity) -> str:
    """Which model, for people."""
    source = texts.card.bundled if model.source == "bundled" else model.source
    return texts.card.answered_by.format(source=source, revision=(model.revision or model.sha256 or "unknown")[:12])


def model_page(model: ModelIdentity) -> str | None:
    """Return the address of the model's page on the Hub; None if it is not from there."""
    return f"{constants.ENDPOINT}/{model.source}/tree/{model.revision}" if model.revision else None


def remarks(texts: Texts, listening: Listening, max_minutes: int) -> list[str]:
    """Return what makes the answer less sure than its figures say."""
    prediction = listening.prediction
    found = [translated(remark, texts) for remark in prediction.remarks]
    if prediction.truncated:
        found.append(texts.card.remark_truncated.format(minutes=max_minutes))
    if prediction.silent:
        return found
    if listening.short:
        found.append(texts.card.remark_short.format(seconds=texts.writing.number(prediction.duration, 1)))
    if listening.quiet:
        found.append(texts.card.remark_quiet.format(peak=texts.writing.number(prediction.peak_dbfs)))
    if listening.clipped:
        found.append(texts.card.remark_clipped)
    if listening.noisy:
        found.append(texts.card.remark_noisy)
    return found


def result_card(texts: Texts, listening: Listening, max_minutes: int, folder: Path = BUNDLED_WEIGHTS) -> str:
    """Return the answer in short; bars and the like are drawn by the page's script, from what the timeline holds.

    Args:
        texts: The visitor's language.
        listening: What was heard.
        max_minutes: As much of a recording is analysed.
        folder: Of the model, with its card.
    """
    prediction = listening.prediction
    labels = prediction.labels
    common = {
        "remarks": remarks(texts, listening, max_minutes),
        "file": Path(prediction.file).name if prediction.file else None,
        "model": prediction.model,
        "page": model_page(prediction.model),
        "answered": answered_by(texts, prediction.model),
        "accuracy": accuracy_link(texts, labels, prediction.instrument, prediction.model.sha256, folder),
    }
    if prediction.silent:
        return _card(
            texts,
            "silent",
            texts.card.silent_headline,
            kicker=texts.card.kicker_nothing,
            text=texts.card.silent_text,
            **{**common, "accuracy": None},
        )
    if prediction.instrument is None:
        state, headline, text = _no_instrument(texts, prediction)
        return _card(texts, state, headline, kicker=texts.card.kicker_nothing, text=text, heard=True, **common)
    return _card(
        texts, "found", texts.names(labels)[prediction.instrument], kicker=texts.card.kicker_found, heard=True, **common
    )


def _no_instrument(texts: Texts, prediction: Prediction) -> tuple[str, str, str]:
    """Return what the card's state, headline and text are where none of the answers is heard."""
    if not prediction.detected:
        return "none", texts.card.none_headline, texts.card.none_text
    noticed = prediction.detected[0]
    if prediction.labels.families[noticed] == "voice":
        return "voice", texts.card.voice_headline, texts.card.voice_text
    display = texts.names(prediction.labels)[noticed]
    return "voice", display, texts.card.noticed_text.format(name=display)
