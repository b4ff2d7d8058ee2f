"""A recording's answer as HTML. The templates escape what they are given, so a file name is never markup."""

import base64
import json
from pathlib import Path
from typing import Any

from huggingface_hub import constants
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from instrument_model.labels import LabelSet
from instrument_model.prediction import ModelIdentity, Prediction

from . import exports, strings, timeline
from .analysis import TOP_FREQUENCY, Listening
from .examples import EXAMPLE_NAMES, example_path
from .model_card import accuracy_link, recognises, sensitivities
from .script_words import live_words, microphone_words, script_words, trust
from .snippets import snippets


def percent(share: float) -> str:
    """`97 %`; what is not quite certain is not written as 100."""
    value = 100 * share
    return "< 1 %" if value < 1 else "> 99 %" if value > 99 else f"{value:.0f} %"


environment = Environment(
    loader=PackageLoader("interface"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(percent=percent, clock=timeline.clock)
environment.globals.update(t=strings)


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


def result_details(listening: Listening, name: str, url: str, example: str | None = None, place: str = "") -> str:
    """Return the answer at length: timeline, tables, downloads, and the same from code.

    Args:
        listening: What was heard.
        name: Of the recording, for the file names of the downloads.
        url: Of the app, for the code.
        example: The example it is, if it is one, for a link to it.
        place: What is added to names that must be unique on the page.
    """
    prediction = listening.prediction
    if prediction.silent:
        return ""
    relative = {guess.label: guess.relative for guess in prediction.top}
    ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    parts = timeline.stretches(prediction.segments)
    measured = sensitivities(prediction.model.sha256)
    anywhere = {label for part in parts if part.label for label in (part.label, *part.also)}
    return environment.get_template("timeline.html").render(
        answer=json.dumps(timeline.answer(listening)),
        words=json.dumps(script_words() | {"measured": measured}),
        duration=prediction.duration,
        picture=timeline.mask_png(listening.picture),
        picture_words=strings.SPECTROGRAM_ALT.format(seconds=prediction.duration, top=TOP_FREQUENCY / 1000),
        frequencies=timeline.frequency_ticks(),
        ticks=timeline.time_ticks(prediction.duration),
        measured=measured.get("calibrated", ""),
        excerpts=[label for label in prediction.labels.instruments if label in anywhere],
        downloads=_downloads(listening, Path(name).stem),
        all=[(label, probability, relative.get(label)) for label, probability in ranked],
        heard=prediction.detected,
        names=prediction.labels.displays,
        families=prediction.labels.families,
        code=snippets(url, name),
        mcp=f"{url}/gradio_api/mcp/",
        example=example,
        place=place,
    )


def hint_line(text: str) -> str:
    """Return a line of small print, and below it one for what goes wrong with the microphone."""
    return environment.get_template("hint.html").render(text=text, microphone=json.dumps(microphone_words()))


def title() -> str:
    """Return the head of the page."""
    return environment.get_template("title.html").render()


def examples_title() -> str:
    """Return what stands before the examples."""
    return environment.from_string('<p class="chips-title">{{ t.EXAMPLES }}</p>').render()


def message(text: str, alarm: bool = False) -> str:
    """Return a sentence to the visitor."""
    return environment.get_template("message.html").render(text=text, alarm=alarm)


def live_panel(labels: LabelSet) -> str:
    """Return the tab that listens, as a template of Gradio; its script fills it."""
    panel = environment.get_template("live.html").render(words=json.dumps(live_words(labels)))
    for special in "\\`${}":  # which a template would take for its own
        panel = panel.replace(special, f"&#{ord(special)};")
    return panel


def _downloads(listening: Listening, stem: str) -> list[tuple[str, str, str]]:
    """Return (title, file name, data URI) of each download; the server keeps nothing for it."""
    parts = timeline.stretches(listening.prediction.segments)
    displays = listening.prediction.labels.displays
    files = (
        (strings.DOWNLOAD_CSV, "csv", "text/csv", exports.as_csv(parts)),
        (strings.DOWNLOAD_JSON, "json", "application/json", exports.as_json(listening.prediction)),
        (strings.DOWNLOAD_AUDACITY, "labels.txt", "text/plain", exports.as_audacity(parts, displays)),
        (strings.DOWNLOAD_RAVEN, "selections.txt", "text/plain", exports.as_raven(parts, displays)),
        (strings.DOWNLOAD_REAPER, "markers.csv", "text/csv", exports.as_reaper(parts, displays)),
    )
    return [
        (title, f"{stem}.{ending}", f"data:{kind};base64,{base64.b64encode(content.encode()).decode()}")
        for title, ending, kind, content in files
    ]
