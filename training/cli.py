"""What all of training's commands share: one sentence and exit status 1 instead of a traceback."""

import sys
from collections.abc import Callable

from instrument_model.errors import InstrumentModelError

INTERRUPTED = 130  # the shell's number for a command ended by Ctrl-C


def run_command(command: Callable[[], None]) -> int:
    """Runs a command and turns what its user can put right into one sentence on stderr.

    Returns:
        The exit status.
    """
    try:
        command()
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here.", file=sys.stderr)
        return INTERRUPTED
    return 0
