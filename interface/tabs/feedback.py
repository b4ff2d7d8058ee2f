"""Right or wrong? A row below the answer, only where somebody has configured a place to keep what visitors say."""

import logging
from pathlib import Path

import gradio as gr

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import LabelSet

from ..feedback_store import FeedbackStore
from ..server.gradio_internals import visitor_texts
from ..server.limits import MB
from ..service import Service
from ..strings import Texts, translated
from ..theme import html
from ..views import panels

log = logging.getLogger(__name__)

Answer = tuple[str, str | None, bool]
"""What the page says, and the verdict and the consent that stay in the form."""


class Feedback:
    """What answers the row."""

    def __init__(self, service: Service, store: FeedbackStore) -> None:
        self._service = service
        self._store = store

    def keep(self, clip: str | None, verdict: str | None, really: str | None, consent: bool) -> Answer:
        """Keep a clip and its true label if the visitor consents."""
        texts = visitor_texts()
        problem = self._problem(texts, clip, verdict, really, consent)
        if problem or clip is None:
            return panels.message(problem or "", alarm=True), verdict, consent
        try:
            self._keep(Path(clip), None if verdict == "right" else str(really))
        except InstrumentModelError as error:
            return panels.message(translated(str(error), texts), alarm=True), verdict, consent
        except OSError:  # the clip's time was up meanwhile, or the disk is full
            log.exception("Feedback could not be kept.")
            text = texts.feedback.full if Path(clip).is_file() else texts.feedback.gone
            return panels.message(text, alarm=True), verdict, consent
        return panels.message(texts.feedback.thanks), None, False

    def _problem(
        self, texts: Texts, clip: str | None, verdict: str | None, really: str | None, consent: bool
    ) -> str | None:
        """Return why this cannot be kept, as a sentence; None if it can."""
        if not consent:
            return texts.feedback.need_consent
        if clip is None:
            return texts.feedback.need_clip
        if verdict is None or (verdict == "wrong" and not really):
            return texts.feedback.need_answer
        try:
            size = Path(clip).stat().st_size
        except OSError:
            return texts.feedback.gone
        if size > self._service.limits.feedback_mb * MB:
            return texts.feedback.too_big
        return texts.feedback.full if self._store.full() else None

    def _keep(self, clip: Path, label: str | None) -> None:
        """Keep a clip under a label, or under what the model answers."""
        prediction = self._service.provider.classifier.predict(
            clip, self._service.limits.max_seconds, self._service.patience().check
        )
        self._store.keep(clip, prediction, label or prediction.instrument or "other")


def choices(texts: Texts, labels: LabelSet) -> list[tuple[str, str]]:
    """Return what a clip may have been: how it is written for people, and its name."""
    return [*((shown, name) for name, shown in texts.names(labels).items()), (texts.feedback.other, "other")]


def feedback_row(service: Service, texts: Texts, store: FeedbackStore, clip: gr.Audio) -> gr.Dropdown:
    """Add the row to the page that is being built, and return the choice of what a clip was."""
    feedback = Feedback(service, store)
    with gr.Column(elem_id="feedback"):
        verdict = gr.Radio(
            [(texts.feedback.right, "right"), (texts.feedback.wrong, "wrong")], label=texts.feedback.question
        )
        really = gr.Dropdown(choices(texts, service.labels), label=texts.feedback.really, value=None, visible=False)
        consent = gr.Checkbox(label=texts.feedback.consent)
        send = gr.Button(texts.feedback.send)
        thanks = html("", elem_id="thanks")
    verdict.change(lambda answer: gr.update(visible=answer == "wrong"), verdict, really, api_visibility="private")
    send.click(
        feedback.keep,
        [clip, verdict, really, consent],
        [thanks, verdict, consent],
        concurrency_id="recordings",
        api_visibility="private",
    )
    return really
