"""The endpoints that programs and assistants call."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr
from gradio.components import Component

from ..analysis import timeline
from ..model_card import listed
from ..service import Service, api_error
from ..strings import ENGLISH, programs
from .excerpts import Excerpts
from .exports import Exports

_KINDS: dict[type[Component], Callable[[Any], object]] = {gr.Number: float, gr.Textbox: str}
"""What becomes of the values for a component."""


class Answers:
    """Answers with JSON; the docstrings describe the tools of the MCP server to assistants."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def predict(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> dict[str, Any]:
        """Name the instruments that play in a recording, of those that the model knows.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            start: Where to begin, in seconds; at the beginning unless given.
            end: Where to stop, in seconds; at the end of the recording unless given.
            sensitivity: How sure the answer must be: strict, calibrated or sensitive.

        Returns:
            An object with `instrument` (null if none is heard), its `confidence` (a probability), the `top`
            three, the `probabilities` of all labels, `segments` over time, `duration` in seconds, and `model`. Where no
            instrument is heard, `resembles` may name up to three other sounds, as a hint with a `score`.
        """
        return self._service.answer(audio, start, end, sensitivity).to_dict()

    def timeline(
        self, audio: str, start: float | None = None, end: float | None = None, sensitivity: str | None = None
    ) -> dict[str, Any]:
        """Tell when which musical instrument plays in a recording.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            start: Where to begin, in seconds; at the beginning unless given.
            end: Where to stop, in seconds; at the end of the recording unless given.
            sensitivity: How sure the answer must be: strict, calibrated or sensitive.

        Returns:
            An object with `stretches` (start and end in seconds, label or null, probability), and for every moment in
            `times` the `probabilities` of all labels; `resembles` as in `predict`, `duration` in seconds, and `model`.
        """
        return timeline.to_dict(self._service.answer(audio, start, end, sensitivity))


def declare_endpoints(service: Service) -> None:
    """Add the named endpoints, which are also the tools of the MCP server, to the page that is being built."""
    label = programs.API_FILE.format(mb=service.limits.upload_mb, minutes=service.limits.max_minutes)
    answers, excerpts, exports = Answers(service), Excerpts(service), Exports(service)
    known = listed(ENGLISH, service.labels) if service.provider.settled else programs.API_UNSETTLED
    predicts = programs.API_PREDICT.format(names=known)

    def endpoint(
        name: str,
        function: Callable[..., object],
        text: str,
        output: Component,
        *inputs: Component,
        public: bool = True,
    ) -> None:
        gr.Button(visible=False).click(
            _unpacked(function, [_KINDS[type(component)] for component in inputs]),
            [gr.Audio(type="filepath", label=label, visible=False), *inputs],
            output,
            api_name=name,
            api_description=text,
            api_visibility="public" if public else "undocumented",
            concurrency_id="recordings",
            preprocess=False,  # Gradio changes threads for each value
            postprocess=not isinstance(output, gr.JSON),
        )

    def number(text: str) -> gr.Number:
        return gr.Number(label=text, visible=False)

    def json(text: str) -> gr.JSON:
        return gr.JSON(label=text, visible=False)

    def file(label: str | None = None) -> gr.File:
        return gr.File(label=label, visible=False)

    def part() -> list[Component]:
        choice = gr.Textbox(label=programs.API_SENSITIVITY, visible=False)
        return [number(programs.API_START), number(programs.API_END), choice]

    endpoint("predict", answers.predict, predicts, json(predicts), *part())
    endpoint("timeline", answers.timeline, programs.API_TIMELINE, json(programs.API_TIMELINE), *part())
    endpoint("cut", excerpts.cut, programs.API_CUT, file("WAV"), number(programs.API_START), number(programs.API_END))
    endpoint(
        "excerpt",
        excerpts.excerpt,
        programs.API_EXCERPT,
        file("WAV"),
        gr.Textbox(label=programs.API_INSTRUMENT, visible=False),
    )
    choices = gr.Textbox(visible=False), gr.Textbox(visible=False)
    endpoint("export", exports.export, "", file(), *choices, public=False)  # the page's own script asks


def _unpacked(function: Callable[..., object], kinds: Sequence[Callable[[Any], object]]) -> Callable[..., object]:
    """Return a function of a path and values of these kinds as one of a file and whatever else a client sends."""

    @wraps(function)
    def call(file: dict[str, Any] | None, *values: object) -> object:
        try:
            plain = [None if value is None else kind(value) for kind, value in zip(kinds, values, strict=True)]
        except (TypeError, ValueError, OverflowError) as error:
            raise api_error(programs.CALL_WRONG_VALUE) from error
        return function(file["path"] if file else "", *plain)

    return call
