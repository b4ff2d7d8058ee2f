"""What is written to the disk, and how to tell whether it is whole: checkpoints, models, decoded audio, feedback."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instrument_model.network.model import InstrumentNetwork
    from training.data.clips import Clip


RATE = 32_000


class Half(Exception):  # noqa: N818 - what is found, not what is raised by the code under test
    """Raised where something half-written was read."""


@dataclass(frozen=True)
class Store:
    """Something that is written to the disk.

    Attributes:
        write: Writes version `n` into a folder.
        read: The version that is found there, -1 for none. Raises `Half`, or whatever the reader does.
    """

    write: Callable[[Path, int], object]
    read: Callable[[Path], int]


def write_checkpoint(folder: Path, version: int) -> None:
    """Return the state of a training run."""
    import torch

    from training.config import TrainSettings
    from training.learning.checkpoint import save_checkpoint

    save_checkpoint(folder, TrainSettings(), {"version": version, "weights": torch.full((300_000,), float(version))})


def read_checkpoint(folder: Path) -> int:
    """Its version."""
    from training.config import TrainSettings
    from training.learning.checkpoint import load_checkpoint

    state = load_checkpoint(folder, TrainSettings())
    if state is None:
        return -1
    if not bool((state["weights"] == state["version"]).all()):
        raise Half
    return int(state["version"])


@functools.cache
def _network() -> "InstrumentNetwork":
    from instrument_model.config import ModelConfig, NetworkConfig
    from instrument_model.network.model import InstrumentNetwork

    return InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1)))


def write_model(folder: Path, version: int) -> None:
    """Return a model folder."""
    import torch

    from instrument_model.network.model import save_network

    network = _network()
    with torch.no_grad():
        for parameter in network.network.parameters():
            parameter.fill_(version)
    save_network(folder, network)


def read_model(folder: Path) -> int:
    """Return the version that all its weights have."""
    from instrument_model.network.model import load_network

    if not (folder / "config.json").exists():  # the first one was not acknowledged
        return -1
    network = load_network(folder).network
    values = {float(value) for parameter in network.parameters() for value in parameter.detach().flatten()}
    if len(values) != 1:
        raise Half
    return int(values.pop())


def _level(version: int) -> int:
    """Return the value that every sample of a recording has."""
    return 64 * (version % 500 + 1)


@functools.cache
def _clip(folder: Path, version: int) -> "Clip":
    """Return a recording whose samples all have the value that tells which it is."""
    import soundfile

    from training.data.clips import Clip

    path = folder.parent / f"{folder.name}-{version}.flac"  # small, so that it fits on the full disk
    if not path.exists():
        part = path.with_suffix(".part")
        soundfile.write(part, np.full(RATE, _level(version), np.int16), RATE, format="FLAC")
        part.replace(path)
    return Clip(path, (), "phrase", "train", "made", str(version))


def write_cache(folder: Path, version: int) -> None:
    """Add a recording to the cache of decoded audio."""
    from training.data.audio_cache import AudioCache

    AudioCache.build(folder, [_clip(folder, number) for number in range(version + 1)], RATE, workers=1)


def read_cache(folder: Path) -> int:
    """How many recordings it holds, all of them right."""
    from training.data.audio_cache import AudioCache

    if not (folder / "index.json").exists():
        return -1
    cache = AudioCache.open(folder)
    version = 0
    while (clip := _clip(folder, version)) in cache:
        if not bool((cache[clip] == _level(version)).all()):
            raise Half
        version += 1
    return version - 1


def write_feedback(folder: Path, version: int) -> None:
    """Return a visitor's clip and answer."""
    from interface.feedback_store import FeedbackStore

    store = FeedbackStore(folder, None, 10**9)
    clip = folder.parent / f"{folder.name}.wav"
    if not clip.exists():
        clip.write_bytes(b"\x01" * 300_000)
    answer: Any = SimpleNamespace(instrument=str(version), probabilities={}, model=SimpleNamespace(sha256=""))
    store.keep(clip, answer, "other")


def read_feedback(folder: Path) -> int:
    """How many answers there are, each with its clip; what a killed process left is removed."""
    from interface.feedback_store import FeedbackStore

    FeedbackStore.from_environment(1000, {"FEEDBACK_FOLDER": str(folder)})
    if list(folder.glob(".*")):
        raise Half
    versions = set()
    for path in folder.glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        versions.add(int(record["answered"]))
        if (folder / record["file_name"]).read_bytes() != b"\x01" * 300_000:
            raise Half
    if versions != set(range(len(versions))):
        raise Half
    return len(versions) - 1


STORES = {
    "checkpoint": Store(write_checkpoint, read_checkpoint),
    "model": Store(write_model, read_model),
    "decoded audio": Store(write_cache, read_cache),
    "feedback": Store(write_feedback, read_feedback),
}
