"""The evaluation's figures against figures computed by hand, its conditions against what they promise, the command."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.classifier import InstrumentClassifier
from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from tests.support.library import RATE, Oracle, make_irmas_test, make_irmas_training, make_library
from tests.support.sounds import tone, write
from training import evaluate
from training.data.audio_cache import AudioCache
from training.data.clips import Clip
from training.data.sources import irmas, manifest
from training.errors import TrainingError
from training.evaluation import conditions, metrics, results
from training.evaluation.report import to_json
from training.evaluation.results import Answers, clusters_of, group_figures
from training.evaluation.robustness import Robustness
from training.models.inference import clip_probabilities
from training.models.taggers import ModelFolder, load_recogniser
from training.publishing.provenance import PROVENANCE_FILE, Collection, Provenance


@pytest.fixture
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MIXTURES", 4)
    monkeypatch.setattr(results, "RESAMPLES", 20)


# Four clips, three labels; the right ones are 0, 1, 2 and 2.
PROBABILITIES = np.array([[0.9, 0.5, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.3, 0.2]])
CLASSES = np.array([0, 1, 2, 2])


# --- figures ---------------------------------------------------------------------------------------------------------


def test_top_k_over_clips_and_over_classes() -> None:
    assert metrics.hits_at(PROBABILITIES, CLASSES, 1).tolist() == [True, False, True, False]
    assert metrics.hits_at(PROBABILITIES, CLASSES, 2).tolist() == [True, True, True, False]
    assert metrics.top_k(PROBABILITIES, CLASSES, 1) == {"per_class_mean": (1 + 0 + 0.5) / 3, "micro": 0.5}
    assert metrics.top_k(PROBABILITIES, CLASSES, 2) == {"per_class_mean": (1 + 1 + 0.5) / 3, "micro": 0.75}
    assert metrics.hits_at(np.zeros((1, 3)), np.array([0]), 1).tolist() == [False]
    # A class without clips does not count as a class without hits.
    assert metrics.mean_per_class(np.array([True, False]), np.array([7, 7])) == 0.5


def test_confusion_has_the_truth_in_rows() -> None:
    assert metrics.confusion(PROBABILITIES, CLASSES).tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 1]]


def test_precision_recall_and_f1() -> None:
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]])
    decisions = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0]])
    figures = metrics.precision_recall_f1(targets, decisions, ("a", "b", "c"))
    assert figures["per_label"]["a"] == pytest.approx({"precision": 2 / 3, "recall": 1, "f1": 0.8, "support": 2})
    assert figures["per_label"]["b"] == pytest.approx({"precision": 1, "recall": 0.5, "f1": 2 / 3, "support": 2})
    # Over the labels that occur, and over all decisions: 3 right of 4 made, 3 found of 4.
    assert figures["macro"] == pytest.approx({"precision": 5 / 6, "recall": 0.75, "f1": (0.8 + 2 / 3) / 2})
    assert figures["micro"] == pytest.approx({"precision": 0.75, "recall": 0.75, "f1": 0.75})


def test_average_precisions() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.2, 0.1, 0.05], [0.5, 0.5, 0.5], [0.7, 0.9, 0.3]])
    targets = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0]])
    # Clip 0: ranks 1 and 3, so 1/1 and 2/3. Clip 1: rank 2. Clip 2 has no label. Clip 3: rank 2.
    assert metrics.label_ranking_average_precision(scores, targets) == pytest.approx((5 / 6 + 1 / 2 + 1 / 2) / 3)
    # Label 0 is right at places 1 and 2, label 1 at the last of four, label 2 at place 3 of four.
    assert metrics.mean_average_precision(scores, targets) == pytest.approx((1 + 1 / 4 + 1 / 3) / 3)
    # As many as sound: one of two, none of one, none of one.
    assert metrics.recall_at(scores, targets) == pytest.approx((0.5 + 0 + 0) / 3)
    assert metrics.recall_at(scores, targets, 2) == pytest.approx((0.5 + 1 + 1) / 3)


def test_rejection_counts_the_pairs_in_the_right_order() -> None:
    ours, others = np.array([[0.9, 0.1], [0.2, 0.4]]), np.array([[0.5, 0.2], [0.1, 0.0]])
    assert metrics.rejection_auroc(ours, others) == 0.75
    assert np.isnan(metrics.rejection_auroc(ours, others[:0]))


def test_calibration_error() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55, 1.0])
    correct = np.array([True, False, True, False, True])
    figures = metrics.calibration(confidence, correct)
    # Two bins: 0.93 to 1 with mean 2.9 / 3 and accuracy 2/3, and one with 0.55 and 0.5.
    assert figures["ece"] == pytest.approx(0.6 * (2.9 / 3 - 2 / 3) + 0.4 * 0.05)
    assert [row["count"] for row in figures["bins"]] == [2, 3]
    # Two bins of equal size: 0.55, 0.55, 0.95 (two right of three, in a stable order) and 0.95, 1.
    halves = metrics.calibration(confidence, correct, bins=2)["ece_equal_size"]
    assert halves == pytest.approx(0.6 * abs(2 / 3 - 2.05 / 3) + 0.4 * abs(0.5 - 0.975))


def test_bootstrap_draws_whole_clusters() -> None:
    values = np.repeat([0.0, 1.0], 50)
    within = metrics.bootstrap_interval(lambda drawn: float(values[drawn].mean()), np.arange(100))
    assert within == pytest.approx((0.4, 0.6), abs=0.02)  # 1.96 sqrt(0.25 / 100)
    across = metrics.bootstrap_interval(lambda drawn: float(values[drawn].mean()), np.repeat([0, 1], 50))
    assert across == (0.0, 1.0)


def clip(label: str, source: str = "hall", group: str = "1", complete: bool = True) -> Clip:
    labels = (label,) if label in LABEL_NAMES else ()
    return Clip(Path(f"{source}{group}{label}.wav"), labels, "phrase", "dev", source, group, complete=complete)


@pytest.mark.usefixtures("little_work")
def test_group_figures_tell_ours_from_others() -> None:
    clips = [clip("cello"), clip("flute"), clip("voice"), clip("oboe"), clip("drums", complete=False)]
    probabilities = np.zeros((5, len(LABEL_NAMES)))
    probabilities[0, 0], probabilities[1, 0] = 0.9, 0.6  # the flute is taken for a cello
    probabilities[2, 10], probabilities[3, 4], probabilities[4, 4] = 0.9, 0.7, 0.9
    result = group_figures(Answers(clips, probabilities), np.full(11, 0.5))
    assert result["clips"] == {"one_instrument": 2, "none_of_the_ten": 2, "all": 5}
    assert result["top1"]["per_class_mean"] == result["top1"]["micro"] == 0.5
    assert result["per_class_top1"] == {"cello": 1.0, "flute": 0.0}
    assert result["without_clips"] == [name for name in INSTRUMENT_NAMES if name not in ("cello", "flute")]
    # 0.9 and 0.6 against 0 (the voice is not one of the ten) and 0.7; the clip that is not fully annotated stays out.
    assert result["rejection"]["auroc"] == 0.75
    assert result["rejection"]["instruments_named"] == 1.0
    assert result["rejection"]["others_rejected"] == 0.5
    assert result["detection"]["per_label"]["voice"]["f1"] == 1.0
    assert result["detection"]["per_label"]["electric_guitar"]["precision"] == 0.0
    assert result["calibration"]["ece"] == pytest.approx(0.5 * 0.1 + 0.5 * 0.6)


def test_bootstrap_draws_collections_where_there_are_many() -> None:
    clusters, unit = clusters_of([clip("cello", f"source {n % 8}", str(n)) for n in range(16)])
    assert (unit, len(set(clusters))) == ("collections", 8)
    clusters, unit = clusters_of([clip("cello", f"source {n % 2}", str(n % 4)) for n in range(16)])
    assert (unit, len(set(clusters))) == ("recordings", 4)


def test_figures_without_a_value_are_null_in_json() -> None:
    assert json.loads(to_json({"a": [float("nan"), 1.0], "b": float("inf")})) == {"a": [None, 1.0], "b": None}


# --- conditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", conditions.COLOURS)
@pytest.mark.parametrize("snr", [20.0, 0.0])
def test_noise_has_the_level_asked_for(colour: conditions.Colour, snr: float) -> None:
    signal = tone(1.0, RATE, level=0.1)
    noise = conditions.with_noise(signal, snr, colour, RATE, (0, 1)) - signal
    assert 10 * np.log10(conditions.power(signal) / conditions.power(noise)) == pytest.approx(snr, abs=0.01)


def test_noise_keeps_its_level_where_it_would_clip() -> None:
    signal = tone(1.0, RATE, level=1.0)
    noisy = conditions.with_noise(signal, 0.0, "white", RATE, (0,))
    assert np.abs(noisy).max() == pytest.approx(1.0)
    scale = float(noisy @ signal / (signal @ signal))  # white noise hardly correlates with a tone
    rest = noisy - np.float32(scale) * signal
    assert 10 * np.log10(conditions.power(scale * signal) / conditions.power(rest)) == pytest.approx(0.0, abs=0.3)


def test_colours_of_noise() -> None:
    def difference(colour: conditions.Colour) -> float:
        """Power in 2 to 4 kHz over power in 200 to 400 Hz, dB."""
        spectrum = np.abs(np.fft.rfft(conditions.coloured_noise(RATE, colour, np.random.default_rng(0), RATE))) ** 2
        return float(10 * np.log10(spectrum[2000:4000].sum() / spectrum[200:400].sum()))

    assert difference("white") == pytest.approx(10.0, abs=0.7)  # ten times the width
    assert difference("pink") == pytest.approx(0.0, abs=0.7)  # as much in every octave


def test_noise_is_the_same_for_every_model() -> None:
    signal = tone(0.1, RATE)
    first, again, other = (conditions.with_noise(signal, 10, "pink", RATE, (0, n)) for n in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_loudest_part() -> None:
    waveform = np.array([0, 1, 0, -3, 2, 0, 1], np.float32)
    assert conditions.loudest_part(waveform, 2).tolist() == [-3, 2]
    assert conditions.loudest_part(waveform, 7).tolist() == waveform.tolist()
    assert conditions.loudest_part(waveform, 9).tolist() == waveform.tolist()


def test_mixtures_are_of_different_classes() -> None:
    classes = np.array([0] * 50 + [1, 2, 2])
    drawn = conditions.draw_mixtures(classes, 2, 300, seed=0)
    assert drawn == conditions.draw_mixtures(classes, 2, 300, seed=0)
    assert all(classes[a] != classes[b] for a, b in (mixture.clips for mixture in drawn))
    # Classes are equally likely, however many clips they have.
    assert np.mean([50 in mixture.clips for mixture in drawn]) == pytest.approx(2 / 3, abs=0.08)
    assert all(m.gains_db[0] == 0.0 and -6.0 <= m.gains_db[1] <= 0.0 for m in drawn)
    assert conditions.draw_mixtures(classes, 4, 10, seed=0) == []


def test_parts_of_a_mixture_have_the_levels_asked_for() -> None:
    low, high = tone(1.0, RATE, 400.0, level=0.9), tone(0.5, RATE, 4000.0, level=0.01)
    spectrum = np.abs(np.fft.rfft(conditions.mix([low, high], [0.0, -6.0], RATE)))
    assert len(spectrum) == RATE // 4 + 1  # as long as the shorter one
    assert 20 * np.log10(spectrum[200] / spectrum[2000]) == pytest.approx(6.0, abs=0.05)


# --- from recordings to answers --------------------------------------------------------------------------------------


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


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.mark.usefixtures("little_work")
def test_whoever_knows_the_tones_is_right_everywhere(library: Path, tmp_path: Path) -> None:
    """Labels of clips and of mixtures reach the figures unharmed: a wrong one would cost the oracle a point."""
    clips = [clip for clip in manifest.read(library) if clip.split == "dev"]
    audio = AudioCache.build(tmp_path, clips)
    result = evaluate.measure(Oracle(), clips, audio, trained={"studio"})
    unseen, seen = (result["groups"][name] for name in (evaluate.UNSEEN, evaluate.SEEN))
    assert unseen["clips"] == {"one_instrument": 20, "none_of_the_ten": 4, "all": 25}
    assert seen["clips"] == {"one_instrument": 3, "none_of_the_ten": 0, "all": 3}
    assert unseen["top1"] == {"per_class_mean": 1.0, "micro": 1.0, "interval": (1.0, 1.0)}
    assert unseen["rejection"]["auroc"] == unseen["map"] == unseen["lrap"] == 1.0
    assert evaluate.AUDIBLE not in result["groups"]  # nothing is silent
    assert result["sources"] == {
        name: {"clips": n, "top1": 1.0} for name, n in (("club", 10), ("hall", 10), ("studio", 3))
    }
    measured = result["conditions"]
    assert measured["noise"]["clean"] == measured["noise"]["white"]["20 dB"] == {"top1": 1.0, "top3": 1.0}
    assert measured["length"]["0.5 s"] == {"top1": 1.0, "top3": 1.0, "clips_that_long": 20}
    assert measured["length"]["1 s"]["clips_that_long"] == 0
    for sounding, clips_of in (("1", 20), ("2", 4), ("3", 4), ("recorded", 1)):
        assert measured["instruments"][sounding]["lrap"] == measured["instruments"][sounding]["recall_at_k"] == 1.0
        assert measured["instruments"][sounding]["clips"] == clips_of


def test_mixture_targets_are_unions(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [clip for clip in manifest.read(library) if clip.source == "hall"]
    answers = Answers(clips, np.zeros((len(clips), len(LABEL_NAMES))))
    seen: list[tuple[set[str], int]] = []

    def ranking(_: Robustness, __: object, targets: np.ndarray) -> dict[str, float]:
        seen.extend(({LABEL_NAMES[i] for i in np.flatnonzero(row)}, len(targets)) for row in targets)
        return {}

    monkeypatch.setattr(conditions, "MIXTURES", 30)
    monkeypatch.setattr(Robustness, "_ranking", ranking)
    Robustness(Oracle(), answers, AudioCache.build(tmp_path, clips)).instruments()
    singles = answers.where(answers.single)
    drawn = conditions.draw_mixtures(singles.targets.argmax(axis=1), 3, 30, seed=0)
    expected = [{label for i in mixture.clips for label in singles.clips[i].labels} for mixture in drawn]
    assert [labels for labels, _ in seen[40:70]] == expected
    assert {len(labels) for labels in expected} == {3}


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("little_work")
@pytest.mark.slow
def test_command_writes_figures_plots_and_report(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = make_library(tmp_path / "library")
    (library / "audio/hall/voice.wav").write_text("this is not sound")
    write(library / "audio/hall/flute.wav", np.zeros(RATE, np.float32), RATE)
    out, cache = tmp_path / "out", str(tmp_path / "cache")
    assert evaluate.main([str(model_folder), "--library", str(library), "--cache", cache, "--out", str(out)]) == 0
    result = json.loads((out / "metrics.json").read_text())[str(model_folder)]
    unseen = result["groups"][evaluate.UNSEEN]
    assert 0 <= unseen["top1"]["per_class_mean"] <= unseen["top3"]["per_class_mean"] <= 1
    assert unseen["clips"]["none_of_the_ten"] == 3
    assert unseen["clips"]["one_instrument"] == 20
    assert np.sum(unseen["confusion"]) == 19  # there is no answer to silence
    assert list(result["unreadable"]) == [str(library / "audio/hall/voice.wav")]
    assert result["silent"] == [str(library / "audio/hall/flute.wav")]
    plots = {"confusion.png", "per_class_accuracy.png", "reliability.png", "conditions.png"}
    assert {path.name for path in out.iterdir()} == plots | {"metrics.json", "report.md"}
    assert all((out / plot).read_bytes().startswith(b"\x89PNG") for plot in plots)
    report = (out / "report.md").read_text()
    for text in (
        "# Evaluation",
        "Number of instruments",
        "voice.wav",
        "hall/flute.wav",
        f"{unseen['top1']['per_class_mean']:.3f}",
    ):
        assert text in report
    printed = capsys.readouterr().out
    assert "1 of 28 clips are left out" in printed
    assert "No clip of acoustic_guitar, electric_guitar" in printed
    assert "in seen sources: the means are over the others" in printed

    both, other = tmp_path / "both", f"{model_folder}+{model_folder}"
    arguments = [str(model_folder), other, "--library", str(library), "--cache", cache, "--quick", "--out", str(both)]
    assert evaluate.main([*arguments, "--unseen-only"]) == 0
    results = json.loads((both / "metrics.json").read_text())
    assert set(results) == {str(model_folder), other}
    assert set(results[other]["groups"]) == {evaluate.UNSEEN, evaluate.AUDIBLE}
    assert results[other]["groups"][evaluate.AUDIBLE]["clips"]["one_instrument"] == 19
    assert "conditions" not in results[other]
    assert len([path for path in both.iterdir() if (path / "report.md").is_file()]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (["--library", "nowhere"], r"manifest\.csv cannot be read"),
        ([], "No data is named"),
        (["--out", __file__], r"test_evaluation\.py cannot be made"),
        (["--split", "test"], "no played music in the split test"),
        (["model"], r"model is neither|model holds no config\.json"),
    ],
)
def test_what_a_user_can_put_right_is_one_sentence(
    change: list[str],
    sentence: str,
    library: Path,
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = [] if "model" in change else [str(model_folder)]
    data = [] if not change or "--library" in change else ["--library", str(library)]
    assert evaluate.main([*model, *data, *change, "--cache", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert re.search(sentence, error)


@pytest.mark.usefixtures("little_work")
def test_a_test_set_of_several_labels_each(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, cache = tmp_path / "irmas", str(tmp_path / "cache")
    make_irmas_training(root, recordings=1, seconds=0.2)
    make_irmas_test(root, {"a": ("cel", "flu"), "b": ("voi", "pia", "org")})
    arguments = [str(model_folder), "--irmas", str(root), "--cache", cache, "--split", "test"]
    assert evaluate.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    assert "has several labels: read mAP, LRAP" in capsys.readouterr().out
    (group,) = json.loads((tmp_path / "out/metrics.json").read_text())[str(model_folder)]["groups"].values()
    assert group["clips"] == {"one_instrument": 0, "none_of_the_ten": 0, "all": 2 * len(irmas.TESTING)}
    assert group["top1"]["micro"] is None
    assert 0 < group["lrap"] <= 1
    assert group["detection"]["per_label"]["cello"]["support"] == len(irmas.TESTING)
    assert (tmp_path / "out/report.md").is_file()


@pytest.mark.slow
def test_seen_is_what_the_model_was_trained_on(library: Path, model_folder: Path, tmp_path: Path) -> None:
    """Provenance knows it; where there is none, the training clips on the command line are the best guess."""
    clips = manifest.read(library)
    assert evaluate.seen_collections([str(model_folder)], clips) == {"studio"}
    trained = shutil.copytree(model_folder, tmp_path / "trained")
    Provenance("mit", "", (Collection("hall", "CC0", 3, 1.0),)).write(trained / PROVENANCE_FILE)
    assert evaluate.seen_collections([str(trained)], clips) == {"hall"}
    assert evaluate.seen_collections([f"{trained}+{model_folder}"], clips) == {"hall", "studio"}
    audio = AudioCache.build(tmp_path / "cache", clips)
    result = evaluate.measure(Oracle(), clips, audio, evaluate.seen_collections([str(trained)], clips), quick=True)
    assert result["groups"][evaluate.SEEN]["clips"]["all"] == sum(clip.source == "hall" for clip in clips)


def test_data_without_the_ten_instruments_is_refused(library: Path, tmp_path: Path) -> None:
    clips = [clip for clip in manifest.read(library) if not clip.labels]
    with pytest.raises(TrainingError, match="None of the clips is of one of the ten instruments"):
        evaluate.measure(Oracle(), clips, AudioCache.build(tmp_path, clips), set(), quick=True)
