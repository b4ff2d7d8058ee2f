"""Processes killed in the middle of writing, again and again: `python -m stress.faults --rounds 40`.

A child writes one version after the other and acknowledges each that is written; it is killed with SIGKILL at a random
moment. What is read afterwards must be whole, and no older than what was acknowledged. The same with a disk that is
full: the write fails with one sentence, and the version before it is still there.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
from stress.stores import STORES

FULL = 20_000  # bytes of a file, beyond which the disk counts as full


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
    """Return (what a write says on a full disk, the version that is there afterwards); version 0 was there before."""
    STORES[name].write(folder, 0)
    here, there = _processes.Pipe(duplex=False)
    child = _processes.Process(target=_write_full, args=(name, folder, 1, there), daemon=True)
    child.start()
    said = str(here.recv()) if here.poll(60) else "nothing"
    child.join()
    return said, STORES[name].read(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; the exit status is 1 if anything was wrong."""
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
