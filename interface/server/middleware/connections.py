"""Connections: there is always room for the next one, and none is kept waiting by a client that says nothing.

The protocol of uvicorn closes a connection that is silent between two requests. One that is silent before its first
request, in the middle of its headers, or while it should read its answer, would stay for ever, and there is no bound on
their number: the process runs out of file descriptors and answers nobody, its health check included.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, ClassVar

import h11
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from ...strings import ENGLISH, programs
from .answers import HEADERS

log = logging.getLogger(__name__)

HEADER_SECONDS = 15.0
"""How long a connection may take until the headers of its request are complete."""

STALLED_SECONDS = 60.0
"""How long a client may leave what is sent to it unread."""

FLUSH_SECONDS = 5.0
"""How long a client has for reading why its connection is closed."""

SPARE = 256
"""Connections without a request, besides those with one."""


class Connection(H11Protocol):
    """A connection of a client; `limited` makes the class that a server can use.

    Attributes:
        most: Connections at the same time.
        wrap: Puts the layers around the app that the server answers with.
        resting: The connections that have no request in hand, in the order in which they came to rest.
    """

    most: ClassVar[int]
    wrap: ClassVar[Callable[[ASGIApp], ASGIApp]]
    resting: ClassVar[dict["Connection", None]]
    _wrapped: ClassVar[dict[int, ASGIApp]]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        """Make what uvicorn makes, with our layers around the app."""
        super().__init__(*arguments, **options)
        inner: Any = self.app
        kind = type(self)
        if id(inner) not in kind._wrapped:
            kind._wrapped[id(inner)] = kind.wrap(inner)
        self.app = kind._wrapped[id(inner)]
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room by closing the connection that has rested for longest, or refuse this one."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            oldest = next(iter(self.resting), None)
            if oldest is None:
                self.refuse(503, ENGLISH.errors.busy)
                return
            oldest.drop()
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.resting.pop(self, None)
        for timer in (self._deadline, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the next bytes; from the first byte of a request on, its headers have a deadline."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._work()
        elif self._deadline is None:
            self._rest()

    def on_response_complete(self) -> None:
        """Rest until the next request."""
        self._rest()
        super().on_response_complete()
        if not self.cycle.response_complete:  # the next request had come already
            self._work()

    def pause_writing(self) -> None:
        """Wait for the client to read, but not for ever."""
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on, as the client has read."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own sentence
        """Answer what is no HTTP with one sentence."""
        self.refuse(400, programs.HTTP_BAD)

    def refuse(self, status: int, sentence: str) -> None:
        """Answer with one sentence, and close the connection."""
        body = sentence.encode()
        headers = [
            *HEADERS,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        try:
            parts = [self.conn.send(event) or b"" for event in (response, h11.Data(data=body), h11.EndOfMessage())]
            self.transport.write(b"".join(parts))
        except h11.LocalProtocolError:  # in the middle of another answer
            log.debug("A connection is closed without a sentence.")
        self.transport.close()
        self.loop.call_later(FLUSH_SECONDS, self.transport.abort)  # where nobody reads the sentence

    def drop(self) -> None:
        """Close the connection at once, and give its place to another."""
        self.resting.pop(self, None)
        self.connections.discard(self)
        self.transport.abort()

    def _rest(self) -> None:
        self.resting.pop(self, None)
        self.resting[self] = None
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self._end_rest)

    def _work(self) -> None:
        self.resting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_rest(self) -> None:
        """Close a connection whose request does not come."""
        self._deadline = None
        if self.conn.our_state is h11.IDLE and not self.transport.is_closing():
            self.refuse(408, ENGLISH.errors.upload_late)
        else:  # it sends on after the answer, or does not read it
            self.drop()

    def _should_upgrade(self) -> bool:
        """Answer a request for WebSocket as any other, because nothing here speaks it."""
        return False


def limited(places: int, wrap: Callable[[ASGIApp], ASGIApp]) -> type[Connection]:
    """Return the protocol of a server.

    Args:
        places: Connections at the same time that have a request in hand.
        wrap: Puts the layers around the app that the server answers with.
    """
    attributes = {"most": places + SPARE, "wrap": staticmethod(wrap), "resting": {}, "_wrapped": {}}
    return type("LimitedConnection", (Connection,), attributes)
