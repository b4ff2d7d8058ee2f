"""Decoded audio on disk: every clip is decoded once, so that an epoch is limited by the network and not by decoding.

A cache folder holds shards (`00000.int16`, …: waveforms one after the other, mono, little-endian 16 bit) and
`index.json`, which says where each clip lies. A shard is written under another name and renamed, then the index is: a
run that is killed loses at most the shard it was writing.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from instrument_model.atomic import write_text

from ..config import SAMPLE_RATE
from ..errors import TrainingError
from .clips import Clip
from .shards import FULL_SCALE, MAX_SECONDS, UNREADABLE, Entry, Int16, decode, write_shard

FORMAT = 1


class AudioCache:
    """Waveforms of clips, memory-mapped; safe to hand to worker processes, which map the same pages.

    Attributes:
        folder: Where the cache lies.
        sample_rate: Of all its waveforms, in Hz.
        unreadable: The files that could not be decoded, with the reason.
    """

    def __init__(self, folder: Path, sample_rate: int, entries: dict[str, Entry]) -> None:
        self.folder = folder
        self.sample_rate = sample_rate
        self._entries = entries
        self._shards: dict[int, Int16] = {}

    @classmethod
    def open(cls, folder: Path) -> "AudioCache":
        """Open a cache that `build` made.

        Raises:
            TrainingError: There is none, or its index is damaged.
        """
        path = folder / "index.json"
        try:
            index = json.loads(path.read_text())
            if index["format"] != FORMAT:
                raise TrainingError(
                    f"{path} was written by another version; delete the folder {folder} and build the cache again."
                )
            return cls(
                folder, int(index["sample_rate"]), {name: Entry(*values) for name, values in index["entries"].items()}
            )
        except FileNotFoundError as error:
            raise TrainingError(f"There is no audio cache in {folder}; build it first.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f"{path} is damaged ({error}); delete the folder {folder} and build the cache again."
            ) from error

    @classmethod
    def build(
        cls,
        folder: Path,
        clips: Iterable[Clip],
        sample_rate: int = SAMPLE_RATE,
        *,
        workers: int = 2,
        max_seconds: float = MAX_SECONDS,
    ) -> "AudioCache":
        """Decode the clips that the cache does not hold yet, or whose file has changed since.

        Args:
            folder: Made if missing; whatever it holds already is kept.
            clips: What the cache must hold.
            sample_rate: Of the waveforms, in Hz.
            workers: Threads that decode.
            max_seconds: What is kept of each file, from its beginning.

        Raises:
            TrainingError: The folder cannot be written (a full disk), or holds a cache at another sample rate. What was
                decoded until then is kept.
        """
        from filelock import FileLock
        from tqdm import tqdm

        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / "lock"):  # several processes of one run may ask for the same cache
                cache = cls.open(folder) if (folder / "index.json").exists() else cls(folder, sample_rate, {})
                if cache.sample_rate != sample_rate:
                    raise TrainingError(
                        f"The cache in {folder} is at {cache.sample_rate} Hz; name another folder for {sample_rate} Hz."
                    )
                missing = cache._missing(clip.path for clip in clips)
                decoded = decode(missing, sample_rate, workers, max_seconds)
                with tqdm(total=len(missing), desc="decoding", unit="clip", disable=None) as bar:
                    while cache._add_shard(decoded, bar.update):
                        pass
        except OSError as error:
            raise TrainingError(
                f"The audio cache in {folder} cannot be written ({error.strerror}); make room there and start again."
            ) from error
        return cache

    def __len__(self) -> int:
        return sum(entry.shard != UNREADABLE for entry in self._entries.values())

    def __contains__(self, clip: Clip) -> bool:
        """Return whether the clip's waveform is there."""
        entry = self._entries.get(_key(clip.path))
        return entry is not None and entry.shard != UNREADABLE

    def __getitem__(self, clip: Clip) -> Int16:
        """Return the clip's waveform: read-only view of int16, shape (samples,), nothing copied.

        Raises:
            TrainingError: The cache does not hold it.
        """
        entry = self._entries.get(_key(clip.path))
        if entry is None or entry.shard == UNREADABLE:
            reason = "is not in the audio cache" if entry is None else f"cannot be read ({entry.error})"
            raise TrainingError(f"{clip.path} {reason}; build the cache and take only clips that it holds.")
        if entry.shard not in self._shards:
            path = self._shard(entry.shard)
            try:
                self._shards[entry.shard] = np.memmap(path, dtype="<i2", mode="r")
            except (OSError, ValueError) as error:
                raise TrainingError(
                    f"{path} cannot be mapped ({error}); delete the folder {self.folder} and build the cache again."
                ) from error
        samples = self._shards[entry.shard][entry.offset : entry.offset + entry.length]
        if len(samples) < entry.length:
            raise TrainingError(
                f"{self._shard(entry.shard)} is cut short; delete {self.folder} and build the cache again."
            )
        return samples

    def waveform(self, clip: Clip) -> npt.NDArray[np.float32]:
        """Return the clip's waveform as float32 in [-1, 1], shape (samples,), the caller's own copy."""
        return np.divide(self[clip], FULL_SCALE, dtype=np.float32)

    def seconds(self, clip: Clip) -> float:
        """Return the length of a clip in seconds."""
        return len(self[clip]) / self.sample_rate

    @property
    def unreadable(self) -> dict[Path, str]:
        """The files that could not be decoded, with the reason."""
        return {Path(name): entry.error for name, entry in self._entries.items() if entry.shard == UNREADABLE}

    def readable(self, clips: Iterable[Clip]) -> list[Clip]:
        """Return those clips whose waveform is there, in their order."""
        return [clip for clip in clips if clip in self]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_shards": {}}  # a mapping is opened again by the process that gets it

    def _shard(self, number: int) -> Path:
        return self.folder / f"{number:05}.int16"

    def _missing(self, paths: Iterable[Path]) -> dict[Path, Entry]:
        """Return the files that are to be decoded, with their state."""
        missing = {}
        for path in dict.fromkeys(paths):
            try:
                status = path.stat()
                state = Entry(status.st_mtime_ns, status.st_size)
            except OSError:
                state = Entry(0, 0)
            known = self._entries.get(_key(path))
            if known is None or known[:2] != state[:2] or not state.size:
                missing[path] = state
        return missing

    def _add_shard(self, decoded: Iterator[tuple[Path, Entry, Int16 | str]], done: Callable[[], object]) -> int:
        number = 1 + max((entry.shard for entry in self._entries.values()), default=UNREADABLE)
        fresh = {}
        for path, entry in write_shard(self._shard(number), number, decoded):
            fresh[_key(path)] = entry
            done()
        self._entries |= fresh
        self._write_index()
        return len(fresh)

    def _write_index(self) -> None:
        index = {"format": FORMAT, "sample_rate": self.sample_rate, "entries": self._entries}
        write_text(self.folder / "index.json", json.dumps(index))


def _key(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  (resolve() would follow a link to where the same file has another name)
