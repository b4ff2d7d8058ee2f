"""Where the links of an Ogg chain begin: radio stations and `cat` put whole recordings one after the other."""

import mmap
import os
from collections.abc import Iterator
from io import FileIO
from itertools import islice

MOST_LINKS = 500
"""What comes after so many recordings is read as one, so that no file keeps the reader busy with opening alone."""

_FIRST_PAGE = b"OggS\0\x02"  # of a stream (RFC 3533, section 6): capture pattern, version 0, "beginning of stream"
_HEADER = 27  # bytes of a page before its table of segments; the last of them is the table's length


def links(file: FileIO) -> list[tuple[int, int]]:
    """Return where each recording of a chain begins and ends, in bytes.

    Streams that are multiplexed begin together: a first page that follows another one directly belongs to its link.
    """
    size = os.fstat(file.fileno()).st_size
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        begins = list(
            islice((start for start, previous_end in _first_pages(content) if start != previous_end), MOST_LINKS)
        )
    begins = begins or [0]
    return list(zip(begins, [*begins[1:], size], strict=True))


def _first_pages(content: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield the position of each stream's first page, and where the first page before it ended."""
    previous_end, position = -1, content.find(_FIRST_PAGE)
    while position >= 0:
        yield position, previous_end
        table = content[position + _HEADER - 1 : position + _HEADER + 255]
        count = table[0] if table else 0
        previous_end = position + _HEADER + count + sum(table[1 : 1 + count])
        position = content.find(_FIRST_PAGE, position + len(_FIRST_PAGE))
