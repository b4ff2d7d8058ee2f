"""Right or wrong? A row below the answer, only where somebody has configured a place to keep what visitors say."""

import logging
from pathlib import Path

import gradio as gr

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import LabelSet

from ..feedback_store import FeedbackStore
from ..server.limits import MB
from ..service import Service
from ..strings import ENGLISH
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
        problem = self._problem(clip, verdict, really, consent)
        if problem or clip is None:
            return panels.message(problem or "", alarm=True), verdict, consent
        try:
            self._keep(Path(clip), None if verdict == "right" else str(really))
        except InstrumentModelError as error:
            return panels.message(str(error), alarm=True), verdict, consent
        except OSError:  # the clip's time was up meanwhile, or the disk is full
            log.exception("Feedback could not be kept.")
            text = ENGLISH.feedback.full if Path(clip).is_file() else ENGLISH.feedback.gone
            return panels.message(text, alarm=True), verdict, consent
        return panels.message(ENGLISH.feedback.thanks), None, False

    def _problem(self, clip: str | None, verdict: str | None, really: str | None, consent: bool) -> str | None:
        """Return why this cannot be kept, as a sentence; None if it can."""
        if not consent:
            return ENGLISH.feedback.need_consent
        if clip is None:
            return ENGLISH.feedback.need_clip
        if verdict is None or (verdict == "wrong" and not really):
            return ENGLISH.feedback.need_answer
        try:
            size = Path(clip).stat().st_size
        except OSError:
            return ENGLISH.feedback.gone
        if size > self._service.limits.feedback_mb * MB:
            return ENGLISH.feedback.too_big
        return ENGLISH.feedback.full if self._store.full() else None

    def _keep(self, clip: Path, label: str | None) -> None:
        """Keep a clip under a label, or under what the model answers."""
        prediction = self._service.provider.classifier.predict(
            clip, self._service.limits.max_seconds, self._service.patience().check
        )
        self._store.keep(clip, prediction, label or prediction.instrument or "other")


def choices(labels: LabelSet) -> list[tuple[str, str]]:
    """Return what a clip may have been: how it is written for people, and its name."""
    return [*((label.display, label.name) for label in labels), (ENGLISH.feedback.other, "other")]


def feedback_row(service: Service, store: FeedbackStore, clip: gr.Audio) -> gr.Dropdown:
    """Add the row to the page that is being built, and return the choice of what a clip was."""
    feedback = Feedback(service, store)
    with gr.Column(elem_id="feedback"):
        verdict = gr.Radio(
            [(ENGLISH.feedback.right, "right"), (ENGLISH.feedback.wrong, "wrong")], label=ENGLISH.feedback.question
        )
        really = gr.Dropdown(choices(service.labels), label=ENGLISH.feedback.really, value=None, visible=False)
        consent = gr.Checkbox(label=ENGLISH.feedback.consent)
        send = gr.Button(ENGLISH.feedback.send)
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
