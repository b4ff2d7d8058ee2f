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
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


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
    for file in [temporary] if temporary.is_file() else [found for found in temporary.rglob("*") if found.is_file()]:
        _sync(file)
    temporary.replace(path)
    if os.name != "nt":  # Windows cannot open folders
        _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
