"""Streams of answers: only for those who have one to expect."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ...strings import programs
from .calls import Waiting
from .exchange import refuse
from .names import parse_query
from .places import Kind


class Awaited:
    """Refuse who asks for an answer that will never come; Gradio would keep the stream open for ever."""

    def __init__(self, app: ASGIApp, waiting: Waiting) -> None:
        """Wrap an app whose answers `waiting` knows."""
        self._app, self._waiting = app, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        if scope["kind"] is Kind.ANSWER and scope["method"] == "GET" and not self._expects(scope):
            await refuse(scope, receive, send, 404, programs.ANSWER_UNKNOWN)
        else:
            await self._app(scope, receive, send)

    def _expects(self, scope: Scope) -> bool:
        session = parse_query(scope["query_string"]).get("session_hash")
        path: str = scope["path"]
        if path.endswith("/queue/data"):
            return session is not None and self._waiting.awaits(session)
        return self._waiting.awaits_event(path.rpartition("/")[2])
