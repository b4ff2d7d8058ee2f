"""Right or wrong, and what it really was: kept with consent only, in a folder, and from there in a Hub dataset.

Off unless `FEEDBACK_FOLDER` (a folder) or `FEEDBACK_DATASET` (`owner/name`, written with the token in `HF_TOKEN`) is
set. Every answer is two files, `ID.json` and the clip beside it; each is written whole or not at all.
"""

import io
import json
import logging
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

from instrument_model import Prediction
from instrument_model.atomic import put_in_place
from instrument_model.errors import InstrumentModelError

from .server.limits import MB
from .server.locks import lock

log = logging.getLogger(__name__)

MINUTES_BETWEEN_COMMITS = 10

_RECORD = ".json"
_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\..+\.part")


@dataclass(frozen=True)
class FeedbackStore:
    """Where answers are kept.

    Attributes:
        folder: Of the files.
        dataset: The Hub dataset that the folder is copied to, None for none.
        max_total_bytes: When the folder holds this much, nothing more is kept.
    """

    folder: Path
    dataset: str | None
    max_total_bytes: int

    @classmethod
    def from_environment(cls, max_total_mb: int, environment: Mapping[str, str] = os.environ) -> "FeedbackStore | None":
        """Return the store that is configured; None if feedback is off.

        Raises:
            InstrumentModelError: The folder cannot be made or written.
        """
        folder, dataset = (environment.get(name, "").strip() for name in ("FEEDBACK_FOLDER", "FEEDBACK_DATASET"))
        if not folder and not dataset:
            return None
        store = cls(Path(folder or "feedback").resolve(), dataset or None, max_total_mb * MB)
        try:
            store.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=store.folder):
                pass
            store._remove_unfinished()
        except OSError as error:
            raise InstrumentModelError(
                f"feedback cannot be kept in {store.folder} ({error.strerror}); "
                "set FEEDBACK_FOLDER to a folder that can be written to."
            ) from error
        return store

    def _remove_unfinished(self) -> None:
        """Remove what a process that was killed has left of answers; what another process is writing is locked."""
        for path in self.folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                with suppress(OSError), path.open("rb") as file:
                    lock(file.fileno(), wait=False)
                    path.unlink()

    def start_commits(self) -> None:
        """Copy the folder to the dataset from time to time; without the Hub, answers stay in the folder."""
        if self.dataset:
            Thread(target=self._commit, args=(self.dataset,), name="feedback", daemon=True).start()

    def _commit(self, dataset: str) -> None:
        from huggingface_hub import CommitScheduler

        try:
            CommitScheduler(
                repo_id=dataset,
                repo_type="dataset",
                folder_path=self.folder,
                every=MINUTES_BETWEEN_COMMITS,
                private=True,
                ignore_patterns=[".*.part"],
                token=os.environ.get("HF_TOKEN"),
            )
        except Exception as error:  # whatever the Hub's client raises, the app goes on
            log.warning("Feedback stays in %s: %s cannot be written (%s).", self.folder, dataset, type(error).__name__)

    def full(self) -> bool:
        """Return whether there is no room for more."""
        total = 0
        for path in self.folder.iterdir():
            with suppress(OSError):  # an answer that is being written has another name by now
                total += path.stat().st_size
        return total >= self.max_total_bytes

    def keep(self, clip: Path, prediction: Prediction, label: str) -> None:
        """Keep a clip and what it really was, under a random name.

        Args:
            clip: The recording.
            prediction: What was answered.
            label: What it really was: a label, or `other`.

        Raises:
            OSError: There is no room on the disk, or the folder cannot be written.
        """
        name = uuid.uuid4().hex
        record: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "label": label,
            "answered": prediction.instrument,
            "probabilities": {key: round(value, 4) for key, value in prediction.probabilities.items()},
            "model": prediction.model.sha256,
            "file_name": name + (clip.suffix.lower() if clip.suffix.lower() != _RECORD else ".clip"),
        }
        with clip.open("rb") as source:
            self._write(record["file_name"], source)
        self._write(name + _RECORD, io.BytesIO(json.dumps(record).encode() + b"\n"))

    def _write(self, name: str, source: BinaryIO) -> None:
        partial = self.folder / f".{name}.part"
        try:
            with partial.open("xb") as file:
                lock(file.fileno(), wait=True)
                shutil.copyfileobj(source, file)
                file.flush()
                put_in_place(partial, self.folder / name)  # before the visitor is thanked for it
        finally:
            partial.unlink(missing_ok=True)
