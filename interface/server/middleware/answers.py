"""Every answer carries the same protective headers, and none is a traceback."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...strings import ENGLISH, programs
from .exchange import refuse

log = logging.getLogger(__name__)

POLICY = b"content-security-policy"

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
    (POLICY, b"frame-ancestors 'self'; object-src 'none'"),
)
"""What every answer carries unless it says something else."""


async def _say_fault(_: Request, error: Exception) -> Response:
    status, sentence = _explain(error)
    return JSONResponse({"detail": sentence}, status)


FAULT_HANDLERS = {Exception: _say_fault}
"""What FastAPI answers where something fails before an answer has begun."""


class Answers:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, frame_ancestors: str) -> None:
        """Wrap an app; the directive says whose pages may show it in a frame."""
        self._app = app
        policy = f"{frame_ancestors}; object-src 'none'".encode()
        self._headers = tuple((name, policy if name == POLICY else value) for name, value in HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers; a fault is logged once and answered with one sentence."""
        if scope["type"] != "http":  # nothing here speaks WebSocket
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        started = ended = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started, ended
            if message["type"] == "http.response.start":
                started = True
                names = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((k, v) for k, v in self._headers if k not in names)]
            elif message["type"] == "http.response.body":
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as raised:
            status, sentence = _explain(raised)
            if status >= 500:
                log.exception("A request for %s failed.", scope["path"][:200])
            if not started:
                await refuse(scope, receive, send_with_headers, status, sentence)
            elif not ended:
                await send_with_headers({"type": "http.response.body", "body": b""})


def _explain(error: BaseException) -> tuple[int, str]:
    """Return (status, sentence) for what has been raised; the status is below 500 where the client is the cause."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    # Starlette wraps a refusal that comes after the first byte of the answer.
    refusal = next((e for e in (error, error.__cause__, error.__context__) if isinstance(e, HTTPException)), None)
    if refusal is not None:
        return refusal.status_code, str(refusal.detail)
    if isinstance(error, ClientDisconnect):
        return 400, programs.DISCONNECTED
    return 500, ENGLISH.errors.fault
