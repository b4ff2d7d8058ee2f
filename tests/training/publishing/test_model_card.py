"""Every snippet of a published card runs as it stands, against the Hub that it names, and all give the same answer."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml  # type: ignore[import-untyped]

from instrument_model.classifier import BUNDLED_WEIGHTS, InstrumentClassifier
from tests.support.app_server import ROOT
from tests.support.hub_client import client_environment
from tests.support.hub_server import HubServer
from tests.support.training.publication import Push
from training.publishing.measured_model import EVALUATION, MeasuredModel
from training.publishing.model_card import model_card
from training.publishing.provenance import PROVENANCE_FILE, Provenance
from training.publishing.publication import HUB

RATE, WINDOW = 32_000, 96_000
TOLERANCE = 1e-4
WAVEFORM = """
import { readFile } from "node:fs/promises";
const samples = new Float32Array(new Uint8Array(await readFile("samples")).buffer);
"""


def blocks(card: str) -> list[tuple[str, str]]:
    """The card's snippets with their languages."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", card, re.DOTALL | re.MULTILINE)


def printed_by(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def answer(text: str) -> dict[str, float]:
    """What a snippet of Python has printed in its last line: a dictionary, or the list of a pipeline."""
    found = ast.literal_eval(text.splitlines()[-1])
    return {row["label"]: row["score"] for row in found} if isinstance(found, list) else found


@pytest.mark.slow
def test_all_snippets_answer_alike(
    push: Push, hub: HubServer, repo: str, classifier: InstrumentClassifier, tmp_path: Path
) -> None:
    assert push().status == 0
    card = hub.content(hub.model(repo), "README.md").decode().replace(HUB, hub.url)
    snippets = [(language, text) for language, text in blocks(card) if language != "bibtex"]
    assert [language for language, _ in snippets] == ["sh", "python", "python", "python", "python", "js"]
    generator = np.random.default_rng(0)
    sound = np.sin(np.cumsum(generator.uniform(0.01, 0.2, 2 * WINDOW))) * generator.uniform(0.2, 0.3, 2 * WINDOW)
    soundfile.write(tmp_path / "clip.wav", sound, RATE)
    (tmp_path / "clip.mp3").symlink_to(tmp_path / "clip.wav")  # the decoder judges by the content
    samples, _ = soundfile.read(tmp_path / "clip.wav", dtype="float32")
    (tmp_path / "samples").write_bytes(samples[:WINDOW].astype("<f4").tobytes())
    expected = pytest.approx(classifier.predict((samples, RATE)).probabilities, abs=TOLERANCE)
    environment = client_environment(hub, tmp_path / "home", PYTHONPATH=str(tmp_path / "site"))

    pip, address = snippets[0][1].rsplit(" ", 1)
    assert pip == "pip install"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", "site", address.strip()]
    printed_by(install, tmp_path, environment)
    where = "\nimport sys; assert 'site' in sys.modules['instrument_model'].__file__"
    python = [sys.executable, "-P", "-c"]
    assert answer(printed_by([*python, snippets[1][1] + where], tmp_path, environment)) == expected
    for _, text in snippets[2:5]:
        assert "instrument_model" not in text
        assert answer(printed_by([*python, text], tmp_path, environment)) == expected, text

    (program,) = re.findall(r"^`(instrument-model clip\.mp3 .*?)`", card, re.MULTILINE)
    command = [sys.executable, str(tmp_path / "site" / "bin" / program.split()[0]), *program.split()[1:]]
    assert "clip.mp3" in printed_by(command, tmp_path, environment)

    (tmp_path / "node_modules").symlink_to(ROOT / "tests" / "node_modules")
    (tmp_path / "snippet.mjs").write_text(snippets[5][1].replace("\n", WAVEFORM, 1))
    heard = yaml.safe_load(printed_by(["node", "snippet.mjs"], tmp_path, dict(os.environ)))
    first = classifier.predict((samples[:WINDOW], RATE)).probabilities
    assert heard == pytest.approx(first, abs=TOLERANCE)


def test_a_model_that_is_not_published_has_no_snippets() -> None:
    measured = MeasuredModel.load(BUNDLED_WEIGHTS, BUNDLED_WEIGHTS / EVALUATION)
    card = str(model_card(measured, Provenance.read(BUNDLED_WEIGHTS / PROVENANCE_FILE)))
    assert [language for language, _ in blocks(card)] == ["bibtex"]
    assert "pip install" not in card
    assert f"{card}\n" == (BUNDLED_WEIGHTS / "README.md").read_text(encoding="utf-8"), (
        "make it again with `python -m training.publishing.model_card weights`"
    )
