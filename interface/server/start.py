"""What can be wrong with the settings when the app starts: each gets one sentence that names the setting."""

import errno
import os
import socket
from collections.abc import Mapping

from instrument_model.errors import InstrumentModelError

NUMBERS = (
    "GRADIO_SERVER_PORT",
    "GRADIO_NUM_PORTS",
    "GRADIO_NODE_NUM_PORTS",
    "GRADIO_ANALYTICS_MAX_EVENTS",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY",
    "GRADIO_DEBUG",
    "HF_HUB_DOWNLOAD_TIMEOUT",
    "HF_HUB_ETAG_TIMEOUT",
)
"""Variables that Gradio and the Hub's client take for whole numbers while they are imported."""


def check_numbers(environment: Mapping[str, str] = os.environ) -> None:
    """Check what would end in a traceback of somebody else's module.

    Raises:
        InstrumentModelError: One of `NUMBERS` is no whole number.
    """
    for name in NUMBERS:
        text = environment.get(name)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InstrumentModelError(f"{name} is {text!r}; set it to a whole number or leave it out.")


def check_address(port: int | None, environment: Mapping[str, str] = os.environ) -> None:
    """Try whether the app can listen where it is told to.

    Args:
        port: Where PORT says; without it, GRADIO_SERVER_PORT says so, or Gradio looks for one that is free.
        environment: The variables.

    Raises:
        InstrumentModelError: The address is not one of this computer, or the port is in use or forbidden.
    """
    host = environment.get("GRADIO_SERVER_NAME", "").strip().removeprefix("[").removesuffix("]") or "127.0.0.1"
    if port is None:
        port = int(environment.get("GRADIO_SERVER_PORT", "0"))
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as attempt:
            if os.name == "posix":  # on Windows this would share a port that is in use
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((address[0], port, *address[2:]))
    except (OSError, OverflowError, UnicodeError) as error:
        code = getattr(error, "errno", None)
        if code == errno.EADDRINUSE:
            problem = f"port {port} is in use; set PORT to another one, or end the program that uses it."
        elif code in (errno.EACCES, errno.EPERM):
            problem = f"this user may not listen on port {port}; set PORT to a number from 1024 on."
        elif isinstance(error, OverflowError):
            problem = f"port {port} does not exist; set GRADIO_SERVER_PORT to a number from 1 to 65535."
        else:
            problem = (
                f"GRADIO_SERVER_NAME is {host!r}, which is no address of this computer; set it to 127.0.0.1 for this "
                "computer alone or to 0.0.0.0 for everybody."
            )
        raise InstrumentModelError(problem) from error
