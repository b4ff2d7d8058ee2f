"""The table of a collection as Parquet, CSV or JSON lines, complete or not at all."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import CollectionError
from ..labels import LABEL_NAMES

Row = Mapping[str, Any]

ROWS_AT_ONCE = 1000
COLUMNS = {
    "file": "string",  # relative to the folder
    "error": "string",  # why it could not be read, else null, and then the others are null
    "duration": "float64",  # seconds
    "instrument": "string",
    "confidence": "float64",
    "silent": "bool",
    "truncated": "bool",
    "peak_dbfs": "float64",
    **dict.fromkeys(LABEL_NAMES, "float64"),  # probabilities
    "model_sha256": "string",
}
SUFFIXES = (".parquet", ".csv", ".jsonl")


def check_target(path: Path) -> None:
    """Refuses before hours of work what could not be written after them.

    Raises:
        CollectionError: The ending is unknown, PyArrow is missing, or the folder is.
    """
    if path.suffix not in SUFFIXES:
        raise CollectionError(f"{path.name} ends with none of {', '.join(SUFFIXES)}; give --out such a name.")
    if not path.parent.is_dir():
        raise CollectionError(f"The folder {path.parent} does not exist; make it or give --out another name.")
    if path.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401 - it is not a requirement
        except ImportError as error:
            raise CollectionError(
                "Parquet files need PyArrow; install it (pip install pyarrow) or give --out a name in .csv or .jsonl."
            ) from error


def write_table(path: Path, rows: Iterable[Row]) -> None:
    """Writes the rows in the format of the path's ending; until all is on the disk the path is not touched.

    Raises:
        OSError: There is no room, or no permission.
    """
    temporary = path.with_name(f".{path.name}.writing")
    {".parquet": _write_parquet, ".csv": _write_csv, ".jsonl": write_lines}[path.suffix](temporary, rows)
    put_in_place(temporary, path)


def put_in_place(temporary: Path, path: Path) -> None:
    """Renames a file that is complete, once the disk has it."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def read_lines(path: Path) -> Iterator[Row]:
    """What `write_lines` wrote."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _write_parquet(path: Path, rows: Iterable[Row]) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {"string": pyarrow.string(), "float64": pyarrow.float64(), "bool": pyarrow.bool_()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    remaining = iter(rows)
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while some := [_printable(row) for row in islice(remaining, ROWS_AT_ONCE)]:
            writer.write_table(pyarrow.Table.from_pylist(some, schema))


def _printable(row: Row) -> Row:
    """File names are bytes; those that are not UTF-8 are written with escapes."""
    return {**row, "file": row["file"].encode("utf-8", "backslashreplace").decode()}
