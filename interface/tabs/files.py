"""Several recordings in one go: one row each, growing on the page, and CSV files of them.

The page's script keeps the files, uploads one at a time and asks for its row, so that a visitor may cancel, go on, and
loses nothing when the connection does.
"""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_model.errors import InstrumentModelError

from ..analysis import timeline
from ..analysis.listening import listen
from ..server.gradio_internals import visitor_texts
from ..service import Service, api_error
from ..strings import LANGUAGES, Texts, programs
from ..theme import html, script
from ..views.card import result_card
from ..views.details import result_details
from ..views.panels import files_panel

log = logging.getLogger(__name__)


class Files:
    """What answers the tab."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def row(self, audio: str) -> dict[str, Any]:
        """Return what the table says of a recording, and its stretches.

        Raises:
            gr.Error: There is no file, or it cannot be read.
        """
        prediction = self._service.answer(audio)
        parts = timeline.stretches(prediction.segments)
        heard = {label for part in parts for label in (part.label, *part.also) if label} | {*prediction.detected}
        return {
            "instrument": prediction.instrument,
            "probability": round(prediction.confidence, 4),
            "also": [label for label in prediction.detected if label != prediction.instrument],
            "seconds": round(prediction.duration, 3),
            "stretches": [asdict(part) for part in parts],
            "names": {
                texts.language: {label: texts.names(prediction.labels)[label] for label in heard}
                for texts in LANGUAGES.values()
            },
            "families": {label: prediction.labels.families[label] for label in heard},
        }

    def details(self, audio: str, request: gr.Request) -> str:
        """Return card and timeline of a recording, as the first tab shows them.

        Raises:
            gr.Error: There is no file, or it cannot be read.
        """
        if not audio:
            raise api_error(programs.API_NO_FILE)
        service, patience = self._service, self._service.patience()
        limits = service.limits
        try:
            listening = listen(service.provider.classifier, audio, limits.max_seconds, lambda _: patience.check())
        except InstrumentModelError as error:
            raise api_error(str(error)) from error
        texts = visitor_texts()
        card = result_card(texts, listening, limits.max_minutes, service.provider.folder)
        name, address, folder = Path(audio).name, service.site_url(request), service.provider.folder
        return card + result_details(texts, listening, name, address, place="-file", folder=folder)


def files_tab(service: Service, texts: Texts) -> None:
    """Add the tab's components to the page that is being built."""
    answers = Files(service)
    scripts = ("card.js", "reading.js", "lanes.js", "api.js", "timeline.js", "files.js")
    html(files_panel(texts, service.limits.max_files), js_on_load="\n".join(map(script, scripts)), elem_id="files")
    for name, function, output in (
        ("row", answers.row, gr.JSON(visible=False)),
        ("details", answers.details, gr.Textbox(visible=False)),
    ):
        gr.Button(visible=False).click(
            function,
            gr.Audio(type="filepath", visible=False),
            output,
            api_name=name,
            api_visibility="undocumented",  # the page's own script asks
            concurrency_id="recordings",
        )
