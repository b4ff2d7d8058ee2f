"""Decoded audio on disk: every clip is decoded once, so that an epoch is limited by the network and not by decoding.

A cache folder holds shards (`00000.int16`, …: waveforms one after the other, mono, little-endian 16 bit) and
`index.json`, which says where each clip lies. A shard is written under another name and renamed, then the index is: a
run that is killed loses at most the shard it was writing.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from instrument_model.audio import read_audio
from instrument_model.errors import AudioError

from .clips import Clip
from .errors import TrainingError

SHARD_BYTES = 128 * 2**20
MAX_SECONDS = 60.0
FULL_SCALE = 32767
FORMAT = 1
UNREADABLE = -1

Int16 = npt.NDArray[np.int16]


class Entry(NamedTuple):
    """Where a clip's waveform lies, and the state of the file that it was decoded from.

    Attributes:
        mtime_ns: When the file was last changed.
        size: The file's size in bytes.
        shard: Number of the shard; UNREADABLE for a file without a waveform.
        offset: First sample in the shard.
        length: Samples.
        error: Why the file is unreadable.
    """

    mtime_ns: int
    size: int
    shard: int = UNREADABLE
    offset: int = 0
    length: int = 0
    error: str = ""


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
        """Opens a cache that `build` made.

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
    def build(cls, folder: Path, clips: Iterable[Clip], sample_rate: int = 32_000, *, workers: int = 2) -> "AudioCache":
        """Decodes the clips that the cache does not hold yet, or whose file has changed since.

        Args:
            folder: Made if missing; whatever it holds already is kept.
            clips: What the cache must hold. Of each file the first `MAX_SECONDS` are kept.
            sample_rate: Of the waveforms, in Hz.
            workers: Threads that decode.

        Raises:
            TrainingError: The folder cannot be written (a full disk), or holds a cache at another sample rate. What was
                decoded until then is kept.
        """
        from tqdm import tqdm

        exists = (folder / "index.json").exists()
        cache = cls.open(folder) if exists else cls(folder, sample_rate, {})
        if cache.sample_rate != sample_rate:
            raise TrainingError(
                f"The cache in {folder} is at {cache.sample_rate} Hz; give another folder for one at {sample_rate} Hz."
            )
        missing = {
            path: state
            for path in dict.fromkeys(clip.path for clip in clips)
            if (state := cache._outdated(path)) is not None
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (
                ThreadPoolExecutor(workers) as pool,
                tqdm(total=len(missing), desc="decoding", unit="clip", disable=None) as bar,
            ):
                todo = list(missing.items())
                while todo:
                    written = cache._write_shard(todo, pool)
                    todo = todo[written:]
                    bar.update(written)
                if not exists and not missing:
                    cache._write_index()
        except OSError as error:
            raise TrainingError(
                f"The audio cache in {folder} cannot be written ({error.strerror}); make room there and start again."
            ) from error
        return cache

    def __len__(self) -> int:
        return sum(entry.shard != UNREADABLE for entry in self._entries.values())

    def __contains__(self, clip: Clip) -> bool:
        """Whether the clip's waveform is there."""
        entry = self._entries.get(_key(clip.path))
        return entry is not None and entry.shard != UNREADABLE

    def __getitem__(self, clip: Clip) -> Int16:
        """The clip's waveform: read-only view of int16, shape (samples,), nothing copied.

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
        return self._shards[entry.shard][entry.offset : entry.offset + entry.length]

    def waveform(self, clip: Clip) -> npt.NDArray[np.float32]:
        """The clip's waveform as float32 in [-1, 1], shape (samples,), the caller's own copy."""
        return np.divide(self[clip], FULL_SCALE, dtype=np.float32)

    def seconds(self, clip: Clip) -> float:
        """How long the clip is."""
        return len(self[clip]) / self.sample_rate

    @property
    def unreadable(self) -> dict[Path, str]:
        """The files that could not be decoded, with the reason."""
        return {Path(name): entry.error for name, entry in self._entries.items() if entry.shard == UNREADABLE}

    def readable(self, clips: Iterable[Clip]) -> list[Clip]:
        """Those clips whose waveform is there, in their order."""
        return [clip for clip in clips if clip in self]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_shards": {}}  # a mapping is opened again by the process that gets it

    def _shard(self, number: int) -> Path:
        return self.folder / f"{number:05}.int16"

    def _outdated(self, path: Path) -> Entry | None:
        """The state of a file that is to be decoded; None if the cache is up to date."""
        try:
            status = path.stat()
            state = Entry(status.st_mtime_ns, status.st_size)
        except OSError:
            state = Entry(0, 0)
        known = self._entries.get(_key(path))
        return None if known is not None and known[:2] == state[:2] and state.size else state

    def _decode(
        self, files: list[tuple[Path, Entry]], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Path, Entry, Int16 | str]]:
        def decode(path: Path) -> Int16 | str:
            try:
                waveform = read_audio(path, self.sample_rate, MAX_SECONDS)
            except AudioError as error:
                return str(error)
            return np.round(np.clip(waveform, -1, 1) * FULL_SCALE).astype("<i2")

        for start in range(0, len(files), 64):  # few at a time: what is decoded waits in memory
            part = files[start : start + 64]
            decoded = pool.map(decode, [path for path, _ in part])
            yield from ((path, state, waveform) for (path, state), waveform in zip(part, decoded, strict=True))

    def _write_shard(self, files: list[tuple[Path, Entry]], pool: ThreadPoolExecutor) -> int:
        """Decodes files until a shard is full; returns how many it took."""
        number = 1 + max((entry.shard for entry in self._entries.values()), default=UNREADABLE)
        part = self._shard(number).with_suffix(".part")
        fresh: dict[str, Entry] = {}
        offset = 0
        try:
            with part.open("wb") as shard:
                for path, state, waveform in self._decode(files, pool):
                    if isinstance(waveform, str):
                        fresh[_key(path)] = state._replace(error=waveform)
                        continue
                    shard.write(waveform.tobytes())
                    fresh[_key(path)] = state._replace(shard=number, offset=offset, length=len(waveform))
                    offset += len(waveform)
                    if offset * waveform.itemsize >= SHARD_BYTES:
                        break
            if offset:
                part.replace(self._shard(number))
        finally:
            part.unlink(missing_ok=True)
        self._entries |= fresh
        self._write_index()
        return len(fresh)

    def _write_index(self) -> None:
        part = self.folder / "index.json.part"
        try:
            part.write_text(json.dumps({"format": FORMAT, "sample_rate": self.sample_rate, "entries": self._entries}))
            part.replace(self.folder / "index.json")
        finally:
            part.unlink(missing_ok=True)


def _key(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  (resolve() would follow a link to where the same file has another name)
