"""Files and parts of them: what cannot be served is refused with one sentence.

Gradio has a way of its own for `Range: bytes=0-99`, which copies the headers of the request into the answer and raises
where there is a second hyphen. It looks for the unit in small letters; as units are the same in any case (RFC 9110,
14.1), a capital leads past it to Starlette, which serves all kinds of ranges.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...strings import programs
from .exchange import header, refuse, without_headers
from .places import Kind

MOST_RANGES = 20
"""Parts that one request may ask for."""

_PART = r"(\d{1,18}-\d{0,18}|-\d{1,18})"
_RANGES = re.compile(rf"bytes\s*=\s*({_PART}(\s*,\s*{_PART}){{0,{MOST_RANGES - 1}}})", re.ASCII | re.IGNORECASE)

SENTENCES = {403: programs.FILE_REFUSED, 404: programs.NOT_FOUND, 416: programs.RANGE_BEYOND}
"""What is said instead of a name of any length, or of nothing."""


class Files:
    """Let only a well-formed `Range` through, and say why there is no file."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        asked = header(scope, b"range")
        match = _RANGES.fullmatch((asked or "").strip())
        if asked is not None and match is None:
            await refuse(scope, receive, send, 400, programs.RANGE_BAD)
            return
        if match is not None:
            scope = without_headers(scope, (b"range",))
            scope["headers"].append((b"range", b"Bytes=" + match[1].encode()))
        refused = False

        async def send_file(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in SENTENCES:
                refused = True
                size = [(name, value) for name, value in message["headers"] if name == b"content-range"]
                await refuse(scope, receive, _with_headers(send, size), message["status"], SENTENCES[message["status"]])
            elif not refused:
                await send(message)

        await self._app(scope, receive, send_file if scope["kind"] is Kind.FILE else send)


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds headers, such as the size of the file that has no such part."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return send_with_headers
