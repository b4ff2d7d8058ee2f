"""What every tab and endpoint shares: the model that answers now, the limits, and the way to an answer."""

from dataclasses import replace
from html import escape
from pathlib import Path

import gradio as gr

from instrument_model import Prediction
from instrument_model.errors import InstrumentModelError
from instrument_model.labels import LabelSet

from .model_card import recognises
from .server.deadlines import Patience
from .server.gradio_internals import visitor_texts
from .server.limits import Limits
from .server.model_provider import ModelProvider
from .strings import Texts, programs, translated


class Service:
    """Answers for programs, and what the tabs need for theirs.

    Attributes:
        provider: Knows the model that answers now.
        limits: Of the app.
        root: The path or address below which visitors see the app, without a final slash; empty for none.
    """

    def __init__(self, provider: ModelProvider, limits: Limits, root: str = "") -> None:
        self.provider = provider
        self.limits = limits
        self.root = root

    @property
    def labels(self) -> LabelSet:
        """The labels of the model that answers now."""
        return self.provider.classifier.config.labels

    def patience(self) -> Patience:
        """Return the time that one request may take, which begins now."""
        return Patience(self.limits.request_seconds)

    def answer(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> Prediction:
        """Return the prediction for a program's file.

        Args:
            audio: A path on this computer, which Gradio has checked.
            start: In seconds; None is the beginning.
            end: In seconds; None is the end.
            sensitivity: One of `instrument_model.config.SENSITIVITIES`; None is `calibrated`.

        Raises:
            gr.Error: There is no file, it cannot be read, or a value is wrong.
        """
        if not audio:
            raise api_error(programs.API_NO_FILE)
        try:
            prediction = self.provider.classifier.predict(
                audio,
                self.limits.max_seconds,
                self.patience().check,
                start=start or 0.0,
                end=end,
                sensitivity=sensitivity or "calibrated",
            )
        except InstrumentModelError as error:
            raise api_error(str(error)) from error
        return replace(prediction, file=Path(audio).name)

    def site_url(self, request: gr.Request) -> str:
        """Return the address of the app as the visitor sees it, also behind a proxy, without a final slash."""
        if "://" in self.root:
            return self.root
        headers = request.headers
        scheme = headers.get("x-forwarded-proto", "http").split(",")[0].strip()
        host = headers.get("x-forwarded-host", "").split(",")[0].strip() or headers.get("host", "localhost")
        return f"{scheme}://{host}{self.root}"

    def status(self, texts: Texts) -> str:
        """Return the line at the foot of the page that says which model answers now."""
        known = escape(recognises(texts, self.labels))  # for a page that was made before the model came
        status = escape(translated(self.provider.status, texts))
        return f'<p class="status-line" data-recognises="{known}">{status}</p>'


def api_error(sentence: str) -> gr.Error:
    """Return an error: one sentence, escaped because Gradio's own pages show it as HTML.

    Programs are told in English, and visitors of the page in their language.
    """
    return gr.Error(escape(translated(sentence, visitor_texts()), quote=False), print_exception=False)
