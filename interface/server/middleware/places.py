"""How many requests are open at the same time: of each kind only so many, so that no kind leaves the others without."""

from collections import Counter
from enum import Enum, auto

from starlette.types import ASGIApp, Receive, Scope, Send

from ...strings import ENGLISH
from .exchange import refuse

KEPT_FOR_HEALTH = 8
"""Requests for `/` and `/config` that are answered however many others are open."""


class Kind(Enum):
    """What a request occupies a place for."""

    HEALTH = auto()
    PAGE = auto()  # streams that stay open as long as a page, and may be idle for ever
    SENDING = auto()  # bodies, which may arrive slowly
    ANSWER = auto()  # streams of those who wait
    FILE = auto()  # downloads, which may be read slowly


SHARES = {Kind.PAGE: 0.4, Kind.SENDING: 0.2, Kind.ANSWER: 0.2, Kind.FILE: 0.2}
"""The share of all places that requests of a kind may take together."""


class Places:
    """Refuse a request when all places of its kind are taken."""

    def __init__(self, app: ASGIApp, places: int) -> None:
        """Wrap an app.

        Args:
            app: Gets each request with its `Kind` in `scope["kind"]`.
            places: Requests of all kinds together, without those kept for `/config`.
        """
        self._app = app
        self._most = {kind: max(1, int(share * places)) for kind, share in SHARES.items()}
        self._most[Kind.HEALTH] = KEPT_FOR_HEALTH
        self._taken: Counter[Kind] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        kind = scope["kind"]
        if self._taken[kind] >= self._most[kind]:
            await refuse(scope, receive, send, 503, ENGLISH.errors.busy)
            return
        self._taken[kind] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._taken[kind] -= 1
