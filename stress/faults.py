"""Processes killed in the middle of writing, again and again: `python -m stress.faults --rounds 40`.

A child writes one version after the other and acknowledges each that is written; it is killed with SIGKILL at a random
moment. What is read afterwards must be whole, and no older than what was acknowledged. The same with a disk that is
full: the write fails with one sentence, and the version before it is still there.
"""

import argparse
import functools
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instrument_model.network.model import InstrumentNetwork
    from training.data.clips import Clip

RATE = 32_000
FULL = 20_000  # bytes of a file, beyond which the disk counts as full


class Half(Exception):  # noqa: N818 - what is found, not what is raised by the code under test
    """Something half-written was read."""


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
    """The state of a training run."""
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
    """A model folder."""
    import torch

    from instrument_model.network.model import save_network

    network = _network()
    with torch.no_grad():
        for parameter in network.network.parameters():
            parameter.fill_(version)
    save_network(folder, network)


def read_model(folder: Path) -> int:
    """The version that all its weights have."""
    from instrument_model.network.model import load_network

    if not (folder / "config.json").exists():  # the first one was not acknowledged
        return -1
    network = load_network(folder).network
    values = {float(value) for parameter in network.parameters() for value in parameter.detach().flatten()}
    if len(values) != 1:
        raise Half
    return int(values.pop())


def _level(version: int) -> int:
    """What every sample of a recording is."""
    return 64 * (version % 500 + 1)


@functools.cache
def _clip(folder: Path, version: int) -> "Clip":
    """A recording whose samples all say which it is."""
    import soundfile

    from training.data.clips import Clip

    path = folder.parent / f"{folder.name}-{version}.flac"  # small, so that it fits on the full disk
    if not path.exists():
        part = path.with_suffix(".part")
        soundfile.write(part, np.full(RATE, _level(version), np.int16), RATE, format="FLAC")
        part.replace(path)
    return Clip(path, (), "phrase", "train", "made", str(version))


def write_cache(folder: Path, version: int) -> None:
    """Decoded audio: one recording more."""
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
    """A visitor's clip and answer."""
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


def _write_on(name: str, folder: Path, first: int, acknowledged: Connection) -> None:
    """In the child: until it is killed."""
    version = first
    while True:
        STORES[name].write(folder, version)
        acknowledged.send(version)
        version += 1


def _write_full(name: str, folder: Path, version: int, said: Connection) -> None:
    """In the child: what a write says when the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))
    try:
        STORES[name].write(folder, version)
    except Exception as error:  # which kind is for the test to judge
        said.send(f"{type(error).__name__}: {error}")
    else:
        said.send("")


_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    ["torch", "training.learning.checkpoint", "training.data.audio_cache", "interface.feedback_store"]
)


def killed(name: str, folder: Path, rounds: int, seed: int) -> list[str]:
    """Kills a writer so many times; what was wrong afterwards."""
    rng, faults, version = Random(seed), [], -1  # noqa: S311 - no secret
    for number in range(rounds):
        here, there = _processes.Pipe(duplex=False)
        child = _processes.Process(target=_write_on, args=(name, folder, version + 1, there), daemon=True)
        child.start()
        there.close()
        here.poll(60)  # the first of this round is written
        time.sleep(rng.expovariate(20))
        child.kill()
        child.join()
        acknowledged = version
        try:
            while here.poll():
                acknowledged = here.recv()
        except EOFError:
            pass
        try:
            version = STORES[name].read(folder)
        except Exception as error:  # whatever a reader says about what should be whole
            faults.append(f"{name}, round {number}: {type(error).__name__} {error}")
            break
        if version < acknowledged:
            faults.append(f"{name}, round {number}: {acknowledged} was acknowledged and {version} is there")
    return faults


def full_disk(name: str, folder: Path) -> tuple[str, int]:
    """(what a write says on a full disk, the version that is there afterwards); version 0 was there before."""
    STORES[name].write(folder, 0)
    here, there = _processes.Pipe(duplex=False)
    child = _processes.Process(target=_write_full, args=(name, folder, 1, there), daemon=True)
    child.start()
    said = str(here.recv()) if here.poll(60) else "nothing"
    child.join()
    return said, STORES[name].read(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="kills of each writer")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    with TemporaryDirectory() as temporary:
        for name in STORES:
            folder, other = Path(temporary, f"{name} killed"), Path(temporary, f"{name} full")
            for made in (folder, other):
                made.mkdir()
            faults = killed(name, folder, options.rounds, options.seed)
            last = STORES[name].read(folder) if not faults else -1
            said, version = full_disk(name, other)
            if not said or version != 0:
                faults.append(f"{name}, full disk: {said!r}, version {version}")
            print(
                f"{name:<16}{options.rounds:>4} kills, {last + 1:>6} versions, {len(faults)} faults; full: {said[:90]}"
            )
            wrong += faults
    for fault in wrong:
        print(f"FAULT {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
