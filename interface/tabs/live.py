"""The tab for live listening: bars that follow the microphone."""

from typing import Any

import gradio as gr

from instrument_model.errors import AudioError

from ..audience import Audience
from ..server.gradio_internals import sent_with, visitor_texts
from ..service import Service
from ..strings import Texts
from ..theme import html, script
from ..views import panels


class Live:
    """What answers the tab."""

    def __init__(self, service: Service) -> None:
        self._provider = service.provider
        self._audience = Audience(service.limits.live_listeners, service.limits.live_workers)

    def hear(self, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        """Return the answer to a listener's next piece of sound."""
        name = request.session_hash or ""
        try:
            return self._audience.answer(name, sent_with(event), self._provider.classifier, visitor_texts())
        except AudioError as error:
            raise gr.Error(str(error), print_exception=False) from error


def live_tab(service: Service, texts: Texts) -> None:
    """Add the tab's components to the page that is being built."""
    live = html(
        html_template="${panel}",  # the value is the answer to the last piece
        panel=panels.live_panel(texts, service.labels),
        js_on_load=script("lanes.js") + script("live.js"),
        elem_id="live",
    )
    live.piece(
        Live(service).hear,
        None,
        live,
        show_progress="hidden",
        trigger_mode="multiple",
        queue=False,  # which takes longer than the answer; `Audience` bounds what waits
        api_visibility="private",
    )
