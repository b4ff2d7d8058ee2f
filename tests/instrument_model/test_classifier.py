"""From a recording to a prediction."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import instrument_model
from instrument_model import InstrumentClassifier, ModelError, ModelIdentity
from instrument_model.audio import read_audio
from instrument_model.config import CalibrationConfig
from instrument_model.hub import download as hub
from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from instrument_model.network.model import InstrumentNetwork
from instrument_model.weights import WEIGHTS_FILE, file_sha256
from tests.support.app_server import ROOT
from tests.support.sounds import noise, tone, write

RATE = 32_000


def calibrated(network: InstrumentNetwork, threshold: float = 0.5, **bias: float) -> InstrumentClassifier:
    """The same weights with other calibration: a bias of ±30 makes a probability of 1 or 0."""
    calibration = CalibrationConfig(
        1.0, dict.fromkeys(LABEL_NAMES, -30.0) | bias, dict.fromkeys(LABEL_NAMES, threshold)
    )
    return InstrumentClassifier(replace(network.to_model(), config=replace(network.config, calibration=calibration)))


def test_probabilities_are_the_mean_over_windows(classifier: InstrumentClassifier, network: InstrumentNetwork) -> None:
    waveform = noise(7.0)
    prediction = classifier.predict((waveform, RATE))
    windows = np.stack([waveform[start : start + 3 * RATE] for start in (0, 48_000, 96_000, 128_000)])
    with torch.inference_mode():
        expected = network.probabilities(torch.from_numpy(windows)).numpy()
    np.testing.assert_allclose(list(prediction.probabilities.values()), expected.mean(axis=0), atol=1e-6)
    for segment, row in zip(prediction.segments, expected, strict=True):
        np.testing.assert_allclose(list(segment.probabilities.values()), row, atol=1e-6)
    assert [(part.start, part.end) for part in prediction.segments] == [(0, 2.25), (2.25, 3.75), (3.75, 5), (5, 7)]


def test_silent_windows_are_no_evidence(classifier: InstrumentClassifier) -> None:
    sound, silence = noise(3.0), np.zeros(9 * RATE, np.float32)
    expected = classifier.predict((sound, RATE))
    prediction = classifier.predict((np.concatenate([sound, np.zeros(48_000, np.float32), silence]), RATE))
    assert not prediction.silent
    audible = [part for part in prediction.segments if any(part.probabilities.values())]
    assert len(audible) == 2  # one window of sound, one that is half silent
    mean = np.mean([list(part.probabilities.values()) for part in audible], axis=0)
    np.testing.assert_allclose(list(prediction.probabilities.values()), mean, atol=1e-6)
    np.testing.assert_allclose(
        list(audible[0].probabilities.values()), list(expected.probabilities.values()), atol=1e-6
    )
    assert [part.label for part in prediction.segments[2:]] == [None] * (len(prediction.segments) - 2)


def test_what_a_prediction_says(classifier: InstrumentClassifier, model_folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "noise.float.wav", noise(4.0), RATE)
    prediction = classifier.predict(path)
    assert prediction.file == str(path)
    assert prediction.duration == 4.0
    assert tuple(prediction.probabilities) == LABEL_NAMES
    ten = {name: prediction.probabilities[name] for name in INSTRUMENT_NAMES}
    assert [guess.label for guess in prediction.top] == sorted(ten, key=lambda name: -ten[name])[:3]
    assert [guess.probability for guess in prediction.top] == sorted(ten.values(), reverse=True)[:3]
    assert sum(guess.relative for guess in prediction.top) == pytest.approx(1.0)
    assert prediction.confidence == prediction.top[0].probability
    assert prediction.peak_dbfs == pytest.approx(20 * np.log10(0.3), abs=0.01)
    assert prediction.model == ModelIdentity(str(model_folder), None, file_sha256(model_folder / WEIGHTS_FILE))


def test_json(classifier: InstrumentClassifier) -> None:
    prediction = classifier.predict((noise(4.0), RATE))
    text = prediction.to_json()
    assert "\n" not in text
    values = json.loads(text)
    assert list(values) == [
        "file", "duration", "instrument", "confidence", "top",
        "probabilities", "detected", "resembles", "segments", "remarks", "model",
    ]  # fmt: skip
    assert values == prediction.to_dict()
    assert [list(guess) for guess in values["top"]] == 3 * [["label", "probability", "relative"]]
    assert list(values["probabilities"]) == list(LABEL_NAMES)
    assert [list(segment) for segment in values["segments"]] == 2 * [
        ["start", "end", "label", "probability", "detected"]
    ]
    assert list(values["model"]) == ["source", "revision", "sha256"]
    assert values["file"] is None


def test_an_instrument_that_reaches_its_threshold(network: InstrumentNetwork) -> None:
    prediction = calibrated(network, violin=30.0).predict((noise(4.0), RATE))
    assert prediction.instrument == "violin"
    assert prediction.confidence == pytest.approx(1.0)
    assert {part.label for part in prediction.segments} == {"violin"}


def test_an_instrument_that_does_not(network: InstrumentNetwork) -> None:
    prediction = calibrated(network, threshold=0.9, violin=0.0).predict((noise(4.0), RATE))
    assert prediction.top[0].label == "violin"
    assert 0.1 < prediction.confidence < 0.9
    assert prediction.instrument is None
    assert {part.label for part in prediction.segments} == {None}
    assert prediction.segments[0].probability == prediction.segments[0].probabilities["violin"]


def test_the_voice_is_no_instrument(network: InstrumentNetwork) -> None:
    prediction = calibrated(network, voice=30.0).predict((noise(4.0), RATE))
    assert prediction.instrument is None
    assert "voice" not in {guess.label for guess in prediction.top}
    assert prediction.probabilities["voice"] == pytest.approx(1.0)
    assert {part.label for part in prediction.segments} == {"voice"}


def test_a_threshold_of_zero_does_not_name_silence(network: InstrumentNetwork) -> None:
    prediction = calibrated(network, threshold=0.0).predict((np.zeros(5 * RATE), RATE))
    assert prediction.silent
    assert prediction.instrument is None
    assert {part.label for part in prediction.segments} == {None}
    assert prediction.peak_dbfs == -120


def test_arrays_and_files_get_the_same_answer(classifier: InstrumentClassifier, tmp_path: Path) -> None:
    samples = np.stack([tone(4.0, 44_100), 0.2 * tone(4.0, 44_100, 990.0)], axis=1)
    path = write(tmp_path / "two.wav", samples, 44_100)
    from_file = classifier.predict(path)
    from_integers = classifier.predict(((samples * 32_767).round().astype(np.int16), 44_100))
    assert from_integers.probabilities == pytest.approx(from_file.probabilities, abs=1e-4)
    assert from_integers.duration == from_file.duration


def test_what_is_left_out_is_said(classifier: InstrumentClassifier, tmp_path: Path) -> None:
    path = write(tmp_path / "long.flac", noise(8.0), RATE)
    short, whole = classifier.predict(path, max_seconds=5.0), classifier.predict(path, max_seconds=8.0)
    assert (short.duration, short.truncated) == (5.0, True)
    assert (whole.duration, whole.truncated) == (8.0, False)
    waveform = read_audio(path, RATE)[: 5 * RATE]
    assert short.probabilities == pytest.approx(classifier.predict((waveform, RATE)).probabilities, abs=1e-5)


def test_several_threads(classifier: InstrumentClassifier) -> None:
    waveforms = [noise(4.0, seed) for seed in range(8)]
    expected = [classifier.predict((waveform, RATE)).probabilities for waveform in waveforms]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda waveform: classifier.predict((waveform, RATE)).probabilities, waveforms * 3))
    for one, other in zip(found, expected * 3, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_a_model_in_memory(network: InstrumentNetwork) -> None:
    classifier = InstrumentClassifier(network.to_model())
    assert classifier.identity == ModelIdentity("memory")
    assert classifier.predict((noise(3.0), RATE)).to_dict() == classifier.predict((noise(3.0), RATE)).to_dict()


def test_save_and_load(classifier: InstrumentClassifier, tmp_path: Path) -> None:
    classifier.save_pretrained(tmp_path / "saved")
    loaded = InstrumentClassifier.from_pretrained(tmp_path / "saved")
    waveform = noise(4.0)
    assert loaded.predict((waveform, RATE)).probabilities == classifier.predict((waveform, RATE)).probabilities


def test_the_bundled_model() -> None:
    classifier = InstrumentClassifier.from_pretrained()
    assert classifier.identity.source == "bundled"
    assert classifier.identity.revision is None
    prediction = classifier.predict((tone(3.0, RATE), RATE))
    assert all(0.0 < probability < 1.0 for probability in prediction.probabilities.values())


def test_a_model_from_the_hub(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str | None]] = []

    def download(repo: str, revision: str | None = None) -> hub.Snapshot:
        asked.append((repo, revision))
        return hub.Snapshot(model_folder, "c" * 40)

    monkeypatch.setattr(hub, "download", download)
    classifier = InstrumentClassifier.from_pretrained("owner/name", "v1.0")
    assert asked == [("owner/name", "v1.0")]
    assert classifier.identity == ModelIdentity("owner/name", "c" * 40, file_sha256(model_folder / WEIGHTS_FILE))


@pytest.mark.parametrize("source", ["no-such-folder", "./no/such", "/no/such", "a/b/c", "", Path("owner/name")])
def test_neither_folder_nor_repository(source: str | Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError):
        InstrumentClassifier.from_pretrained(source)


def test_a_folder_has_no_revisions(model_folder: Path) -> None:
    with pytest.raises(ModelError, match="has no revisions"):
        InstrumentClassifier.from_pretrained(model_folder, "v1.0")


def test_public_names() -> None:
    for name in instrument_model.__all__:
        assert getattr(instrument_model, name).__name__ == name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = instrument_model.no_such_name


MEMORY = """
import resource, sys
from instrument_model import InstrumentClassifier
classifier = InstrumentClassifier.from_pretrained(sys.argv[1])
for path in sys.argv[2:]:
    classifier.predict(path)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording(model_folder: Path, tmp_path: Path) -> None:
    short = write(tmp_path / "short.flac", noise(24.0), RATE)  # a whole batch
    long = write(tmp_path / "long.flac", np.tile(noise(30.0), 20), RATE)
    command = [sys.executable, "-c", MEMORY, str(model_folder), str(short), str(short), str(long)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    _, before, after = map(int, output.stdout.split())
    assert after - before < 20_000  # kB; the ten minutes are 77 MB of samples
