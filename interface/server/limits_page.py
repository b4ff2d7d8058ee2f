"""Writes docs/limits.md: `python -m interface.server.limits_page > docs/limits.md`."""

import inspect
import re
from dataclasses import fields
from importlib import import_module

from .limits import LARGEST, MB, Limits

FIXED = (
    ("instrument_model.audio", "MAX_SECONDS", "seconds of a recording that the library reads unless told otherwise"),
    ("instrument_model.audio", "MIN_SECONDS", "seconds of sound below which a recording is refused"),
    ("instrument_model.audio", "SAMPLE_RATES", "sample rates of recordings, in Hz"),
    ("instrument_model.hub.download", "DOWNLOAD_SECONDS", "seconds that the download of a model may take"),
    ("instrument_model.hub.download", "ANSWER_SECONDS", "seconds that the Hub may be silent"),
    ("instrument_model.hub.download", "MAX_CONFIG_BYTES", "bytes of a model's `config.json`"),
    ("interface.audience", "RATES", "sample rates of a live listener, in Hz"),
    ("interface.audience", "LONGEST_PIECE", "seconds of sound that a live listener may send at once"),
    (
        "interface.audience",
        "IDLE_SECONDS",
        "seconds without a piece after which a live listener has gone and is forgotten",
    ),
    ("interface.feedback_store", "MINUTES_BETWEEN_COMMITS", "minutes between two copies of feedback to its dataset"),
    (
        "interface.server.storage",
        "SECONDS_BETWEEN_COUNTS",
        "seconds between two counts of the room for uploads",
    ),
    (
        "interface.server.middleware.connections",
        "HEADER_SECONDS",
        "seconds until the headers of a request are complete",
    ),
    ("interface.server.middleware.connections", "STALLED_SECONDS", "seconds that a client may leave an answer unread"),
    ("interface.server.middleware.messages", "MESSAGE_SECONDS", "seconds that a request in JSON may take to arrive"),
    ("interface.server.middleware.messages", "DEEPEST", "lists and objects within each other in a request"),
    ("interface.server.middleware.names", "LONGEST_NAME", "characters of a session's name and the like"),
    ("interface.server.middleware.places", "KEPT_FOR_HEALTH", "requests for `/` and `/config` besides `CONNECTIONS`"),
    ("interface.server.pending", "MOST_OF_A_SESSION", "messages that a session may leave unfetched"),
    ("interface.server.pending", "MOST_MESSAGES", "messages that all sessions may leave unfetched"),
    ("interface.server.cleanup", "SECONDS_BETWEEN", "seconds between two looks for uploaded files whose time is up"),
)
"""(module, constant, what it limits): what nobody has had a reason to set."""


def meanings() -> dict[str, str]:
    """Return what the docstring of `Limits` says about each."""
    text = inspect.getdoc(Limits) or ""
    return {name: re.sub(r"\s+", " ", meaning) for name, meaning in re.findall(r"(?m)^ {4}(\w+): (.+)$", text)}


def markdown() -> str:
    """Return the page."""
    known = meanings()
    lines = [
        "# Limits",
        "",
        "<!-- Made by `python -m interface.server.limits_page`. -->",
        "",
        f"Each is a whole number from 1 to {LARGEST:,}; with another value the app says so and does not start.",
        f"A megabyte has {MB:,} bytes. For example `MAX_MINUTES=5 UPLOAD_MB=20 python app.py`.",
        "",
        "| variable | unless set | what it limits |",
        "|---|---|---|",
        *(f"| `{field.name.upper()}` | {field.default} | {known[field.name]} |" for field in fields(Limits)),
        "",
        "A request beyond a limit is answered with one sentence: 413 where it is too large, 503 where too many wait",
        "or are connected, 507 where there is no more room for uploads, 408 where it takes too long to arrive.",
        "",
        "## Fixed",
        "",
        "| where | value | what it limits |",
        "|---|---|---|",
        *(f"| `{module}.{name}` | {value(module, name)} | {meaning} |" for module, name, meaning in FIXED),
    ]
    return "\n".join(lines) + "\n"


def value(module: str, name: str) -> str:
    """Return a constant as people write it."""
    found = getattr(import_module(module), name)
    return f"{found.start:,} to {found.stop - 1:,}" if isinstance(found, range) else f"{found:,}"


if __name__ == "__main__":
    print(markdown(), end="")
