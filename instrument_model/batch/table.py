"""The rows of a collection's table, and the table as Parquet, CSV or JSON lines."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ..atomic import whole
from ..errors import CollectionError

Row = Mapping[str, Any]

FIXED_COLUMNS = {
    "file": "string",  # relative to the collection
    "bytes": "int64",  # of the file
    "modified": "string",  # the file, in UTC
    "error": "string",  # why it could not be read, else null, and then what is heard is null
    "start": "float64",  # of a segment, in seconds; null in the row of the recording
    "end": "float64",
    "duration": "float64",  # of the recording, in seconds
    "instrument": "string",  # null if none reaches its threshold
    "confidence": "float64",
    "silent": "bool",
    "truncated": "bool",
    "peak_dbfs": "float64",
    "model": "string",
    "revision": "string",
    "model_sha256": "string",
}
IDENTIFYING = {"file", "bytes", "modified", "error", "start", "model_sha256"}
"""What every row has; JSON lines leave out others that are null."""

PARQUET, CSV, LINES = ".parquet", ".csv", ".jsonl"
SUFFIXES = (PARQUET, CSV, LINES)

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
"""A spreadsheet takes text that begins like this for a formula (OWASP, CSV injection), or drops the apostrophe."""


def columns(labels: Sequence[str]) -> dict[str, str]:
    """Return the columns of a table with their types: the fixed ones and a probability for each label of the model."""
    return FIXED_COLUMNS | {probability_column(label): "float64" for label in labels}


def probability_column(label: str) -> str:
    """Return what a label's column is called; none has the name of another column."""
    return f"{label} (probability)" if label in FIXED_COLUMNS else label


def check_target(path: Path) -> None:
    """Refuses before hours of work what could not be written after them.

    Raises:
        CollectionError: The ending is unknown, PyArrow is missing, or the folder is.
    """
    if path.suffix not in SUFFIXES:
        raise CollectionError(f"{path.name} ends with none of {', '.join(SUFFIXES)}; give --out such a name.")
    if not path.parent.is_dir():
        raise CollectionError(f"The folder {path.parent} does not exist; make it or give --out another name.")
    if path.suffix == PARQUET:
        try:
            import pyarrow  # noqa: F401 - it is not a requirement
        except ImportError as error:
            raise CollectionError(
                'Parquet files need PyArrow; install it with: pip install "instrument-model[parquet]", '
                "or give --out a name in .csv or .jsonl."
            ) from error


def write_rows(path: Path, rows: Iterable[Row], labels: Sequence[str]) -> None:
    """Write rows in the format of the path's ending; until all is on the disk the path is not touched.

    Args:
        path: The file.
        rows: Taken one by one, but for Parquet, which has all of them in memory.
        labels: Of the model.

    Raises:
        OSError: There is no room, or no permission.
    """
    with whole(path) as temporary:
        {PARQUET: _write_parquet, CSV: _write_csv, LINES: _write_lines}[path.suffix](temporary, rows, columns(labels))


def read_rows(path: Path) -> Iterator[Row]:
    """Return what `write_rows` wrote; of JSON lines, a last line that is not complete is left out.

    Raises:
        CollectionError: It is something else.
    """
    try:
        for row in {PARQUET: _read_parquet, CSV: _read_csv, LINES: _read_lines}[path.suffix](path):
            for name in IDENTIFYING:
                row[name]
            yield row
    except (ValueError, KeyError, TypeError) as error:
        raise CollectionError(
            f"{path} is damaged or not a table of this program; delete it or give --out another name."
        ) from error


def _write_lines(path: Path, rows: Iterable[Row], _: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _read_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.endswith("\n"))


def _write_csv(path: Path, rows: Iterable[Row], names: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        header = dict(zip(names, names, strict=True))
        writer.writerows([_no_formula(row.get(name)) for name in names] for row in chain([header], rows))


def _read_csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        names = [name.removeprefix("'") for name in next(lines)]
        kinds = [FIXED_COLUMNS.get(name, "float64") for name in names]
        for line in lines:
            values = (_parsed(cell, kind) for cell, kind in zip(line, kinds, strict=True))
            yield dict(zip(names, values, strict=True))


def _no_formula(value: Any) -> Any:  # noqa: ANN401 - any cell
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _parsed(cell: str, kind: str) -> Any:  # noqa: ANN401 - any cell
    if not cell:
        return None
    if kind == "string":
        return cell.removeprefix("'")
    return cell == "True" if kind == "bool" else int(cell) if kind == "int64" else float(cell)


def _write_parquet(path: Path, rows: Iterable[Row], names: Mapping[str, str]) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "float64": pyarrow.float64(),
        "bool": pyarrow.bool_(),
    }
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in names.items()])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), path)


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()
