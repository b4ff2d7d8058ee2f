"""What happens when a visitor or a program asks for something; `app.py` says what calls it."""

import filecmp
import logging
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_model import Prediction
from instrument_model.errors import AudioError, InstrumentModelError
from instrument_model.labels import INSTRUMENT_NAMES
from interface.server.model_provider import ModelProvider

from . import strings, timeline, views
from .analysis import Listening, listen
from .server.deadlines import Patience
from .server.gradio_internals import sent_with
from .server.limits import MB, Limits
from .tabs.feedback import FeedbackStore
from .tabs.files import recognise_files
from .tabs.live import Audience

log = logging.getLogger(__name__)

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
EXAMPLE_NAMES = (*INSTRUMENT_NAMES, "ensemble")


class Handlers:
    """The functions behind page and API, sharing one model and one set of limits."""

    def __init__(self, provider: ModelProvider, limits: Limits) -> None:
        self.provider = provider
        self.limits = limits
        self._audience = Audience(limits.live_listeners, limits.live_workers)

    def recognise(
        self,
        clip: str | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - Gradio's way
    ) -> tuple[str, str]:
        """The card and the details for the clip on the page; empty ones without a clip."""
        if clip is None:
            return views.empty_card(), ""
        try:
            listening = self._listen(clip, progress)
        except InstrumentModelError as error:
            return views.error_card(str(error)), ""
        except Exception:
            log.exception("A clip could not be recognised.")
            return views.error_card(strings.FAULT), ""
        card = views.result_card(listening, self.limits.max_minutes)
        details = views.result_details(listening, Path(clip).name, site_url(request), example_of(clip))
        return card, details

    def predict(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> dict[str, Any]:
        """Says which musical instrument plays in a recording.

        Recognises cello, clarinet, flute, acoustic guitar, electric guitar, organ, piano, saxophone, trumpet and
        violin, and notices a singing voice.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            start: Where to begin, in seconds; at the beginning unless given.
            end: Where to stop, in seconds; at the end of the recording unless given.
            sensitivity: How sure the answer must be: strict, calibrated or sensitive.

        Returns:
            An object with `instrument` (null if none of the ten is heard), its `confidence` (a probability), the `top`
            three, the `probabilities` of all labels, `segments` over time, `duration` in seconds, and `model`.
        """
        return self.answer(audio, start, end, sensitivity).to_dict()

    def timeline(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> dict[str, Any]:
        """Says when which musical instrument plays in a recording.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            start: Where to begin, in seconds; at the beginning unless given.
            end: Where to stop, in seconds; at the end of the recording unless given.
            sensitivity: How sure the answer must be: strict, calibrated or sensitive.

        Returns:
            An object with `stretches` (start and end in seconds, label or null, probability), and for every moment in
            `times` the `probabilities` of all labels; `duration` in seconds, and `model`.
        """
        return timeline.to_dict(self.answer(audio, start, end, sensitivity))

    def hear(self, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        """The answer to a live listener's next piece of sound."""
        try:
            return self._audience.answer(request.session_hash or "", sent_with(event), self.provider.classifier)
        except AudioError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def recognise_several(self, paths: list[str] | None) -> Iterator[str]:
        """The growing table of the tab for several files."""
        if paths:
            yield from recognise_files(self.provider.classifier, paths, self.limits)
        else:
            yield ""

    def keep_feedback(
        self, store: FeedbackStore, clip: str | None, verdict: str | None, really: str | None, consent: bool
    ) -> tuple[str, str | None, bool]:
        """Keeps a clip and its true label if the visitor consents; what it says, and the emptied form."""
        try:
            return self._keep_feedback(store, clip, verdict, really, consent)
        except OSError:  # the clip's time was up meanwhile, or the disk is full
            log.exception("Feedback could not be kept.")
            gone = clip is None or not Path(clip).is_file()
            text = strings.FEEDBACK_GONE if gone else strings.FEEDBACK_FULL
            return views.message(text, alarm=True), verdict, consent

    def _keep_feedback(
        self, store: FeedbackStore, clip: str | None, verdict: str | None, really: str | None, consent: bool
    ) -> tuple[str, str | None, bool]:
        problem = None
        if not consent:
            problem = strings.FEEDBACK_NEED_CONSENT
        elif clip is None:
            problem = strings.FEEDBACK_NEED_CLIP
        elif verdict is None or (verdict == "wrong" and not really):
            problem = strings.FEEDBACK_NEED_ANSWER
        elif not Path(clip).is_file():
            problem = strings.FEEDBACK_GONE
        elif Path(clip).stat().st_size > self.limits.feedback_mb * MB:
            problem = strings.FEEDBACK_TOO_BIG
        elif store.full():
            problem = strings.FEEDBACK_FULL
        if problem or clip is None:
            return views.message(problem or "", alarm=True), verdict, consent
        try:
            prediction = self.provider.classifier.predict(
                clip, self.limits.max_seconds, Patience(self.limits.request_seconds).check
            )
        except InstrumentModelError as error:
            return views.message(str(error), alarm=True), verdict, consent
        label = (prediction.instrument or "other") if verdict == "right" else str(really)
        store.keep(Path(clip), prediction, label)
        return views.message(strings.FEEDBACK_THANKS), None, False

    def linked_example(self, request: gr.Request) -> str | None:
        """The example that the page's address names, as in `?example=violin`."""
        name = dict(request.query_params).get("example", "") if request.query_params else ""
        return str(example_path(name)) if name in EXAMPLE_NAMES else None

    def status(self) -> str:
        """Which model answers now, for the foot of the page."""
        return f'<p class="status-line">{escape(self.provider.status)}</p>'

    def warm_up(self) -> None:
        """Answer once, so that the first visitor does not wait for what is done on first use."""
        listening = listen(self.provider.classifier, example_path("cello"), self.limits.max_seconds)
        views.result_card(listening, self.limits.max_minutes)
        views.result_details(listening, "cello.mp3", "http://localhost")

    def answer(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> Prediction:
        """For programs: errors as one sentence, escaped because Gradio's own pages show it as HTML."""
        if not audio:
            raise gr.Error(escape(strings.API_NO_FILE, quote=False), print_exception=False)
        patience = Patience(self.limits.request_seconds)
        try:
            prediction = self.provider.classifier.predict(
                audio,
                self.limits.max_seconds,
                patience.check,
                start=start or 0.0,
                end=end,
                sensitivity=sensitivity or "calibrated",
            )
            return replace(prediction, file=Path(audio).name)
        except InstrumentModelError as error:
            raise gr.Error(escape(str(error), quote=False), print_exception=False) from error

    def _listen(self, path: str, progress: gr.Progress) -> Listening:
        patience = Patience(self.limits.request_seconds)

        def report(share: float) -> None:
            patience.check()
            progress(share, desc=strings.LISTENING)

        listening = listen(self.provider.classifier, path, self.limits.max_seconds, report)
        return replace(listening, prediction=replace(listening.prediction, file=Path(path).name))


def example_path(name: str) -> Path:
    """The clip of an example."""
    return EXAMPLES / f"{name}.mp3"


def example_of(clip: str) -> str | None:
    """The example that a clip is a copy of."""
    name = Path(clip).stem
    return name if name in EXAMPLE_NAMES and filecmp.cmp(clip, example_path(name), shallow=False) else None


def site_url(request: gr.Request) -> str:
    """The address of the app as the visitor sees it, also behind a proxy."""
    headers = request.headers
    scheme = headers.get("x-forwarded-proto", "http").split(",")[0].strip()
    host = headers.get("x-forwarded-host") or headers.get("host", "localhost")
    root = request.request.scope.get("root_path", "") if request.request else ""
    return f"{scheme}://{host}{root}".rstrip("/")
