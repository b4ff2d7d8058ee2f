"""From recordings to answers, and from answers to figures."""

from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.classifier import InstrumentClassifier
from instrument_model.labels import LABEL_NAMES
from instrument_model.network.model import load_network, save_network
from tests.support.training.library import RATE, Oracle
from training import evaluate
from training.data.audio_cache import AudioCache
from training.data.sources import manifest
from training.errors import TrainingError
from training.evaluation import conditions, robustness
from training.evaluation.answers import Answers
from training.evaluation.results import Accuracies, Counts, Ranking, SourceResults, TopK
from training.evaluation.robustness import Robustness
from training.models.inference import clip_probabilities
from training.models.taggers import ModelFolder, load_recogniser


def test_answers_are_those_of_the_classifier(model_folder: Path, classifier: InstrumentClassifier) -> None:
    """Windows batched across clips, one of them partly silent, give what a user gets for each clip."""
    rng = np.random.default_rng(0)
    noise = [rng.normal(0, 0.1, round(seconds * RATE)).astype(np.float32) for seconds in (0.2, 2.0, 4.0)]
    silent_in_the_middle = np.concatenate([noise[1], np.zeros(5 * RATE, np.float32), noise[0]])
    waveforms = [*noise, silent_in_the_middle, np.zeros(RATE, np.float32)]
    answers = clip_probabilities(ModelFolder(model_folder), waveforms, RATE)
    for waveform, row in zip(waveforms, answers, strict=True):
        expected = classifier.predict((waveform, RATE)).probabilities
        assert row == pytest.approx([expected[label] for label in LABEL_NAMES], abs=1e-6)
    assert not answers[-1].any()


def test_average_of_models(model_folder: Path) -> None:
    one, both = load_recogniser(str(model_folder)), load_recogniser(f"{model_folder}+{model_folder}")
    windows = torch.rand(2, RATE) - 0.5
    with torch.inference_mode():
        torch.testing.assert_close(one.window_probabilities(windows), both.window_probabilities(windows))
    assert both.thresholds.tolist() == one.thresholds.tolist()


def test_a_weighted_average_counts_one_model_more(model_folder: Path, tmp_path: Path) -> None:
    quiet, windows = tmp_path / "quiet", torch.rand(2, RATE) - 0.5
    network = load_network(model_folder)
    with torch.no_grad():
        network.network.head.bias.sub_(4.0)
    save_network(quiet, network)
    both = load_recogniser(f"{model_folder}:3+{quiet}")
    with torch.inference_mode():
        one, other, mean = (
            torch.logit(recogniser.window_probabilities(windows))
            for recogniser in (load_recogniser(str(model_folder)), load_recogniser(str(quiet)), both)
        )
    torch.testing.assert_close(mean, 0.75 * one + 0.25 * other)
    assert both.name == f"{model_folder}:3+{quiet}"
    with pytest.raises(TrainingError, match="would count nothing"):
        load_recogniser(f"{model_folder}:0+{quiet}")


@pytest.mark.usefixtures("little_work")
def test_whoever_knows_the_tones_is_right_everywhere(library: Path, tmp_path: Path) -> None:
    """Labels of clips and of mixtures reach the figures unharmed: a wrong one would cost the oracle a point."""
    clips = [clip for clip in manifest.read(library) if clip.split == "dev"]
    audio = AudioCache.build(tmp_path, clips)
    result = evaluate.measure(Oracle(), clips, audio, trained={"studio"})
    unseen, seen = (result.groups[name] for name in (evaluate.UNSEEN, evaluate.SEEN))
    assert unseen.clips == Counts(one_instrument=20, none_of_them=4, all=25)
    assert seen.clips == Counts(one_instrument=3, none_of_them=0, all=3)
    assert unseen.top1 == TopK(1.0, 1.0, (1.0, 1.0))
    assert unseen.rejection.auroc == unseen.map == unseen.lrap == 1.0
    assert evaluate.AUDIBLE not in result.groups  # nothing is silent
    assert result.sources == {name: SourceResults(n, 1.0) for name, n in (("club", 10), ("hall", 10), ("studio", 3))}
    measured = result.conditions
    assert measured is not None
    assert measured.noise.clean == measured.noise.white["20 dB"] == Accuracies(1.0, 1.0)
    assert measured.length["0.5 s"] == Accuracies(1.0, 1.0, 20)
    assert measured.length["1 s"].clips_that_long == 0
    for sounding, clips_of in (("1", 20), ("2", 4), ("3", 4), ("recorded", 1)):
        ranked = measured.instruments[sounding]
        assert (ranked.lrap, ranked.recall_at_k, ranked.clips) == (1.0, 1.0, clips_of)


def test_mixture_targets_are_unions(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [clip for clip in manifest.read(library) if clip.source == "hall"]
    answers = Answers(clips, np.zeros((len(clips), len(LABEL_NAMES))))
    seen: list[tuple[set[str], int]] = []

    def ranking(_: object, targets: np.ndarray, __: object) -> Ranking:
        seen.extend(({LABEL_NAMES[i] for i in np.flatnonzero(row)}, len(targets)) for row in targets)
        return Ranking(1.0, 1.0, 1.0, 1.0, len(targets))

    monkeypatch.setattr(conditions, "MIXTURES", 30)
    monkeypatch.setattr(robustness, "ranking", ranking)
    Robustness(Oracle(), answers, AudioCache.build(tmp_path, clips)).instruments()
    singles = answers.where(answers.single)
    drawn = conditions.draw_mixtures(singles.targets.argmax(axis=1), 3, 30, seed=0)
    expected = [{label for i in mixture.clips for label in singles.clips[i].labels} for mixture in drawn]
    assert [labels for labels, _ in seen[40:70]] == expected
    assert {len(labels) for labels in expected} == {3}
