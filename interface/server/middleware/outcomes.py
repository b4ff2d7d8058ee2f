"""Calls that skip the queue: what a handler refuses is the client's doing, and a fault of ours names no details."""

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...strings import ENGLISH
from .exchange import refuse
from .routes import API


class Outcomes:
    """Tell the two apart, which Gradio answers alike with 500."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and correct the status of its answer."""
        if not scope["path"].startswith(f"{API}/run/"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_outcome(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and message["status"] == 500:
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    if _is_refusal(body):
                        await send({**start, "status": 400})
                        await send({"type": "http.response.body", "body": body})
                    else:
                        await refuse(scope, receive, send, 500, ENGLISH.errors.fault)

        await self._app(scope, receive, send_outcome)


def _is_refusal(body: bytes) -> bool:
    """Return whether an answer is a sentence for the client, which Gradio gives a title."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:  # compressed, or no answer of a call
        return False
    return isinstance(answer, dict) and "title" in answer
