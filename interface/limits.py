"""Every limit of the app in one place; each can be set by an environment variable of the name given here in capitals.

For example `MAX_MINUTES=5 UPLOAD_MB=20 python app.py`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from instrument_model.errors import InstrumentModelError


@dataclass(frozen=True)
class Limits:
    """What one visitor and all of them together may ask for.

    Attributes:
        upload_mb: Megabytes (of 1,048,576 bytes) of one file, enforced while it is uploaded.
        max_minutes: Minutes of a recording that are analysed; the rest is left out, and the page says so.
        max_files: Files in one go on the tab for several.
        workers: Recordings that are analysed at the same time, by the page and the API together.
        threads: Cores that one recording may use; with several visitors at a time, more than one slows everybody down.
        live_listeners: Visitors who may listen live at the same time; a further one is told so.
        live_workers: Answers to live listeners that are computed at the same time.
        queue_size: Requests that may wait; a further one is refused with a sentence.
        keep_minutes: How long an uploaded file stays on the server's disk.
        feedback_mb: Megabytes of a clip that a visitor may leave with an answer.
        feedback_total_mb: Megabytes of all clips that are kept in the feedback folder.
    """

    upload_mb: int = 50
    max_minutes: int = 15
    max_files: int = 30
    workers: int = 2
    threads: int = 1
    live_listeners: int = 8
    live_workers: int = 2
    queue_size: int = 32
    keep_minutes: int = 30
    feedback_mb: int = 20
    feedback_total_mb: int = 2000

    @property
    def max_seconds(self) -> float:
        """`max_minutes` in seconds."""
        return 60.0 * self.max_minutes

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """Reads the variables that are set.

        Raises:
            InstrumentModelError: A value is not a whole number from 1 to 100,000.
        """
        values = {}
        for field in fields(cls):
            text = environment.get(field.name.upper(), "").strip()
            if not text:
                continue
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100_000):
                raise InstrumentModelError(
                    f"{field.name.upper()} is {text!r}; set it to a whole number from 1 to 100000 or leave it out."
                )
            values[field.name] = int(text)
        return cls(**values)
