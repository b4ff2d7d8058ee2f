"""Small training runs: their data, their command and what they leave."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from instrument_model.labels import LABEL_NAMES
from tests.support.app_server import HANG_SECONDS, ROOT
from tests.support.command_line import Outcome, run
from training.data.audio_cache import AudioCache
from training.data.clips import Clip
from training.data.examples import Items
from training.data.mixing import Layer
from training.learning.checkpoint import CHECKPOINT_FILE

SAMPLE_RATE = 32_000


def tone(number: int, seed: int, seconds: float = 3.0) -> np.ndarray:
    """A tone whose spectrum says which instrument it stands for."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 110.0 * 2 ** rng.uniform(0, 1)
    partials = [1, 2 + number % 3, 3 + number, 6 + 2 * number]
    waves = np.sin(2 * np.pi * pitch * np.outer(partials, t))
    return np.asarray(waves.sum(axis=0) * 0.1, np.float32)


def make_items(clips: list[Clip], audio: AudioCache, without: tuple[str, ...] = (), length: int = 64) -> Items:
    training = [clip for clip in clips if clip.split == "train"]
    return Items(training, audio, length=length, batch_size=8, seed=3, sample_rate=SAMPLE_RATE, without=without)


def train_command(
    irmas_folder: Path, narrow_model: Path, out: Path, *, items: int = 96, extra: tuple[str, ...] = ()
) -> list[str]:
    return [
        *(
            "--irmas",
            str(irmas_folder),
            "--irmas-protocol",
            "ten-class",
            "--cache",
            str(out.parent / "cache"),
            "--backbone",
            str(narrow_model),
        ),
        *("--out", str(out), "--start", "scratch", "--items", str(items), "--batch-size", "8", "--score-every", "4"),
        *(
            "--workers",
            "0",
            "--cpu",
            "--average-decay",
            "0.5",
            "--without",
            "stretch",
            "pitch",
            "codec",
            "mixture",
            *extra,
        ),
    ]


def run_training(arguments: list[str], launcher: tuple[str, ...] = ("-m",)) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *launcher, "training.train", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS)


def train_here(arguments: list[str]) -> Outcome:
    """Run the command in this process, which has PyTorch already."""
    return run("training.train", arguments)


def checkpoint_state(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(folder / CHECKPOINT_FILE, weights_only=True)["state"]
    return state


def part(*names: str) -> Layer:
    target = np.array([name in names for name in LABEL_NAMES], np.float32)
    return Layer(tone(0, 0, 0.1), target, np.ones_like(target))
