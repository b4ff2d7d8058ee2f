"""Reading CSV files whose columns are known in advance."""

import csv
from pathlib import Path

from ...errors import TrainingError


def read_table(path: Path, columns: tuple[str, ...], remedy: str) -> list[dict[str, str]]:
    """Read a CSV file with a header.

    Args:
        path: The file, UTF-8.
        columns: The columns it must have; others are allowed.
        remedy: What to do when the file is missing, as the end of a sentence.

    Raises:
        TrainingError: The file is missing, is not text, or lacks a column or a value.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            for column in columns:
                if column not in (reader.fieldnames or ()):
                    raise TrainingError(f"{path} has no column {column}; its header must name {', '.join(columns)}.")
            rows = list(reader)
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror}); {remedy}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} is not a CSV file in UTF-8 ({error}); {remedy}.") from error
    for number, row in enumerate(rows, start=2):
        for column in columns:
            if row[column] is None:
                raise TrainingError(f"Line {number} of {path} has no value for {column}; complete it or remove it.")
    return rows
