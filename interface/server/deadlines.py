"""Work ends when it takes too long, and when nobody waits for it any more, so that others get its place."""

import time
from collections.abc import Callable

from instrument_model.errors import InstrumentModelError

from ..strings import ENGLISH, programs
from .gradio_internals import is_abandoned
from .shutdown import ENDING


class Patience:
    """How long an analysis may go on; made by the handler that starts it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start to count.

        Args:
            seconds: What the analysis may take.
            clock: Seconds that only ever grow; the wall clock may be set meanwhile.
        """
        self._seconds, self._clock, self._end = seconds, clock, clock() + seconds

    def check(self, *_: object) -> None:
        """To be called from time to time, with anything, as the `progress` of the library's functions.

        Raises:
            InstrumentModelError: The time is up, the visitor has gone, or the app ends.
        """
        if ENDING.is_set():
            raise InstrumentModelError(ENGLISH.errors.ending)
        if self._clock() > self._end:
            raise InstrumentModelError(ENGLISH.errors.request_late.format(seconds=self._seconds))
        if is_abandoned():
            raise InstrumentModelError(programs.REQUEST_ABANDONED)
