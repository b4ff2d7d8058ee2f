"""Memory that is freed goes back to the system."""

import contextlib
import ctypes
import time
from threading import Thread

_M_ARENA_MAX = -8  # mallopt(3)
_ARENAS = 2
_SECONDS_BETWEEN = 30.0


def share_heaps() -> None:
    """Lets all threads use two heaps; to be called before there are threads.

    glibc would give many of the server's forty threads a heap of their own, each of which keeps what a long recording
    once took. Other C libraries have no such setting and need none.
    """
    _tell_allocator("mallopt", _M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return what is free in the middle of the heaps; by itself, glibc gives back only their ends."""
    _tell_allocator("malloc_trim", 0)


def keep_giving_back() -> None:
    """Give memory back every half minute from now on, in a thread."""

    def run() -> None:
        while True:
            time.sleep(_SECONDS_BETWEEN)
            give_back()

    Thread(target=run, name="give back", daemon=True).start()


def _tell_allocator(function: str, *arguments: int) -> None:
    """Call one of glibc's functions, where there is glibc."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # TypeError: on Windows None names no library
        getattr(ctypes.CDLL(None), function)(*arguments)
