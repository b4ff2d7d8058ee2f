"""The card: the answer in short."""

from pathlib import Path
from typing import Any

from huggingface_hub import constants

from instrument_model.labels import LabelSet
from instrument_model.prediction import ModelIdentity, Prediction

from .. import strings
from ..analysis.listening import Listening
from ..examples import EXAMPLE_NAMES, example_path
from ..model_card import accuracy_link, recognises
from .script_words import trust
from .templates import environment, percent

_OPTIONAL = (
    "accuracy",
    "also",
    "compare",
    "faint",
    "file",
    "kicker",
    "model",
    "remarks",
    "text",
    "top",
    "trust",
)


def _card(state: str, headline: str, **values: Any) -> str:  # noqa: ANN401 - template values
    defaults = dict.fromkeys(_OPTIONAL)
    return environment.get_template("card.html").render({**defaults, **values}, state=state, headline=headline)


def empty_card(labels: LabelSet) -> str:
    """Before anything was heard."""
    return _card("empty", strings.EMPTY_HEADLINE, text=recognises(labels))


def error_card(sentence: str) -> str:
    """Return the card for a file that cannot be read, or for a fault of ours."""
    return _card("error", strings.ERROR_HEADLINE, kicker=strings.KICKER_ERROR, text=sentence)


def answered_by(model: ModelIdentity) -> str:
    """Which model, for people."""
    source = strings.BUNDLED if model.source == "bundled" else model.source
    return strings.ANSWERED_BY.format(source=source, revision=(model.revision or model.sha256 or "unknown")[:12])


def model_page(model: ModelIdentity) -> str | None:
    """Return the address of the model's page on the Hub; None if it is not from there."""
    return f"{constants.ENDPOINT}/{model.source}/tree/{model.revision}" if model.revision else None


def remarks(listening: Listening, max_minutes: int) -> list[str]:
    """Return what makes the answer less sure than its figures say."""
    prediction = listening.prediction
    found = list(prediction.remarks)
    if prediction.truncated:
        found.append(strings.REMARK_TRUNCATED.format(minutes=max_minutes))
    if prediction.silent:
        return found
    if listening.short:
        found.append(strings.REMARK_SHORT.format(seconds=prediction.duration))
    if listening.quiet:
        found.append(strings.REMARK_QUIET.format(peak=prediction.peak_dbfs))
    if listening.clipped:
        found.append(strings.REMARK_CLIPPED)
    if listening.noisy:
        found.append(strings.REMARK_NOISY)
    return found


def result_card(listening: Listening, max_minutes: int) -> str:
    """Return the answer in short: headline, how sure, what else, the three bars, remarks."""
    prediction = listening.prediction
    labels = prediction.labels
    common = {
        "names": labels.displays,
        "families": labels.families,
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
            strings.SILENT_HEADLINE,
            kicker=strings.KICKER_NOTHING,
            text=strings.SILENT_TEXT,
            **{**common, "accuracy": None},
        )
    if prediction.instrument is None:
        state, headline, text = _no_instrument(prediction)
        return _card(
            state,
            headline,
            kicker=strings.KICKER_NOTHING,
            text=text,
            top=prediction.top,
            faint=True,
            **common,
        )
    others = [(label, percent(prediction.probabilities[label])) for label in prediction.detected]
    others += [(label, strings.ALSO_PARTLY) for label in listening.partly_heard()]
    return _card(
        "found",
        labels.displays[prediction.instrument],
        kicker=strings.KICKER_FOUND,
        trust=trust(prediction.confidence),
        confidence=prediction.confidence,
        also=[(label, how) for label, how in others if label != prediction.instrument],
        top=prediction.top,
        compare=comparisons(prediction),
        **common,
    )


def comparisons(prediction: Prediction) -> list[tuple[str, str]]:
    """Return the answer and its closest rival, each with the path of its example, as far as there are examples."""
    rivals = [guess.label for guess in prediction.top if guess.label != prediction.instrument]
    wanted = [label for label in (prediction.instrument, *rivals[:1]) if label in EXAMPLE_NAMES]
    return [(label, str(example_path(label))) for label in wanted]


def _no_instrument(prediction: Prediction) -> tuple[str, str, str]:
    """Return what the card's state, headline and text are where none of the answers is heard."""
    if not prediction.detected:
        return "none", strings.NONE_HEADLINE, strings.NONE_TEXT
    noticed = prediction.detected[0]
    if prediction.labels.families[noticed] == "voice":
        return "voice", strings.VOICE_HEADLINE, strings.VOICE_TEXT
    display = prediction.labels.displays[noticed]
    return "voice", display, strings.NOTICED_TEXT.format(name=display)
