"""Forms with files: no more than fits into one go, and into the room that is left on the disk."""

from pathlib import Path

from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...strings import ENGLISH
from ..limits import MB, Limits
from ..storage import Storage, Usage
from .exchange import announced, header, watched
from .form import UploadForm
from .routes import API

ROUTE = f"{API}/upload"


class Uploads:
    """Look at uploads while they arrive."""

    def __init__(self, app: ASGIApp, limits: Limits, folder: Path) -> None:
        """Wrap an app that keeps what is uploaded in `folder`."""
        self._app, self._limits = app, limits
        self._storage = Storage(folder, Usage(limits.uploads_mb * MB, limits.uploads_files))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an upload only as far as there is room for it."""
        if scope["path"] != ROUTE or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        limits, size = self._limits, announced(scope)
        too_big = ENGLISH.errors.upload_too_big.format(mb=limits.upload_mb)
        try:
            form = UploadForm(header(scope, b"content-type") or "")
        except MultiPartException as refusal:
            await PlainTextResponse(refusal.message, 400)(scope, receive, send)
            return
        await self._storage.count()
        most, room = limits.upload_mb * MB * limits.max_files + MB, self._storage.room  # and what the form adds
        if size > most:
            await PlainTextResponse(too_big, 413)(scope, receive, send)
            return
        if room.files <= 0 or size > room.bytes:
            await PlainTextResponse(ENGLISH.errors.upload_no_room, 507)(scope, receive, send)
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
                    refused, sentence = 413, too_big
                elif room.bytes < 0 or room.files < 0:
                    refused, sentence = 507, ENGLISH.errors.upload_no_room
                else:
                    return
                raise MultiPartException(sentence)  # upon which Gradio removes what has arrived

            late = MultiPartException(ENGLISH.errors.upload_late)
            await self._app(scope, watched(receive, look, limits.request_seconds, late), send_refusal)
