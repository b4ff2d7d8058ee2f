"""The endpoints that programs and assistants call."""

from collections.abc import Callable

import gradio as gr
from gradio.components import Component

from . import strings
from .excerpts import Excerpts
from .service import Handlers


def declare_endpoints(handlers: Handlers) -> None:
    """Add the named endpoints, which are also the tools of the MCP server, to the page that is being built."""
    label = strings.API_FILE.format(mb=handlers.limits.upload_mb, minutes=handlers.limits.max_minutes)

    excerpts = Excerpts(handlers)

    def endpoint(name: str, function: Callable[..., object], text: str, output: Component, *inputs: Component) -> None:
        gr.Button(visible=False).click(
            function,
            [gr.Audio(type="filepath", label=label, visible=False), *inputs],
            output,
            api_name=name,
            api_description=text,
            concurrency_id="recordings",
        )

    def number(text: str) -> gr.Number:
        return gr.Number(label=text, visible=False)

    def wav() -> gr.File:
        return gr.File(label="WAV", visible=False)

    def part() -> list[Component]:
        choice = gr.Textbox(label=strings.API_SENSITIVITY, visible=False)
        return [number(strings.API_START), number(strings.API_END), choice]

    predict, timeline = (gr.JSON(label=text, visible=False) for text in (strings.API_PREDICT, strings.API_TIMELINE))
    endpoint("predict", handlers.predict, strings.API_PREDICT, predict, *part())
    endpoint("timeline", handlers.timeline, strings.API_TIMELINE, timeline, *part())
    endpoint("cut", excerpts.cut, strings.API_CUT, wav(), number(strings.API_START), number(strings.API_END))
    endpoint(
        "excerpt", excerpts.excerpt, strings.API_EXCERPT, wav(), gr.Textbox(label=strings.API_INSTRUMENT, visible=False)
    )
