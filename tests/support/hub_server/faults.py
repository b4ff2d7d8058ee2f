"""What can go wrong with a Hub, on request: a layer of ASGI around the protocol."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Literal

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Behaviour = Literal["status", "hang", "slow", "cut", "corrupt"]


@dataclass(eq=False)
class Fault:
    """A way to answer wrongly.

    Attributes:
        request: Which requests; searched for in, for example, "GET /owner/name/resolve/main/config.json".
        behaviour: "status" refuses with `status`; "hang" never answers as long as this
            is in force; "slow" sends a byte now and then; "cut" sends
            half of the body and closes the connection; "corrupt" changes the last byte.
        status: For "status".
        headers: For "status".
        times: How often; without a number, always.
    """

    request: str
    behaviour: Behaviour
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = None


class FaultyServer:
    """Passes requests on to an application, except those that are to fail."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._faults: list[Fault] = []
        self._lock = Lock()
        self.closing = Event()  # ends what hangs

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._take(f"{scope['method']} {scope['path']}") if scope["type"] == "http" else None
        match fault:
            case None:
                await self._app(scope, receive, send)
            case Fault(behaviour="hang"):
                while fault in self._faults and not self.closing.is_set():
                    await asyncio.sleep(0.05)
            case Fault(behaviour="status"):
                refusal = JSONResponse({"error": "Refused on request."}, fault.status, dict(fault.headers))
                await refusal(scope, receive, send)
            case _:
                resumed = any(name == b"range" for name, _ in scope["headers"])
                await self._app(scope, receive, self._spoiling(fault, send, resumed=resumed))

    def _take(self, request: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times != 0 and re.search(fault.request, request):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def _spoiling(self, fault: Fault, send: Send, *, resumed: bool) -> Send:
        """A `send` that spoils the body."""

        async def spoil(message: Message) -> None:
            body: bytes = message.get("body", b"")
            if not body:
                await send(message)
            elif fault.behaviour == "corrupt":
                await send({**message, "body": body[:-1] + bytes([body[-1] ^ 1])})
            elif fault.behaviour == "cut":
                await send({**message, "body": b"" if resumed else body[: len(body) // 2], "more_body": True})
                raise ConnectionAbortedError("Cut on request.")
            else:
                for byte in body:
                    await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
                    await asyncio.sleep(0.2)
                    if self.closing.is_set():
                        return

        return spoil
