"""The first tab: upload or record, and read the answer."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import LabelSet

from ..analysis.listening import Listening, listen
from ..examples import EXAMPLE_NAMES, example_of, example_path, example_title, examples_for
from ..server.gradio_internals import visitor_texts
from ..service import Service
from ..strings import ENGLISH, Texts
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
        texts = visitor_texts()
        if clip is None:
            return empty_card(texts, self._service.labels), ""
        try:
            listening = self._listen(clip, texts, progress)
        except InstrumentModelError as error:
            return error_card(texts, str(error)), ""
        except Exception:
            log.exception("A clip could not be recognised.")
            return error_card(texts, texts.errors.fault), ""
        card = result_card(texts, listening, self._service.limits.max_minutes, self._service.provider.folder)
        address = self._service.site_url(request)
        details = result_details(
            texts, listening, Path(clip).name, address, example_of(clip), folder=self._service.provider.folder
        )
        return card, details

    def _listen(self, path: str, texts: Texts, progress: gr.Progress) -> Listening:
        patience = self._service.patience()

        def report(share: float) -> None:
            patience.check()
            progress(share, desc=texts.recording.listening)

        service = self._service
        listening = listen(service.provider.classifier, path, service.limits.max_seconds, report)
        return replace(listening, prediction=replace(listening.prediction, file=Path(path).name))


def first_example(request: gr.Request) -> Any:  # noqa: ANN401 - a path, or Gradio's word for no change
    """Return the example in `?example=violin`.

    Without one nothing changes: a visitor may have uploaded a clip before the page has finished loading.
    """
    name = dict(request.query_params).get("example", "") if request.query_params else ""
    return str(example_path(name)) if name in EXAMPLE_NAMES else gr.skip()


def warm_up(service: Service) -> None:
    """Answer once, so that the first visitor does not wait for what is done on first use."""
    limits = service.limits
    listening = listen(service.provider.classifier, example_path("cello"), limits.max_seconds)
    result_card(ENGLISH, listening, limits.max_minutes)
    result_details(ENGLISH, listening, "cello.mp3", "http://localhost")


def examples_shown(labels: LabelSet) -> list[dict[str, Any]]:
    """Return which examples to show, first whether any; the model may have been exchanged since the page was built."""
    examples = examples_for(labels)
    return [gr.update(visible=bool(examples)), *(gr.update(visible=name in examples) for name in EXAMPLE_NAMES)]


def recording_tab(service: Service, texts: Texts) -> tuple[gr.Audio, gr.HTML, list[Any]]:
    """Add the tab's components to the page that is being built.

    Returns:
        The one that holds the clip, the one that shows the answer, and those that `examples_shown` updates.
    """
    limits, recording = service.limits, Recording(service)
    with gr.Row(equal_height=True):
        with gr.Column(scale=5, min_width=300):
            clip = gr.Audio(
                type="filepath",
                sources=["upload", "microphone"],
                label=texts.recording.label,
                editable=False,
                buttons=[],
                waveform_options=gr.WaveformOptions(
                    show_recording_waveform=False
                ),  # hours of sound would freeze the tab
                elem_id="clip",
            )
            html(
                panels.hint_line(texts, texts.recording.hint.format(mb=limits.upload_mb, keep=limits.keep_minutes)),
                js_on_load=script("refusal.js"),
            )
            button = gr.Button(texts.recording.recognise, variant="primary", elem_id="recognise")
        with gr.Column(scale=7, min_width=320):
            scripts = script("api.js") + script("card.js")
            card = html(empty_card(texts, service.labels), elem_id="result", js_on_load=scripts)
    examples = examples_for(service.labels)
    with gr.Row(elem_classes="chips", visible=bool(examples)) as row:
        html(panels.examples_title(texts))
        chips = {
            name: gr.Button(example_title(texts, name), size="sm", visible=name in examples) for name in EXAMPLE_NAMES
        }
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
    ).failure(None, None, [card, details], js="() => visitor.failed()")
    for name, chip in chips.items():
        chip.click(lambda name=name: str(example_path(name)), None, clip, api_visibility="private", queue=False).then(
            None, js="() => { document.querySelector('#clip audio')?.play().catch(() => {}) }"
        )
    return clip, card, [row, *chips.values()]
