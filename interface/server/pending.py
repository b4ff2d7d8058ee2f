"""Answers that wait to be fetched: none is lost while somebody waits for it, and what nobody fetches is bounded.

Gradio keeps a queue of messages for each session. It forgets the oldest sessions, waiting ones as well, and keeps any
number of messages for one session. Here only sessions whose calls have ended are forgotten: first those that have
fetched everything, then the oldest.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..languages import SHOWN
from ..strings import ENGLISH, translated

LATEST_ONLY = ("estimation", "progress", "heartbeat")
"""Kinds of messages of which only the latest of a call is of use."""

MOST_OF_A_SESSION = 150
"""Messages that a session may leave before it gets no more answers: those of about 40 calls."""

MOST_MESSAGES = 2_000
"""Messages of ended calls that all sessions together may leave."""


class Messages(asyncio.Queue[Any]):
    """The messages to one session."""

    def __init__(self) -> None:
        """Begin without a message."""
        super().__init__()
        self.readers = 0

    async def get(self) -> Any:  # noqa: ANN401 - Gradio's messages
        """Wait for the next message."""
        self.readers += 1
        try:
            return await super().get()
        finally:
            self.readers -= 1

    def _put(self, item: Any) -> None:  # noqa: ANN401
        """Add a message, or let it take the place of the one that it makes obsolete."""
        waiting: Any = self._queue  # type: ignore[attr-defined]
        if item.msg in LATEST_ONLY:
            for index, other in enumerate(waiting):
                if (other.msg, other.event_id) == (item.msg, item.event_id):
                    waiting[index] = item
                    return
        waiting.append(item)


class Sessions(dict[str, Messages]):
    """The messages of all sessions by their names, and the calls whose end has not been told."""

    def __init__(self, runs: Callable[[str], bool], most: int) -> None:
        """Begin without a session.

        Args:
            runs: Whether the call with this number waits or runs.
            most: Sessions that are kept after their calls have ended.
        """
        super().__init__()
        self.calls = SessionCalls()
        self._runs, self._most = runs, most

    def __setitem__(self, session: str, _: object) -> None:
        """Begin a session."""
        self.forget()
        super().__setitem__(session, Messages())

    def __missing__(self, session: str) -> Messages:
        """Return a queue that nobody reads, for a call that outlives its session."""
        return Messages()

    def __delitem__(self, session: str) -> None:
        """Forget a session; two streams of one session may both do so at their end."""
        self.pop(session, None)

    def awaits(self, session: str) -> bool:
        """Return whether a session has an answer to come or to fetch."""
        return session in self and (not self[session].empty() or self._works_for(session))

    def awaits_event(self, event: str) -> bool:
        """Return whether the answer to a call is still to come or to fetch."""
        if self._runs(event) or event in self.calls[event]:  # a call without a session is its own session
            return True
        return any(event in events and self.awaits(name) for name, events in self.calls.items())

    def is_full(self, session: str) -> bool:
        """Return whether a session has to fetch answers before it may ask for more."""
        return session in self and self[session].qsize() >= MOST_OF_A_SESSION

    def forget(self) -> None:
        """Forget sessions whose calls have ended, if there are too many of them or of their messages."""
        ended = [name for name in self if not self[name].readers and not self._works_for(name)]
        messages = sum(self[name].qsize() for name in ended)
        if len(ended) < self._most and messages < MOST_MESSAGES:
            return
        ended.sort(key=lambda name: not self[name].empty())  # those that have fetched everything come first
        kept = len(ended)
        for name in ended:
            if not self[name].empty() and kept < self._most and messages < MOST_MESSAGES:
                break
            kept, messages = kept - 1, messages - self[name].qsize()
            del self[name]
        for name in [name for name in self.calls if name not in self and not self._works_for(name)]:
            del self.calls[name]

    def _works_for(self, session: str) -> bool:
        return any(map(self._runs, self.calls[session]))


class SessionCalls(dict[str, set[str]]):
    """The calls of each session whose end it has not been told."""

    def __missing__(self, session: str) -> set[str]:
        """Return no calls, for a session that has been forgotten."""
        return set()


async def pushed(push: Callable[..., Awaitable[tuple[Any, ...]]], *values: Any, **named: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Put a call into Gradio's queue; where that is full, the sentence is ours instead of its figures."""
    done, answer, state = await push(*values, **named)
    return done, translated(ENGLISH.errors.busy, SHOWN.get()) if state == "queue_full" else answer, state
