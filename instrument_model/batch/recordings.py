"""Where a collection lies, a folder or any address that fsspec knows, and which of its files are recordings."""

import codecs
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import AudioError, CollectionError
from .modified import from_details, from_seconds

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

CONTAINERS = (
    ".3g2 .3gp .asf .avi .caf .flv .m4a .m4b .m4v .mka .mkv .mov .mp4 .mpeg .mpg .mts .mxf .oga .ogg .ogv .ogx .rm .ts "
    ".vob .weba .webm .wmv"
)
CODECS = ".aac .ac3 .amr .ape .dff .dsf .dts .eac3 .flac .mp1 .mp2 .mp3 .mpa .mpc .mpga .opus .ra .spx .tta .wma .wv"
UNCOMPRESSED = ".aif .aifc .aiff .au .avr .bwf .iff .nist .paf .rf64 .sf .snd .sph .svx .voc .w64 .wav .wave"
SUFFIXES = frozenset(f"{CONTAINERS} {CODECS} {UNCOMPRESSED}".split())
"""Endings of the files that are labelled, in any case; files without an ending are labelled unless they are text."""

SNIFFED_BYTES = 1024
"""How much of a file without an ending tells whether it is text."""

COPIED_BYTES = 2**20
"""How much of a remote recording is in memory at a time."""


class Recording(NamedTuple):
    """A file of a collection.

    Attributes:
        file: Its name relative to the collection, with `/` between folders.
        bytes: Its size; None where the file system does not tell.
        modified: When it was last changed, in UTC as ISO 8601; None where the file system does not tell.
    """

    file: str
    bytes: int | None
    modified: str | None

    @property
    def name(self) -> str:
        """`file` as text that can be written: file names are bytes, and those that are not UTF-8 become escapes."""
        return self.file.encode("utf-8", "backslashreplace").decode()


class Listing:
    """What a walk through a collection did not yield.

    Attributes:
        unreadable: Sentences about folders that could not be opened.
        left_out: How many files have an ending that no recording has, by ending.
    """

    def __init__(self) -> None:
        self.unreadable: list[str] = []
        self.left_out: Counter[str] = Counter()

    def cannot_open(self, folder: str, error: OSError) -> None:
        """Take note of a folder that cannot be opened."""
        reason = error.strerror or type(error).__name__
        self.unreadable.append(f"The folder {folder} cannot be read ({reason}), so its recordings are missing.")


class Collection(Protocol):
    """A folder of recordings somewhere; it can be pickled.

    Attributes:
        address: How the user wrote it, made absolute.
    """

    address: str

    def walk(self, listing: Listing) -> Iterator[Recording]:
        """Yield the recordings, folder by folder in order of their names, without hidden files and links to folders."""
        ...

    def local(self, file: str) -> AbstractContextManager[Path]:
        """Return a context in which the recording can be read as a local file.

        Raises:
            AudioError: It cannot be fetched.
        """
        ...


def open_collection(address: str | os.PathLike[str]) -> Collection:
    """Return the collection at an address.

    Raises:
        CollectionError: It does not exist, or its kind of address needs a package that is not installed.
    """
    if "://" in os.fspath(address):
        return RemoteFolder(os.fspath(address))
    if not Path(address).is_dir():
        raise CollectionError(f"{address} is no folder; with --out, give one folder of recordings.")
    return LocalFolder(Path(address))


class LocalFolder:
    """A folder of this computer, or one that is mounted on it."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder.resolve())

    def walk(self, listing: Listing) -> Iterator[Recording]:
        """As `Collection.walk`."""

        def cannot_open(error: OSError) -> None:
            listing.cannot_open(str(error.filename), error)

        for root, folders, names in os.walk(self.address, onerror=cannot_open):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(root, name)
                if is_recording(name, partial(_beginning, path), listing):
                    yield _described(path, path.relative_to(self.address).as_posix())

    @contextmanager
    def local(self, file: str) -> Iterator[Path]:
        """As `Collection.local`."""
        yield Path(self.address, file)


class RemoteFolder:
    """A folder of any file system that fsspec knows: `s3://bucket/folder`, `hf://datasets/owner/name`, `https://…/`."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._open()

    def _open(self) -> "tuple[AbstractFileSystem, str]":
        try:
            from fsspec.core import url_to_fs

            file_system, root = url_to_fs(self.address)
        except ImportError as error:
            raise CollectionError(f"{self.address} cannot be opened: {error}.") from error
        except (ValueError, OSError) as error:
            raise CollectionError(f"{self.address} cannot be opened ({error}); check the address.") from error
        return file_system, str(root).rstrip("/")

    def walk(self, listing: Listing) -> Iterator[Recording]:
        """As `Collection.walk`."""
        file_system, root = self._open()

        def cannot_open(error: OSError) -> None:
            listing.cannot_open(f"{error.filename or ''} in {self.address}".strip(), error)

        try:
            for _, folders, files in file_system.walk(root, detail=True, on_error=cannot_open):
                for name in [name for name in folders if name.startswith(".")]:
                    del folders[name]
                for name, details in sorted(files.items()):
                    path = details["name"]
                    inside = path.removeprefix(root + "/")
                    beginning = partial(file_system.cat_file, path, 0, SNIFFED_BYTES)
                    if inside != path and is_recording(name, beginning, listing):
                        yield Recording(inside, details.get("size"), from_details(details))
        except Exception as error:  # every file system has errors of its own
            raise CollectionError(f"{self.address} cannot be listed ({_reason(error)}); check the address.") from error

    @contextmanager
    def local(self, file: str) -> Iterator[Path]:
        """As `Collection.local`; the copy is gone afterwards."""
        file_system, root = self._open()
        with tempfile.TemporaryDirectory(prefix="recording-") as folder:
            copy = Path(folder, PurePosixPath(file).name)
            try:
                with file_system.open(f"{root}/{file}", "rb") as remote, copy.open("wb") as local:
                    while block := remote.read(COPIED_BYTES):
                        local.write(block)
            except Exception as error:  # as above
                raise AudioError(f"{copy.name} cannot be fetched ({_reason(error)}); try it again later.") from error
            yield copy


def is_recording(name: str, beginning: Callable[[], bytes], listing: Listing) -> bool:
    """Return whether a file is to be labelled; counts those that are not.

    Args:
        name: Without its folder.
        beginning: Called without arguments for the first bytes of a file whose name does not tell.
        listing: Counts what is left out.
    """
    if name.startswith("."):
        return False
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in SUFFIXES or (not suffix and not _is_text(beginning)):
        return True
    listing.left_out[suffix or "no ending, text"] += 1
    return False


def _is_text(beginning: Callable[[], bytes]) -> bool:
    try:
        content = beginning()
        codecs.getincrementaldecoder("utf-8")().decode(content)  # incremental, because the last character may be cut
    except (OSError, UnicodeDecodeError):
        return False  # whoever reads it as a recording says what is wrong
    return b"\0" not in content


def _beginning(path: Path) -> bytes:
    if not path.is_file():
        return b""  # a pipe would wait for ever
    with path.open("rb") as file:
        return file.read(SNIFFED_BYTES)


def _described(path: Path, name: str) -> Recording:
    try:
        status = path.stat()
    except OSError:  # a link to nowhere
        return Recording(name, None, None)
    return Recording(name, status.st_size, from_seconds(status.st_mtime))


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
