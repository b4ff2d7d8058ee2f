"""What the layers share: how to refuse a request, and how to read its body without waiting or growing for ever."""

import asyncio
from collections.abc import Callable, Iterable

from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from ...languages import SHOWN
from ...strings import translated


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    """Answer a request with one sentence and the status that goes with it; the page is told in its language."""
    await JSONResponse({"detail": translated(sentence, SHOWN.get())}, status)(scope, receive, send)


def header(scope: Scope, name: bytes) -> str | None:
    """Return the last header of this name, None if there is none; a repeated one counts once, as in Gradio."""
    value = dict(scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")


def without_headers(scope: Scope, names: Iterable[bytes]) -> Scope:
    """Return the request without the headers of these names."""
    dropped = set(names)
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}


def announced(scope: Scope) -> int:
    """Return the bytes that a request announces for its body, 0 if it announces none."""
    text = header(scope, b"content-length") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def watched(receive: Receive, look: Callable[[bytes], None], seconds: float, late: Exception) -> Receive:
    """Show `look` what arrives, and raise `late` where a body takes longer than `seconds` in all."""
    end = asyncio.get_running_loop().time() + seconds
    complete = False

    async def receive_watched() -> Message:
        nonlocal complete
        if complete:  # what comes now is the end of the connection, which may take as long as it likes
            return await receive()
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise late from None
        if message["type"] == "http.request":
            complete = not message.get("more_body", False)
            look(message.get("body", b""))
        return message

    return receive_watched
