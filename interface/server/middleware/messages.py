"""Requests in JSON: small, shallow, and exactly what their route takes, before Gradio sees them.

What is in a message is counted before it is parsed, and what Gradio gets is written anew from the fields that it needs.
"""

from collections.abc import AsyncIterator

import orjson
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...strings import ENGLISH, programs
from ..limits import MB, Limits
from .calls import CallError, Calls, read_call
from .exchange import announced, header, refuse, watched, without_headers
from .routes import API
from .uploads import ROUTE as UPLOAD

MESSAGE_SECONDS = 60.0
"""How long a message may take to arrive, whose 4 MB at most come at 70 kB/s in this time."""

MOST_LISTS = 200
"""Lists and objects in a message, besides those that describe its files."""

LISTS_A_FILE = 4
"""Lists and objects that describe one file of a message, at most."""

MOST_COMMAS = 20_000
"""Commas in a message, within its texts included."""

DEEPEST = 20
"""Lists and objects within each other; MCP needs about six."""


class Messages:
    """Read a message as a whole, and pass it on if it is one."""

    def __init__(self, app: ASGIApp, limits: Limits, calls: Calls) -> None:
        """Wrap an app that answers `calls`."""
        self._app, self._limits, self._calls = app, limits, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        if scope["method"] != "POST" or scope["path"] == UPLOAD:
            await self._app(scope, receive, send)
            return
        try:
            body = self._checked(scope, await self._read(scope, receive))
        except HTTPException as refusal:
            await refuse(scope, receive, send, refusal.status_code, refusal.detail)
            return
        inner = without_headers(scope, (b"content-length", b"transfer-encoding"))
        inner["headers"].append((b"content-length", b"%d" % len(body)))
        await self._app(inner, _replayed(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        """Return the whole body.

        Raises:
            HTTPException: It is too large, or takes too long.
        """
        most = self._limits.message_mb * MB
        too_big = HTTPException(413, programs.MESSAGE_TOO_BIG.format(mb=self._limits.message_mb))
        if announced(scope) > most:
            raise too_big
        arrived = 0

        def count(part: bytes) -> None:
            nonlocal arrived
            arrived += len(part)
            if arrived > most:
                raise too_big

        receive = watched(receive, count, MESSAGE_SECONDS, HTTPException(408, ENGLISH.errors.upload_late))
        return b"".join([part async for part in _parts(receive)])

    def _checked(self, scope: Scope, body: bytes) -> bytes:
        """Return what Gradio is to get.

        Raises:
            HTTPException: It is not what this route takes.
        """
        media_type = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise HTTPException(415, programs.MESSAGE_NO_JSON)
        lists = MOST_LISTS + LISTS_A_FILE * self._limits.max_files
        if body.count(b"[") + body.count(b"{") > lists or body.count(b",") > MOST_COMMAS:
            raise HTTPException(413, programs.MESSAGE_TOO_MANY.format(files=self._limits.max_files))
        try:
            message = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise HTTPException(400, programs.MESSAGE_NO_JSON) from None
        if _depth(message) > DEEPEST:
            raise HTTPException(400, programs.MESSAGE_TOO_DEEP)
        if scope["path"].startswith(f"{API}/mcp"):
            return body
        try:
            return orjson.dumps(read_call(scope["path"].removeprefix(API).strip("/"), message, self._calls))
        except CallError as error:
            raise HTTPException(error.status, str(error)) from None


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the parts of a body.

    Raises:
        HTTPException: The client has gone.
    """
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, programs.DISCONNECTED)
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body in one piece, and then whatever comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _depth(value: object) -> int:
    """Return how many lists and objects lie within each other, at most one more than `DEEPEST`."""
    level, depth = [value], 0
    while depth <= DEEPEST:
        inner: list[object] = []
        for item in level:
            if isinstance(item, list):
                inner.extend(item)
            elif isinstance(item, dict):
                inner.extend(item.values())
        if not any(isinstance(item, list | dict) for item in level):
            break
        level, depth = inner, depth + 1
    return depth
