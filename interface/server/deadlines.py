"""Work ends when it takes too long, and when nobody waits for it any more, so that others get its place."""

import time
from collections.abc import Callable

from gradio.context import LocalContext

from instrument_model.errors import InstrumentModelError

from .. import strings


class Patience:
    """How long an analysis may go on; made by the handler that starts it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts to count.

        Args:
            seconds: What the analysis may take.
            clock: Seconds that only ever grow; the wall clock may be set meanwhile.
        """
        self._seconds, self._clock, self._end = seconds, clock, clock() + seconds

    def check(self, *_: object) -> None:
        """To be called from time to time, with anything, as the `progress` of the library's functions.

        Raises:
            InstrumentModelError: The time is up, or the visitor has gone.
        """
        if self._clock() > self._end:
            raise InstrumentModelError(strings.REQUEST_LATE.format(seconds=self._seconds))
        if _abandoned():
            raise InstrumentModelError(strings.REQUEST_ABANDONED)


def _abandoned() -> bool:
    """Whether the visitor whose request this thread works on has closed the connection."""
    blocks, event_id = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event_id is None:
        return False
    event = blocks._queue.event_ids_to_events.get(event_id)
    return event is not None and not event.alive
