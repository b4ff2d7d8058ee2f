"""A slope and a bias for each label of a teacher: fitted, stored, and asked like any other recogniser."""

from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LABEL_NAMES
from tests.support.command_line import run, run_program
from tests.support.sounds import tone, write
from training.errors import TrainingError
from training.models.fit_teacher import fit
from training.models.fitted import Fit
from training.models.inference import clip_probabilities
from training.models.taggers import load_recogniser

LABELS = len(LABEL_NAMES)


def quiet_answers(items: int, quieter: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits that rank well and lie too low; and what sounds."""
    rng = np.random.default_rng(0)
    targets = np.eye(LABELS, dtype=np.float32)[rng.integers(LABELS, size=items)]
    return 3 * targets + rng.standard_normal((items, LABELS)) - quieter, targets


def test_a_quiet_teacher_becomes_as_sure_as_it_is_right() -> None:
    logits, targets = quiet_answers(2_000, quieter=6.0)
    found = fit("quiet", logits, targets)
    slope, bias = (np.array([values[label] for label in LABEL_NAMES]) for values in (found.slope, found.bias))
    probabilities = 1 / (1 + np.exp(-(slope * logits + bias)))
    assert probabilities.mean(axis=0) == pytest.approx(targets.mean(axis=0), abs=0.01)
    assert (1 / (1 + np.exp(-logits))).mean() < 0.5 * targets.mean()
    assert slope == pytest.approx(3.0, abs=1.0)


def test_a_label_that_never_sounds_stays_as_it_is() -> None:
    logits, targets = quiet_answers(300, quieter=0.0)
    targets[:, 3] = 0
    found = fit("quiet", logits, targets)
    assert (found.slope[LABEL_NAMES[3]], found.bias[LABEL_NAMES[3]]) == (1.0, 0.0)


def test_a_teacher_that_has_it_the_wrong_way_round_is_refused() -> None:
    logits, targets = quiet_answers(300, quieter=0.0)
    with pytest.raises(TrainingError, match="does not recognise cello"):
        fit("wrong", -logits, targets)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"recogniser": "a", "slope": {"cello": 1}, "bias": {}}'])
def test_another_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "teacher.json").write_text(text)
    with pytest.raises(TrainingError, match="holds no fitted recogniser"):
        load_recogniser(str(tmp_path / "teacher.json"))


def test_a_stored_fit_moves_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "teacher.json"
    Fit(str(BUNDLED_WEIGHTS), dict.fromkeys(LABEL_NAMES, 0.5), dict.fromkeys(LABEL_NAMES, 1.0)).write(path)
    waveform = torch.from_numpy(np.asarray(tone(3.0, 32_000, 440.0, 0.4), np.float32))[None]
    with torch.inference_mode():
        plain, moved = (load_recogniser(str(spec)).window_probabilities(waveform) for spec in (BUNDLED_WEIGHTS, path))
    torch.testing.assert_close(torch.logit(moved), 0.5 * torch.logit(plain, eps=1e-6) + 1.0)


@pytest.mark.slow
def test_the_command_listens_to_recordings(tmp_path: Path) -> None:
    for number, label in enumerate(LABEL_NAMES):
        (tmp_path / "mine" / label).mkdir(parents=True)
        for take in range(4):
            write(tmp_path / "mine" / label / f"{take}.wav", tone(3.2, 32_000, 300.0 * (1 + number), 0.4), 32_000)
    data = ["--folder", str(tmp_path / "mine"), "--cache", str(tmp_path / "cache")]
    head = ["--backbone", str(BUNDLED_WEIGHTS), "--items", "128", "--out", str(tmp_path / "head")]
    assert run_program("training.linear_head", *head, *data).returncode == 0
    arguments = [str(tmp_path / "head"), *data, "--items", "128", "--out"]
    outcome = run("training.models.fit_teacher", [*arguments, str(tmp_path / "teacher.txt")])
    assert outcome.status == 1
    assert "must end in .json" in outcome.error
    assert run("training.models.fit_teacher", [*arguments, str(tmp_path / "teacher.json")]).status == 0
    clips = [np.asarray(tone(3.0, 32_000, 300.0 * (1 + number), 0.4), np.float32) for number in range(LABELS)]
    probabilities = clip_probabilities(load_recogniser(str(tmp_path / "teacher.json")), clips, 32_000)
    assert np.mean(probabilities.argmax(axis=1) == np.arange(LABELS)) > 0.6
