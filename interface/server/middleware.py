"""What may come in: the routes that this app uses, requests of bounded size, number and duration, and no more.

Gradio serves many features besides those of this app: it fetches web addresses for whoever asks (`file=https://…`),
runs FFmpeg over screen recordings, writes links to session states, shows statistics. Nothing here needs them, so the
gate in front of Gradio knows only the routes that page and API use, and a route that a later version adds stays shut.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, PlainTextResponse

from .. import strings
from .form import UploadForm
from .limits import MB, Limits
from .storage import Storage, Usage

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

OPEN = re.compile(
    r"""/?
    | /(static|assets|svelte|custom_component)/.*           # Gradio's own page
    | /(config|theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon(/\d+)?)/?
    | /gradio_api/(info|openapi\.json|app_id|user|theme\.css|startup-events|heartbeat/\w+)/?
    | /gradio_api/(call(/v2)?/\w+(/\w+)?|run/\w+|queue/(join|data|status)|cancel|reset)/?
    | /gradio_api/(upload|upload_progress)/?
    | /gradio_api/file[=/](?!\w+:).*                        # no web address, which Gradio would fetch
    | /gradio_api/mcp(/(schema|sse|messages/?)?)?
    """,
    re.VERBOSE | re.DOTALL,
)
"""What page, API, clients and MCP ask for."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
    # A Space is a frame on huggingface.co; everybody else links to the page.
    (b"content-security-policy", b"frame-ancestors 'self' https://huggingface.co; object-src 'none'"),
)

UPLOAD = "/gradio_api/upload"


class Gate:
    """ASGI middleware in front of Gradio."""

    def __init__(self, app: ASGIApp, limits: Limits, uploads: Path) -> None:
        """Wraps an app.

        Args:
            app: What answers the requests that may pass.
            limits: The bounds.
            uploads: The folder of uploaded files.
        """
        self._app, self._limits = app, limits
        self._requests = 0
        self._storage = Storage(uploads, Usage(limits.uploads_mb * MB, limits.uploads_files))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it with one sentence."""
        if scope["type"] != "http":  # Gradio uses no WebSocket
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((k, v) for k, v in HEADERS if k not in names)]
            await send(message)

        if not OPEN.fullmatch(scope["path"]):
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send_with_headers)
            return
        if self._requests >= self._limits.connections:
            await JSONResponse({"detail": strings.BUSY}, 503)(scope, receive, send_with_headers)
            return
        self._requests += 1
        try:
            if scope["path"].rstrip("/") == UPLOAD:
                await self._upload(scope, receive, send_with_headers)
            else:
                await self._message(scope, receive, send_with_headers)
        finally:
            self._requests -= 1

    async def _upload(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """A form with files: no more than fits into one go, and into the room that is left."""
        limits = self._limits
        try:
            form = UploadForm(dict(scope["headers"]).get(b"content-type", b"").decode("latin-1"))
        except MultiPartException as refusal:
            await self._refuse_upload(400, refusal.message, scope, receive, send)
            return
        await self._storage.count()
        most, room = limits.upload_mb * MB * limits.max_files + MB, self._storage.room
        if _announced(scope) > most:
            await self._refuse_upload(413, strings.UPLOAD_TOO_BIG.format(mb=limits.upload_mb), scope, receive, send)
            return
        if room.files <= 0 or _announced(scope) > room.bytes:
            await self._refuse_upload(507, strings.UPLOAD_NO_ROOM, scope, receive, send)
            return
        arrived = 0
        refused: int | None = None

        async def send_refusal(message: Message) -> None:
            if message["type"] == "http.response.start" and refused:
                message["status"] = refused
            await send(message)

        with self._storage.arrival() as add:

            def look(chunk: bytes) -> None:
                nonlocal arrived, refused
                before = form.files
                form.feed(chunk)
                arrived += len(chunk)
                room = add(len(chunk), form.files - before)
                if arrived > most:
                    refused, sentence = 413, strings.UPLOAD_TOO_BIG.format(mb=limits.upload_mb)
                elif room.bytes < 0 or room.files < 0:
                    refused, sentence = 507, strings.UPLOAD_NO_ROOM
                else:
                    return
                raise MultiPartException(sentence)  # upon which Gradio removes what has arrived

            late = MultiPartException(strings.UPLOAD_LATE)
            await self._app(scope, _watched(receive, look, limits.request_seconds, late), send_refusal)

    async def _refuse_upload(
        self, status: int, sentence: str, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        await PlainTextResponse(sentence, status)(scope, receive, send)
        await _drain(receive, 2 * self._limits.upload_mb * MB)

    async def _message(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Anything else has a body of a few kilobytes, or of a recording in a `data:` URI."""
        most = self._limits.message_mb * MB
        too_big = HTTPException(413, strings.MESSAGE_TOO_BIG.format(mb=self._limits.message_mb))
        if _announced(scope) > most:
            await JSONResponse({"detail": too_big.detail}, too_big.status_code)(scope, receive, send)
            await _drain(receive, 2 * self._limits.upload_mb * MB)
            return
        arrived = 0

        def count(chunk: bytes) -> None:
            nonlocal arrived
            arrived += len(chunk)
            if arrived > most:
                raise too_big

        late = HTTPException(408, strings.UPLOAD_LATE)
        await self._app(scope, _watched(receive, count, self._limits.request_seconds, late), send)


def _announced(scope: MutableMapping[str, Any]) -> int:
    """The size that a request gives for its body, in bytes; 0 if it gives none."""
    text = dict(scope["headers"]).get(b"content-length", b"")
    return int(text) if text.isdigit() else 0


def _watched(receive: Receive, look: Callable[[bytes], None], seconds: float, late: Exception) -> Receive:
    """Shows `look` what arrives, and raises `late` where a body takes longer than `seconds` in all."""
    end = asyncio.get_running_loop().time() + seconds
    complete = False

    async def watched() -> Message:
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

    return watched


async def _drain(receive: Receive, most: int) -> None:
    """Reads on for a while: a client that is cut off while it sends does not read the answer."""
    try:
        async with asyncio.timeout(10):
            while most > 0:
                message = await receive()
                most -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
