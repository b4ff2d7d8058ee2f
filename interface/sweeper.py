"""Uploaded files do not stay: a thread removes what is in their folder, whoever put it there.

Gradio deletes only files that it remembers. It forgets those of interrupted uploads, those that MCP clients send in
`data:` URIs and those of a process that was killed. It also goes by the wall clock: where that is put forward, files
that are being analysed vanish. Here a file's age is the time since the sweeper first saw it.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 60.0


class Sweeper:
    """Keeps a folder free of old files."""

    def __init__(
        self,
        folder: Path,
        keep_seconds: float,
        unfinished_seconds: float,
        remembered: Iterable[set[str]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Looks at nothing yet.

        Args:
            folder: Everything below it is removed in time; the folder itself stays.
            keep_seconds: How long a file stays after it was last written or handed out again.
            unfinished_seconds: How long a file stays that lies in `folder` itself, where uploads are written until
                they are complete.
            remembered: Sets of paths; a file that is removed is taken out of them.
            clock: Seconds that only ever grow.
        """
        self._folder, self._keep, self._unfinished, self._clock = folder, keep_seconds, unfinished_seconds, clock
        self._remembered = list(remembered)
        self._seen: dict[tuple[str, int], float] = {}
        self._closed = Event()

    def start(self) -> None:
        """Sweeps from now on, in a thread."""
        Thread(target=self._run, name="sweeper", daemon=True).start()

    def close(self) -> None:
        """Ends the thread."""
        self._closed.set()

    def sweep(self) -> None:
        """Removes the files whose time is up, and the folders that are empty."""
        now = self._clock()
        seen = {}
        for folder, _, names in os.walk(self._folder, topdown=False):  # does not follow links
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118 - as Gradio spells it in its sets
                try:
                    key = (path, os.lstat(path).st_ctime_ns)
                except OSError:
                    continue
                first = self._seen.get(key, now)
                keep = self._unfinished if Path(folder) == self._folder else self._keep
                if now - first < keep:
                    seen[key] = first
                else:
                    self._remove(path)
            self._remove_folder(Path(folder))
        self._seen = seen

    def _remove(self, path: str) -> None:
        try:
            Path(path).unlink(missing_ok=True)
        except OSError as error:
            log.warning("An uploaded file cannot be removed: %s.", error.strerror)
        for paths in self._remembered:
            paths.discard(path)

    def _remove_folder(self, folder: Path) -> None:
        """Where it is empty for longer than a request may need to put its file there."""
        try:
            if folder != self._folder and time.time() - folder.stat().st_mtime > SECONDS_BETWEEN:
                folder.rmdir()
        except OSError:
            return  # not empty, or gone

    def _run(self) -> None:
        while not self._closed.wait(SECONDS_BETWEEN):
            try:
                self.sweep()
            except Exception:
                log.exception("The sweeper failed; it tries again.")
