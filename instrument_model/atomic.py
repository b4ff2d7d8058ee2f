"""Files that are there whole or not at all, however the process or the computer stops."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; what was written there takes the place of `path` at the end, once the disk has it.

    If the block raises, `path` stays as it was, and nothing else is left. A process that is killed leaves a hidden
    file, which the next one overwrites; so two processes must not write the same path at the same time.

    Raises:
        OSError: There is no room, or no permission.
    """
    with together(path) as (temporary,):
        yield temporary


@contextmanager
def together(*paths: Path) -> Iterator[list[Path]]:
    """Do the same for files that belong together: they take their places one right after the other, in this order.

    A process that is killed between two of them leaves a mixture, which whoever reads the files must be able to tell;
    what had not taken its place is complete then, and `waiting` says where it is.

    Raises:
        OSError: There is no room, or no permission.
    """
    temporaries = [waiting(path) for path in paths]
    try:
        yield temporaries
        for temporary in temporaries:
            _sync_all(temporary)
        for temporary, path in zip(temporaries, paths, strict=True):
            temporary.replace(path)
        for folder in {path.parent for path in paths}:
            _sync_folder(folder)
    finally:
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)


def waiting(path: Path) -> Path:
    """Return where the next content of a file is written until it takes its place."""
    return path.with_name(f".{path.name}.part")


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, whole or not at all.

    Raises:
        OSError: There is no room, or no permission.
    """
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename a file, or a folder, once the disk has all of it.

    Raises:
        OSError: The disk fails, or the folder may not be written.
    """
    _sync_all(temporary)
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_all(path: Path) -> None:
    for file in [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]:
        _sync(file)


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot open folders
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
