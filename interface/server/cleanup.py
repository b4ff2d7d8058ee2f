"""Uploaded files do not stay: a thread removes what is in the folder that this process has made for them.

Gradio deletes only files that it remembers. It forgets those of interrupted uploads, those that MCP clients send in
`data:` URIs and those of a process that was killed. It also goes by the wall clock: where that is put forward, files
that are being analysed vanish. Here a file's age is the time since the sweeper first saw it.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event, Thread

from .uploads import Entry, UploadFolder

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 60.0


class Sweeper:
    """Keep the folder of uploads free of old files."""

    def __init__(
        self,
        folder: UploadFolder,
        keep_seconds: float,
        unfinished_seconds: float,
        remembered: Iterable[set[str]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at nothing yet.

        Args:
            folder: Every file of its visitors is removed in time.
            keep_seconds: How long a file stays after it was last written or handed out again.
            unfinished_seconds: How long a file stays that lies in `folder.files` itself, where uploads are written
                until they are complete.
            remembered: Sets of paths; a file that is removed is taken out of them.
            clock: Seconds that only ever grow.
        """
        self._folder, self._keep, self._unfinished, self._clock = folder, keep_seconds, unfinished_seconds, clock
        self._remembered = list(remembered)
        self._seen: dict[tuple[str, int], float] = {}
        self._closed = Event()

    def start(self) -> None:
        """Sweep from now on, in a thread."""
        Thread(target=self._run, name="sweeper", daemon=True).start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()

    def sweep(self) -> None:
        """Remove the files whose time is up, the folders that are empty, and what killed processes have left."""
        now = self._clock()
        seen = {}
        for entry in self._folder.walk():
            if entry.is_folder:
                self._remove_old_folder(entry)
                continue
            key = (entry.path, entry.status.st_ctime_ns)
            first = self._seen.get(key, now)
            if now - first < (self._unfinished if entry.outermost else self._keep):
                seen[key] = first
            else:
                self._remove(entry)
        self._seen = seen
        self._folder.remove_abandoned()

    def _remove(self, entry: Entry) -> None:
        try:
            entry.remove()
        except FileNotFoundError:
            pass
        except OSError as error:
            log.warning("An uploaded file cannot be removed: %s.", error.strerror)
        for paths in self._remembered:
            paths.discard(entry.path)

    def _remove_old_folder(self, folder: Entry) -> None:
        """Where it is empty for longer than a request may need to put its file there."""
        if time.time() - folder.status.st_mtime > SECONDS_BETWEEN:
            with suppress(OSError):  # not empty, or gone
                folder.remove()

    def _run(self) -> None:
        while not self._closed.wait(SECONDS_BETWEEN):
            try:
                self.sweep()
            except Exception:
                log.exception("The sweeper failed; it tries again.")
