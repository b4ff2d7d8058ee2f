"""The end of the app: SIGTERM or Ctrl-C ends it within seconds; work in hand is finished, or refused with a sentence.

As the first process of a container, Python would ignore SIGTERM if it had no handler.
"""

import os
import signal
import threading
import time
from typing import Any

FINISH_SECONDS = 4.0
"""How long visitors may still get their answers; new connections are refused from the start."""

REFUSE_SECONDS = 4.0
"""How long it may take to tell the others that the app ends."""

MOST_SECONDS = 9.0
"""When the process ends whatever it is doing; Docker kills it after 10."""

ENDING = threading.Event()
"""Set when analyses that still run are to be given up."""


def end_on_sigterm() -> None:
    """Let SIGTERM end the main thread, whatever it is doing, as `sys.exit` would."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)


def _end(*_: object) -> None:
    raise SystemExit(0)


def run_until_told(page: Any) -> None:  # noqa: ANN401 - a launched `gradio.Blocks`, which is imported later
    """Wait for SIGTERM or Ctrl-C, and let the page end in order.

    Args:
        page: What has been launched with `prevent_thread_lock`.
    """
    try:
        while page.server.thread.is_alive():
            time.sleep(0.5)
    except (SystemExit, KeyboardInterrupt):
        last = threading.Timer(MOST_SECONDS, os._exit, [0])  # threads of an executor would be waited for
        last.daemon = True
        last.start()
        _close(page)


def _close(page: Any) -> None:  # noqa: ANN401
    page.server.should_exit = True  # no new connections; open ones end with the answer that they wait for
    page.app.stop_event.set()  # which open pages wait for
    page.server.thread.join(FINISH_SECONDS)
    ENDING.set()
    page.server.thread.join(REFUSE_SECONDS)
