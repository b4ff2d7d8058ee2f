"""Every limit of the app in one place; each can be set by an environment variable of the name given here in capitals.

For example `MAX_MINUTES=5 UPLOAD_MB=20 python app.py`; docs/limits.md is made from this file.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from instrument_model.errors import InstrumentModelError

MB = 1_048_576
"""Bytes of a megabyte, in every limit."""

LARGEST = 100_000
"""What a limit can be set to at most."""


@dataclass(frozen=True)
class Limits:
    """What one visitor and all of them together may ask for.

    Attributes:
        upload_mb: Megabytes of one file, enforced while it is uploaded.
        uploads_mb: Megabytes of all files of visitors together on the server's disk; there is no room for more.
        uploads_files: Number of those files, whatever their size; each takes two entries in the file system.
        message_mb: Megabytes of a request that is no upload, such as a recording in a `data:` URI; MCP takes 4 at most.
        max_minutes: Minutes of a recording that are analysed; the rest is left out, and the page says so.
        max_files: Files in one go on the tab for several; the visitor may then go on with the next.
        request_seconds: How long a request may take to arrive, and how long its analysis may take.
        fetch_seconds: How long a recording may take to arrive that is given by its address, see FETCH_HOSTS.
        workers: Recordings that are analysed at the same time; one more than there are cores leaves no core idle.
        threads: Cores that one recording may use; with several visitors at a time, more than one slows everybody down.
        live_listeners: Visitors who may listen live at the same time; a further one is told so.
        live_workers: Answers to live listeners that are computed at the same time.
        queue_size: Requests that may wait; a further one is refused with a sentence.
        connections: Requests open at the same time: pages up to two fifths; uploads, answers, files a fifth each.
        sessions: Visitors who are remembered after they got their answers; who still waits is never forgotten.
        keep_minutes: How long an uploaded file stays on the server's disk, to which two minutes may come.
        feedback_mb: Megabytes of a clip that a visitor may leave with an answer.
        feedback_total_mb: Megabytes of all clips that are kept in the feedback folder.
    """

    upload_mb: int = 50
    uploads_mb: int = 4000
    uploads_files: int = 20_000
    message_mb: int = 4
    max_minutes: int = 15
    max_files: int = 30
    request_seconds: int = 600
    fetch_seconds: int = 60
    workers: int = 3
    threads: int = 1
    live_listeners: int = 8
    live_workers: int = 2
    queue_size: int = 32
    connections: int = 500
    sessions: int = 500
    keep_minutes: int = 30
    feedback_mb: int = 20
    feedback_total_mb: int = 2000

    @property
    def max_seconds(self) -> float:
        """`max_minutes` in seconds."""
        return 60.0 * self.max_minutes

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """Read the variables that are set.

        Raises:
            InstrumentModelError: A value is not a whole number from 1 to `LARGEST`, or two contradict each other.
        """
        values = {}
        for field in fields(cls):
            text = environment.get(field.name.upper(), "").strip()
            if not text:
                continue
            if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LARGEST):
                raise InstrumentModelError(
                    f"{field.name.upper()} is {text!r}; set it to a whole number from 1 to {LARGEST} or leave it out."
                )
            values[field.name] = int(text)
        limits = cls(**values)
        for part, whole in (("upload_mb", "uploads_mb"), ("feedback_mb", "feedback_total_mb")):
            if getattr(limits, part) > getattr(limits, whole):
                raise InstrumentModelError(
                    f"{part.upper()} is {getattr(limits, part)}, more than {whole.upper()} with "
                    f"{getattr(limits, whole)}; lower the first or raise the second."
                )
        return limits


def port(environment: Mapping[str, str] = os.environ) -> int | None:
    """Return the port in PORT, None where none is set.

    Raises:
        InstrumentModelError: It is no port.
    """
    text = environment.get("PORT", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65_535):
        raise InstrumentModelError(f"PORT is {text!r}; set it to a number from 1 to 65535 or leave it out.")
    return int(text)
