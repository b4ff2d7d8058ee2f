"""How much of the disk the uploads take, in blocks and in files, and how much is left for more."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN_COUNTS = 10.0
"""Looking through a folder of thousands of files takes longer than an upload."""

BYTES_OF_A_FILE = 8_192
"""What a file takes besides what is in it: its folder, and the rest of its last block."""

_BLOCK = 512  # bytes, in `st_blocks`


@dataclass
class Usage:
    """What uploads take.

    Attributes:
        bytes: On the disk.
        files: Their number.
    """

    bytes: int = 0
    files: int = 0

    def add(self, other: "Usage", sign: int = 1) -> None:
        """Add another usage, or subtract it with a sign of -1."""
        self.bytes += sign * other.bytes
        self.files += sign * other.files


class Storage:
    """The folder of uploads, and what is on its way there."""

    def __init__(self, folder: Path, most: Usage, clock: Callable[[], float] = time.monotonic) -> None:
        """Count nothing yet.

        Args:
            folder: Of the uploads.
            most: What they may take together.
            clock: Seconds that only ever grow.
        """
        self._folder, self._most, self._clock = folder, most, clock
        self._stored = Usage()  # as counted, and what has been completed since the count began
        self._arriving = Usage()
        self._completed = Usage()  # while a count was running, which may have missed it
        self._count_again = 0.0
        self._counting = asyncio.Lock()

    async def count(self) -> None:
        """Look through the folder, unless that has just been done; whoever comes meanwhile waits for the same count."""
        async with self._counting:
            if self._clock() < self._count_again:
                return
            self._completed = Usage()
            self._stored = await asyncio.to_thread(usage, self._folder)
            self._stored.add(self._completed)
            self._count_again = self._clock() + SECONDS_BETWEEN_COUNTS

    @property
    def room(self) -> Usage:
        """What is left; negative where uploads that arrived at the same time have taken more."""
        room = Usage(self._most.bytes, self._most.files)
        room.add(self._stored, -1)
        room.add(self._arriving, -1)
        return room

    @contextmanager
    def arrival(self) -> Iterator[Callable[[int, int], Usage]]:
        """Take what arrives into account.

        Yields:
            What is to be told of bytes and files that have arrived, and gives the room that is left then.
        """
        arrived = Usage()

        def add(n_bytes: int, n_files: int) -> Usage:
            more = Usage(n_bytes + n_files * BYTES_OF_A_FILE, n_files)
            arrived.add(more)
            self._arriving.add(more)
            return self.room

        try:
            yield add
        finally:
            self._arriving.add(arrived, -1)
            self._stored.add(arrived)
            self._completed.add(arrived)


def usage(folder: Path) -> Usage:
    """Count what a folder and all below it take on the disk; what vanishes meanwhile does not count."""
    total = Usage()
    for parent, folders, names in os.walk(folder):
        total.files += len(names)
        for name in (*names, *folders):
            try:
                status = os.lstat(os.path.join(parent, name))  # noqa: PTH118 - a Path for each takes twice the time
            except OSError:
                continue
            blocks = getattr(status, "st_blocks", 0)  # which Windows does not tell
            total.bytes += max(status.st_size, blocks * _BLOCK)
    return total
