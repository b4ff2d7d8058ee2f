"""What strangers send to the app, by HTTP and as an assistant."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from gradio_client import Client

from tests.support.app_server import HANG_SECONDS, NO_TLS, App

MARK = {"_type": "gradio.FileData"}


def patient_client(url: str) -> Client:
    """Gradio's client, which else gives up after five seconds; a busy machine takes longer now and then."""
    return Client(url, verbose=False, httpx_kwargs={"timeout": HANG_SECONDS})


def upload(app: App, content: bytes, name: str = "clip.mp3") -> str:
    response = httpx.post(f"{app.url}/gradio_api/upload", files={"files": (name, content)}, timeout=60, verify=NO_TLS)
    assert response.status_code == 200, response.text
    (path,) = response.json()
    return str(path)


def ask(app: App, value: Any) -> str:  # noqa: ANN401 - whatever a stranger sends
    """What `/predict` answers, as the text of its events."""
    joined = httpx.post(f"{app.url}/gradio_api/call/predict", json={"data": [value]}, timeout=60, verify=NO_TLS)
    assert joined.status_code == 200
    return httpx.get(f"{app.url}/gradio_api/call/predict/{joined.json()['event_id']}", timeout=60, verify=NO_TLS).text


def sentence(answer: str) -> str:
    """The error in the text of events."""
    assert "event: error" in answer, answer
    return str(json.loads(answer.split("data: ", 1)[1].splitlines()[0])["error"])


async def ask_tool(app: App, audio: str) -> tuple[bool, str]:
    """(whether it failed, the text) of what the MCP tool answers."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        streamable_http_client(f"{app.url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        name = next(tool.name for tool in (await session.list_tools()).tools if tool.name.endswith("predict"))
        answer = await session.call_tool(name, {"audio": audio})
        return answer.isError, answer.content[0].text  # type: ignore[union-attr]


def mcp(app: App, audio: str) -> tuple[bool, str]:
    with ThreadPoolExecutor() as threads:  # a loop of its own
        return threads.submit(asyncio.run, ask_tool(app, audio)).result(timeout=HANG_SECONDS)
