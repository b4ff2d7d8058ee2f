"""The first tab: upload or record, and read the answer."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_model.errors import InstrumentModelError

from ..analysis.listening import Listening, listen
from ..examples import EXAMPLE_NAMES, example_of, example_path, example_title, examples_for
from ..service import Service
from ..strings import ENGLISH
from ..theme import html, script
from ..views import panels
from ..views.card import empty_card, error_card, result_card
from ..views.details import result_details

log = logging.getLogger(__name__)


class Recording:
    """What answers the tab."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def recognise(
        self,
        clip: str | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - Gradio's way
    ) -> tuple[str, str]:
        """Return the card and the details for the clip on the page; empty ones without a clip."""
        if clip is None:
            return empty_card(self._service.labels), ""
        try:
            listening = self._listen(clip, progress)
        except InstrumentModelError as error:
            return error_card(str(error)), ""
        except Exception:
            log.exception("A clip could not be recognised.")
            return error_card(ENGLISH.errors.fault), ""
        card = result_card(listening, self._service.limits.max_minutes)
        details = result_details(listening, Path(clip).name, self._service.site_url(request), example_of(clip))
        return card, details

    def _listen(self, path: str, progress: gr.Progress) -> Listening:
        patience = self._service.patience()

        def report(share: float) -> None:
            patience.check()
            progress(share, desc=ENGLISH.recording.listening)

        service = self._service
        listening = listen(service.provider.classifier, path, service.limits.max_seconds, report)
        return replace(listening, prediction=replace(listening.prediction, file=Path(path).name))


def linked_example(request: gr.Request) -> Any:  # noqa: ANN401 - a path, or Gradio's word for no change
    """Return the example that the page's address names, as in `?example=violin`.

    Without one nothing changes: a visitor may have uploaded a clip before the page has finished loading.
    """
    name = dict(request.query_params).get("example", "") if request.query_params else ""
    return str(example_path(name)) if name in EXAMPLE_NAMES else gr.skip()


def warm_up(service: Service) -> None:
    """Answer once, so that the first visitor does not wait for what is done on first use."""
    limits = service.limits
    listening = listen(service.provider.classifier, example_path("cello"), limits.max_seconds)
    result_card(listening, limits.max_minutes)
    result_details(listening, "cello.mp3", "http://localhost")


def recording_tab(service: Service) -> gr.Audio:
    """Add the tab's components to the page that is being built, and return the one that holds the clip."""
    limits, recording = service.limits, Recording(service)
    with gr.Row(equal_height=True):
        with gr.Column(scale=5, min_width=300):
            clip = gr.Audio(
                type="filepath",
                sources=["upload", "microphone"],
                label=ENGLISH.recording.label,
                editable=False,
                buttons=[],
                waveform_options=gr.WaveformOptions(
                    show_recording_waveform=False
                ),  # hours of sound would freeze the tab
                elem_id="clip",
            )
            html(
                panels.hint_line(ENGLISH.recording.hint.format(mb=limits.upload_mb, keep=limits.keep_minutes)),
                js_on_load=script("refusal.js"),
            )
            button = gr.Button(ENGLISH.recording.recognise, variant="primary", elem_id="recognise")
        with gr.Column(scale=7, min_width=320):
            card = html(empty_card(service.labels), elem_id="result", js_on_load=script("api.js") + script("card.js"))
    examples = examples_for(service.labels)
    with gr.Row(elem_classes="chips", visible=bool(examples)):
        html(panels.examples_title())
        chips = {name: gr.Button(example_title(name), size="sm") for name in examples}
    details = html(
        "", elem_id="details", js_on_load="\n".join(map(script, ("reading.js", "lanes.js", "api.js", "timeline.js")))
    )
    gr.on(
        [clip.change, button.click],
        recording.recognise,
        clip,
        [card, details],
        show_progress_on=card,
        trigger_mode="always_last",
        concurrency_limit=limits.workers,
        concurrency_id="recordings",
        api_visibility="private",
    )
    for name, chip in chips.items():
        chip.click(lambda name=name: str(example_path(name)), None, clip, api_visibility="private", queue=False).then(
            None, js="() => { document.querySelector('#clip audio')?.play().catch(() => {}) }"
        )
    return clip
