"""Training end to end on a small data set with IRMAS's file names, made here: every instrument is a tone of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from instrument_model.network.model import load_network
from tests.support.app_server import HANG_SECONDS, ROOT
from tests.support.training.runs import SAMPLE_RATE, checkpoint_state, run_training, tone, train_command, train_here
from training.learning.checkpoint import CHECKPOINT_FILE

pytestmark = pytest.mark.slow


def test_training_learns_and_the_result_loads(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    extra = ("--learning-rate", "3e-3", "--score-every", "10")
    done = train_here(train_command(irmas_folder, narrow_model, out, items=640, extra=extra))
    assert done.status == 0, done.error
    progress = checkpoint_state(out)["progress"]
    losses = [loss for _, loss in progress["losses"]]
    assert np.mean(losses[-3:]) < 0.85 * losses[0]
    assert progress["best"] > progress["scores"][0][1]["total"]
    assert (out / "curves.png").stat().st_size > 10_000
    assert list((out / "tensorboard").iterdir())
    model = load_network(out / "model")
    assert model(torch.zeros(1, SAMPLE_RATE)).shape == (1, len(LABEL_NAMES))


def test_a_run_that_does_not_improve_says_so(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = train_here(train_command(irmas_folder, narrow_model, out, items=32, extra=("--learning-rate", "0.0")))
    assert done.status == 0, done.error
    assert "at step 0; model in" in done.out
    assert f"{out / 'model'} holds these unchanged; give more data or steps" in done.error


def test_data_without_development_clips_is_refused(narrow_model: Path, tmp_path: Path) -> None:
    for label in INSTRUMENT_NAMES:
        (tmp_path / "data" / label).mkdir(parents=True)
        soundfile.write(tmp_path / "data" / label / "only.wav", tone(0, 0, 0.5), SAMPLE_RATE)
    arguments = ["--folder", str(tmp_path / "data"), "--cache", str(tmp_path / "cache"), "--out", str(tmp_path / "run")]
    done = train_here([*arguments, "--backbone", str(narrow_model), "--cpu"])
    assert done.status == 1
    assert done.error.endswith("or put some into a folder named dev.\n")
    assert "Traceback" not in done.error


def test_a_killed_run_goes_on_bit_for_bit(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert train_here(train_command(irmas_folder, narrow_model, whole)).status == 0

    arguments = train_command(irmas_folder, narrow_model, broken)
    process = subprocess.Popen(
        [sys.executable, "-m", "training.train", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + HANG_SECONDS
    while not (broken / CHECKPOINT_FILE).exists() or checkpoint_state(broken)["progress"]["step"] < 4:
        assert time.monotonic() < deadline
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed_at = checkpoint_state(broken)["progress"]["step"]
    assert killed_at < checkpoint_state(whole)["progress"]["step"]

    again = train_here(arguments)
    assert again.status == 0, again.error
    a, b = checkpoint_state(whole), checkpoint_state(broken)
    assert a["progress"]["step"] == b["progress"]["step"] == 12
    for name in ("network", "average"):
        assert all(torch.equal(value, b[name][key]) for key, value in a[name].items() if isinstance(value, Tensor))


def test_two_processes_train_one_model(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    launcher = ("-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1", "-m")
    done = run_training(train_command(irmas_folder, narrow_model, out, items=64), launcher)
    assert done.returncode == 0, done.stderr
    assert checkpoint_state(out)["progress"]["step"] == 8
    assert load_network(out / "model")


def test_the_command_says_in_one_sentence_what_is_wrong(narrow_model: Path, tmp_path: Path) -> None:
    cases = {
        "No data is named": [],
        "go together": ["--folder", str(tmp_path), "--distil", "0.5"],
        "manifest": ["--library", str(tmp_path)],
    }
    for sentence, arguments in cases.items():
        done = train_here([*arguments, "--out", str(tmp_path / "run"), "--backbone", str(narrow_model)])
        assert done.status == 1
        assert sentence in done.error
        assert "Traceback" not in done.error
        assert len(done.error.strip().splitlines()) == 1
