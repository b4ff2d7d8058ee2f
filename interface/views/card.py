"""The card: the answer in short."""

from pathlib import Path
from typing import Any

from huggingface_hub import constants

from instrument_model.labels import LabelSet
from instrument_model.prediction import ModelIdentity, Prediction

from ..analysis.listening import Listening
from ..model_card import accuracy_link, recognises
from ..strings import ENGLISH
from .templates import environment

_OPTIONAL = ("accuracy", "file", "heard", "kicker", "model", "remarks", "text")


def _card(state: str, headline: str, **values: Any) -> str:  # noqa: ANN401 - template values
    defaults = dict.fromkeys(_OPTIONAL)
    return environment.get_template("card.html").render({**defaults, **values}, state=state, headline=headline)


def empty_card(labels: LabelSet) -> str:
    """Before anything was heard."""
    return _card("empty", ENGLISH.card.empty_headline, text=recognises(labels))


def error_card(sentence: str) -> str:
    """Return the card for a file that cannot be read, or for a fault of ours."""
    return _card("error", ENGLISH.card.error_headline, kicker=ENGLISH.card.kicker_error, text=sentence)


def answered_by(model: ModelIdentity) -> str:
    """Which model, for people."""
    source = ENGLISH.card.bundled if model.source == "bundled" else model.source
    return ENGLISH.card.answered_by.format(source=source, revision=(model.revision or model.sha256 or "unknown")[:12])


def model_page(model: ModelIdentity) -> str | None:
    """Return the address of the model's page on the Hub; None if it is not from there."""
    return f"{constants.ENDPOINT}/{model.source}/tree/{model.revision}" if model.revision else None


def remarks(listening: Listening, max_minutes: int) -> list[str]:
    """Return what makes the answer less sure than its figures say."""
    prediction = listening.prediction
    found = list(prediction.remarks)
    if prediction.truncated:
        found.append(ENGLISH.card.remark_truncated.format(minutes=max_minutes))
    if prediction.silent:
        return found
    if listening.short:
        found.append(ENGLISH.card.remark_short.format(seconds=prediction.duration))
    if listening.quiet:
        found.append(ENGLISH.card.remark_quiet.format(peak=prediction.peak_dbfs))
    if listening.clipped:
        found.append(ENGLISH.card.remark_clipped)
    if listening.noisy:
        found.append(ENGLISH.card.remark_noisy)
    return found


def result_card(listening: Listening, max_minutes: int) -> str:
    """Return the answer in short; bars and the like are drawn by the page's script, from what the timeline holds."""
    prediction = listening.prediction
    labels = prediction.labels
    common = {
        "remarks": remarks(listening, max_minutes),
        "file": Path(prediction.file).name if prediction.file else None,
        "model": prediction.model,
        "page": model_page(prediction.model),
        "answered": answered_by(prediction.model),
        "accuracy": accuracy_link(labels, prediction.instrument, prediction.model.sha256),
    }
    if prediction.silent:
        return _card(
            "silent",
            ENGLISH.card.silent_headline,
            kicker=ENGLISH.card.kicker_nothing,
            text=ENGLISH.card.silent_text,
            **{**common, "accuracy": None},
        )
    if prediction.instrument is None:
        state, headline, text = _no_instrument(prediction)
        return _card(state, headline, kicker=ENGLISH.card.kicker_nothing, text=text, heard=True, **common)
    return _card(
        "found", labels.displays[prediction.instrument], kicker=ENGLISH.card.kicker_found, heard=True, **common
    )


def _no_instrument(prediction: Prediction) -> tuple[str, str, str]:
    """Return what the card's state, headline and text are where none of the answers is heard."""
    if not prediction.detected:
        return "none", ENGLISH.card.none_headline, ENGLISH.card.none_text
    noticed = prediction.detected[0]
    if prediction.labels.families[noticed] == "voice":
        return "voice", ENGLISH.card.voice_headline, ENGLISH.card.voice_text
    display = prediction.labels.displays[noticed]
    return "voice", display, ENGLISH.card.noticed_text.format(name=display)
