"""A folder that this process alone has made, for what visitors upload: whatever the app removes lies in it.

It is a new folder with a random name, made below `GRADIO_TEMP_DIR` or else below the system's folder for temporary
files. Nobody but its owner may enter it, so nobody else can put a link into it. It is opened once, without following
links, and everything is removed relative to that open folder: a path that somebody has bent since leads nowhere.

A process that is killed leaves its folder behind. The next one removes it if the record inside says that this app made
exactly this folder, and no running process holds its lock. A copy of it, or another folder of such
a name, stays.
"""

import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from instrument_model.errors import InstrumentModelError

from .locks import lock

SETTING = "GRADIO_TEMP_DIR"
"""The variable that says where; Gradio reads it whenever it writes a file."""

PREFIX = "which-instrument-"
RECORD = "made-by-which-instrument"
"""The file that says which folder this is."""

_FILES = "files"

_NAME = re.compile(PREFIX + "[0-9a-f]{32}")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_BY_DESCRIPTOR = hasattr(os, "fwalk")
_OWNER_ONLY = 0o700


@dataclass(frozen=True)
class Entry:
    """Something in the folder.

    Attributes:
        path: Where it is, as Gradio spells it.
        status: Of the file, folder or link itself.
        outermost: Whether it lies in `files` itself.
    """

    path: str
    status: os.stat_result
    outermost: bool
    _parent: int | None

    @property
    def is_folder(self) -> bool:
        """Return whether it is a folder, and no link to one."""
        return stat.S_ISDIR(self.status.st_mode)

    def remove(self) -> None:
        """Remove the file, the link (not what it points to) or the empty folder.

        Raises:
            OSError: It has gone, is a folder that is not empty, or must not be removed.
        """
        name = self.path if self._parent is None else Path(self.path).name
        (os.rmdir if self.is_folder else os.unlink)(name, dir_fd=self._parent)


@dataclass
class UploadFolder:
    """The folder of this process; nothing is on the disk before `create`.

    Attributes:
        path: The folder.
        files: The folder in it that holds what visitors upload, and nothing else.
    """

    path: Path
    files: Path = field(init=False)
    _descriptor: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Name the folder of the files."""
        self.files = self.path / _FILES

    @classmethod
    def choose(cls, environment: Mapping[str, str] = os.environ) -> "UploadFolder":
        """Choose a name that nobody can know before; an empty variable counts as unset."""
        parent = environment.get(SETTING, "").strip()
        if not parent:
            parent = "/tmp"  # noqa: S108 - `create` says what is wrong with it
            with suppress(FileNotFoundError):
                parent = tempfile.gettempdir()
        return cls(Path(os.path.realpath(parent), PREFIX + secrets.token_hex(16)))

    def create(self) -> None:
        """Make the folder, which must be new.

        Raises:
            InstrumentModelError: It cannot be made, or somebody has taken its place.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=_OWNER_ONLY)
            if _BY_DESCRIPTOR:
                self._descriptor = _open_own(self.path)
                lock(self._descriptor, wait=True)
                os.mkdir(self.files.name, _OWNER_ONLY, dir_fd=self._descriptor)
                _write_record(self._descriptor, self.path.name)
            else:
                self.files.mkdir(mode=_OWNER_ONLY)
        except OSError as error:
            raise InstrumentModelError(
                f"uploads cannot be kept in {self.path.parent} ({error.strerror or error}); "
                f"set {SETTING} to a folder of yours that can be written to."
            ) from error

    def walk(self) -> Iterator[Entry]:
        """Look at all that visitors have uploaded, a folder after what is in it."""
        if self._descriptor is not None:
            return _entries(self._descriptor, self.path)
        return _entries_by_path(self.files)

    def remove(self) -> None:
        """Remove the folder of this process with all that is in it; it stays open for threads that still look at it."""
        if self._descriptor is not None:
            _remove_opened(self._descriptor, self.path)
        elif not _BY_DESCRIPTOR:
            shutil.rmtree(self.path, ignore_errors=True)

    def remove_abandoned(self) -> None:
        """Remove the folders beside this one that processes of this app have left when they were killed."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            for path in self.path.parent.iterdir():
                if _NAME.fullmatch(path.name) and path != self.path:
                    with suppress(OSError), _abandoned(path) as descriptor:
                        _remove_opened(descriptor, path)


@contextmanager
def _abandoned(path: Path) -> Iterator[int]:
    """Open a folder that this app has made and that no process uses any more.

    Raises:
        OSError: It is another kind of folder, or in use.
    """
    descriptor = _open_own(path)
    try:
        lock(descriptor, wait=False)
        _check_record(descriptor, path.name)
        yield descriptor
    finally:
        os.close(descriptor)


def _open_own(path: Path) -> int:
    """Open a folder that belongs to this user alone, and is no link.

    Raises:
        OSError: It is not such a folder.
    """
    descriptor = os.open(path, _FOLDER)
    found = os.fstat(descriptor)
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o777 != _OWNER_ONLY:
        os.close(descriptor)
        raise PermissionError(f"{path} belongs to somebody else or is open to others")
    return descriptor


def _record(descriptor: int, name: str) -> bytes:
    """Return what the record of a folder says; a copy of the folder is another inode."""
    return f"{name} {os.fstat(descriptor).st_ino}\n".encode()


def _open_record(descriptor: int, mode: str, more_flags: int = 0) -> BinaryIO:
    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | more_flags, 0o600, dir_fd=descriptor)

    return cast(BinaryIO, open(RECORD, mode, opener=opener))


def _write_record(descriptor: int, name: str) -> None:
    with _open_record(descriptor, "xb") as file:
        file.write(_record(descriptor, name))


def _check_record(descriptor: int, name: str) -> None:
    """Compare what the record says with the folder that it lies in.

    Raises:
        OSError: There is no record, or it is that of another folder.
    """
    expected = _record(descriptor, name)
    with _open_record(descriptor, "rb", os.O_NOFOLLOW | os.O_NONBLOCK) as file:
        if file.read(len(expected) + 1) != expected:
            raise FileNotFoundError(f"{name} is not of this app")


def _entries(descriptor: int, path: Path) -> Iterator[Entry]:
    """Walk through the files of an open folder, without following a link or entering another disk."""
    disk = os.fstat(descriptor).st_dev
    for folder, folders, names, inner in os.fwalk(_FILES, topdown=False, dir_fd=descriptor):
        if os.fstat(inner).st_dev != disk:
            continue
        for name in (*names, *folders):
            with suppress(FileNotFoundError):
                status = os.lstat(name, dir_fd=inner)
                yield Entry(str(path / folder / name), status, folder == _FILES, inner)


def _entries_by_path(path: Path) -> Iterator[Entry]:
    """Walk through a folder where there are no descriptors of folders."""
    for folder, folders, names in os.walk(path, topdown=False):
        for name in (*names, *folders):
            with suppress(FileNotFoundError):
                full = Path(folder, name)
                yield Entry(str(full), full.lstat(), full.parent == path, None)


def _remove_opened(descriptor: int, path: Path) -> None:
    """Remove what is in an open folder, its record last, and the empty folder itself."""
    for entry in _entries(descriptor, path):
        with suppress(OSError):
            entry.remove()
    with suppress(OSError):
        os.rmdir(_FILES, dir_fd=descriptor)
        os.unlink(RECORD, dir_fd=descriptor)
        path.rmdir()  # which only works on an empty folder
