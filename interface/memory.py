"""Memory that is freed goes back to the system."""

import contextlib
import ctypes

_M_ARENA_MAX = -8  # mallopt(3)
_ARENAS = 2


def share_heaps() -> None:
    """Lets all threads use two heaps; to be called before there are threads.

    glibc would give many of the server's forty threads a heap of their own, each of which keeps what a long recording
    once took. Other C libraries have no such setting and need none.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # TypeError: on Windows None names no library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
