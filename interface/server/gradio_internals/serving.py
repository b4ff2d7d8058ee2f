"""Requests: what is known of one, and how they are served."""

import asyncio
import json
from typing import Any

import gradio as gr
import uvicorn.config
from fastapi.routing import APIRoute
from gradio import routes
from gradio.context import LocalContext
from gradio_client import utils as client_utils
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..middleware.bounded import Newest

MOST_UPLOADS = 1_000
"""Uploads whose progress is remembered."""


def sent_with(event: gr.EventData) -> Any:  # noqa: ANN401 - whatever a client sends
    """Return what the page's own script has sent with an event."""
    return event._data


def is_abandoned() -> bool:
    """Return whether the visitor whose request this thread works on has closed the connection."""
    blocks, event_id = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event_id is None:
        return False
    event = blocks._queue.event_ids_to_events.get(event_id)
    return event is not None and not event.alive


def bound_upload_progress() -> None:
    """Remember the progress of the newest uploads alone, of which Gradio forgets only what a browser has followed."""
    progress = routes.file_upload_statuses
    progress._statuses = Newest(MOST_UPLOADS)
    progress._signals = Newest(MOST_UPLOADS, asyncio.Event)  # type: ignore[assignment]


def serve_with(protocol: type[H11Protocol]) -> None:
    """Let the server that `Blocks.launch` starts, where ZeroGPU takes part, speak HTTP by a protocol of our own."""
    uvicorn.config.HTTP_PROTOCOLS["auto"] = protocol  # type: ignore[assignment]


def answer_tools_in_json(page: gr.Blocks) -> None:
    """Let the MCP server write an object as JSON; Gradio writes it as Python does."""
    server = page.mcp_server_obj
    if server is None:
        return
    write = server.postprocess_output_data

    def write_json(data: list[Any], root_url: str) -> list[Any]:
        return write(
            [json.dumps(value, ensure_ascii=False) if _is_object(value) else value for value in data], root_url
        )

    server.postprocess_output_data = write_json  # type: ignore[method-assign]


def _is_object(value: object) -> bool:
    return isinstance(value, dict) and not client_utils.is_file_obj_with_meta(value)


def admit_everybody(app: routes.App) -> None:
    """Leave out Gradio's check of who is logged in, for which each request changes threads: nobody has an account."""

    async def admit() -> None: ...

    config = next(route for route in app.routes if isinstance(route, APIRoute) and route.path == "/config")
    app.dependency_overrides.update({check.dependency: admit for check in config.dependencies if check.dependency})
