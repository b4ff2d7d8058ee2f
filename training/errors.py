"""Errors of training that its user can put right."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from instrument_model.errors import InstrumentModelError


class TrainingError(InstrumentModelError):
    """Data, settings or a checkpoint that training cannot use; the text says which, and what to do."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses, while a command writes its `--out`, into one sentence.

    Raises:
        TrainingError: There is no room, or no permission, or a file is in the way.
    """
    try:
        yield
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error.strerror}); choose another --out.") from error
