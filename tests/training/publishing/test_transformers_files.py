"""Transformers loads a published model from a folder and from a Hub, and answers as our library does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from instrument_model.audio import Waveform
from instrument_model.classifier import InstrumentClassifier
from instrument_model.onnx.architecture import HEAD
from instrument_model.resemblance.classes import BIAS, WEIGHT, ResemblanceConfig
from instrument_model.weights import CONFIG_FILE, Model, load_config, load_model, save_model
from tests.support.app_server import ROOT
from tests.support.hub_client import client_environment
from tests.support.hub_server import HubServer
from training.publishing.transformers_files import write_transformers_files

pytestmark = pytest.mark.slow

RATE = 32_000
PROGRAM = ROOT / "tests" / "support" / "training" / "transformers_answers.py"
TOLERANCE = 1e-4
SECOND_HEAD = ResemblanceConfig({"harp": "Harp"}, 0.1)


@pytest.fixture(scope="module")
def waveforms() -> list[Waveform]:
    """Around the lengths at which windows are added, with faint and silent parts, all silent, and far too loud."""
    generator = np.random.default_rng(0)
    seconds = (0.1, 0.25, 1.0, 3.0, 3.00003, 4.5, 4.504, 5.7, 31.3)
    noise = [generator.uniform(-0.5, 0.5, round(length * RATE)).astype(np.float32) for length in seconds]
    partly_silent = np.concatenate([np.zeros(7 * RATE, np.float32), noise[-2]])
    broken = np.where(generator.random(2 * RATE) < 0.01, np.float32(np.nan), 3 * noise[-1][: 2 * RATE])
    hum = np.sin(np.arange(5 * RATE) * 0.02).astype(np.float32)
    faint = [np.concatenate([level * hum, noise[-3], level * hum]) for level in (0.005, 0.02)]
    return [*noise, *faint, partly_silent, np.zeros(2 * RATE, np.float32), broken]


@pytest.fixture(scope="module")
def published(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What goes to the Hub, as far as Transformers reads it, with a second head."""
    folder = tmp_path_factory.mktemp("published")
    model = load_model(model_folder)
    hidden = model.tensors[f"{HEAD}.weight"].shape[1]
    second = {WEIGHT: np.ones((1, hidden), np.float32), BIAS: np.zeros(1, np.float32)}
    save_model(folder, Model(replace(model.config, resemblance=SECOND_HEAD), {**model.tensors, **second}))
    write_transformers_files(folder, load_config(folder))
    return folder


def run(source: str, waveforms: list[Waveform], folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    np.savez(folder / "waveforms.npz", *waveforms)
    command = [sys.executable, "-P", str(PROGRAM), source, str(folder / "waveforms.npz"), str(folder / "saved")]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def check(answer: dict[str, Any], waveforms: list[Waveform], classifier: InstrumentClassifier) -> None:
    for way in ("one by one", "together", "auto classes"):
        for waveform, found in zip(waveforms, answer[way], strict=True):
            assert found == pytest.approx(classifier.predict((waveform, RATE)).probabilities, abs=TOLERANCE), way
    assert answer["learns"]
    assert not answer["imports ours"]


def test_from_a_folder(
    published: Path, waveforms: list[Waveform], classifier: InstrumentClassifier, tmp_path: Path
) -> None:
    environment = os.environ | {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    check(run(str(published), waveforms, tmp_path, environment), waveforms, classifier)
    again = InstrumentClassifier.from_pretrained(tmp_path / "saved")  # by Transformers, so without the second head
    assert again.config == classifier.config
    waveform = waveforms[-1]
    assert again.predict((waveform, RATE)).probabilities == classifier.predict((waveform, RATE)).probabilities


def test_from_the_hub(
    published: Path,
    waveforms: list[Waveform],
    classifier: InstrumentClassifier,
    hub: HubServer,
    repo: str,
    tmp_path: Path,
) -> None:
    hub.put(repo, {path.name: path.read_bytes() for path in published.iterdir()})
    environment = client_environment(hub, tmp_path / "home", PYTHONPATH="")
    check(run(repo, waveforms, tmp_path, environment), waveforms, classifier)


def test_nothing_runs_without_consent(published: Path, tmp_path: Path) -> None:
    source = "import sys, transformers; transformers.pipeline('audio-classification', model=sys.argv[1])"
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    command = [sys.executable, "-c", source, str(published)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "trust_remote_code" in done.stderr


def test_our_loader_reads_it_and_runs_nothing(
    published: Path, classifier: InstrumentClassifier, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(published, folder)
    for path in folder.glob("*.py"):
        path.write_text("raise SystemExit('a model ran its code')\n")
    loaded = InstrumentClassifier.from_pretrained(folder)
    assert loaded.config == replace(classifier.config, resemblance=SECOND_HEAD)
    assert json.loads((published / CONFIG_FILE).read_text())["auto_map"]
