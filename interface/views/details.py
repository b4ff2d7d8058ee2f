"""The answer at length: timeline, tables, downloads, and the same from code."""

import base64
import json
import mimetypes
from pathlib import Path

from instrument_model.classifier import BUNDLED_WEIGHTS

from ..analysis import exports, timeline
from ..analysis.listening import TOP_FREQUENCY, Listening
from ..model_card import sensitivities
from ..strings import Texts
from .script_words import script_words
from .snippets import snippets
from .templates import environment


def result_details(
    texts: Texts,
    listening: Listening,
    name: str,
    url: str,
    example: str | None = None,
    place: str = "",
    folder: Path = BUNDLED_WEIGHTS,
) -> str:
    """Return the answer at length: timeline, tables, downloads, and the same from code.

    Args:
        texts: The visitor's language.
        listening: What was heard.
        name: Of the recording, for the file names of the downloads.
        url: Of the app, for the code.
        example: The example it is, if it is one, for a link to it.
        place: What is added to names that must be unique on the page.
        folder: Of the model, with its figures.
    """
    prediction = listening.prediction
    if prediction.silent:
        return ""
    relative = {guess.label: guess.relative for guess in prediction.top}
    ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    parts = timeline.stretches(prediction.segments)
    measured = sensitivities(texts, prediction.model.sha256, folder)
    names = texts.names(prediction.labels)
    anywhere = {label for part in parts if part.label for label in (part.label, *part.also)}
    return environment.get_template("timeline.html").render(
        t=texts,
        answer=json.dumps(timeline.answer(listening, names)),
        words=json.dumps(script_words(texts) | {"measured": measured}),
        duration=prediction.duration,
        picture=timeline.mask_png(listening.picture),
        picture_words=texts.timeline.spectrogram_alt.format(
            seconds=texts.writing.number(prediction.duration, 1), top=texts.writing.number(TOP_FREQUENCY / 1000)
        ),
        frequencies=timeline.frequency_ticks(),
        ticks=timeline.time_ticks(prediction.duration),
        measured=measured.get("calibrated", ""),
        excerpts=[label for label in prediction.labels.instruments if label in anywhere],
        downloads=_downloads(texts, listening, Path(name).stem),
        all=[(label, probability, relative.get(label)) for label, probability in ranked],
        heard=prediction.detected,
        names=names,
        families=prediction.labels.families,
        code=snippets(url, name),
        mcp=f"{url}/gradio_api/mcp/",
        example=example,
        place=place,
    )


def _downloads(texts: Texts, listening: Listening, stem: str) -> list[tuple[str, str, str, str]]:
    """Return (title, ending, file name, data URI) of each download; the server keeps nothing for it."""
    said = texts.timeline
    titles = {
        "csv": said.download_csv,
        "json": said.download_json,
        "labels.txt": said.download_audacity,
        "selections.txt": said.download_raven,
        "markers.csv": said.download_reaper,
    }
    prediction = listening.prediction
    files = exports.files(prediction, texts.names(prediction.labels))
    return [
        (titles[ending], ending, f"{stem}.{ending}", _data_uri(f"{stem}.{ending}", content))
        for ending, content in files.items()
    ]


def _data_uri(name: str, content: str) -> str:
    kind, _ = mimetypes.guess_type(name)
    return f"data:{kind};base64,{base64.b64encode(content.encode()).decode()}"
