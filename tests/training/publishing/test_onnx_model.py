"""The published ONNX file answers as the library does, in Python and in JavaScript."""

import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from instrument_model.classifier import BUNDLED_WEIGHTS, InstrumentClassifier
from instrument_model.weights import load_model
from tests.support.app_server import ROOT
from training.publishing.fourier import FourierMatrices
from training.publishing.onnx_model import PROBABILITIES, WAVEFORM, onnx_model

TOLERANCE = 1e-4
RATE = 32_000


@pytest.fixture(scope="module")
def content() -> bytes:
    return onnx_model(load_model(BUNDLED_WEIGHTS), 64 * "0")


@pytest.fixture(scope="module")
def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def windows(count: int, samples: int) -> NDArray[np.float32]:
    """Chords of different loudness in noise."""
    generator = np.random.default_rng(samples)
    time = np.arange(samples) / RATE
    tones = [np.sin(2 * np.pi * frequency * time) for frequency in generator.uniform(60, 4000, 3 * count)]
    chords = np.reshape(tones, (count, 3, samples)).sum(axis=1) * generator.uniform(0.001, 0.3, (count, 1))
    noisy: NDArray[np.float32] = (chords + generator.normal(0, 0.002, chords.shape)).astype(np.float32)
    return noisy


def expected(classifier: InstrumentClassifier, heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the library says of recordings that are one window each."""
    answers = [classifier.predict((waveform, RATE)).probabilities for waveform in heard]
    return np.array([[answer[label] for label in classifier.config.labels.names] for answer in answers])


@pytest.mark.parametrize("samples", [8_000, 8_001, 32_123, 96_000])
@pytest.mark.parametrize("count", [1, 7])
def test_same_probabilities(
    session: onnxruntime.InferenceSession, bundled: InstrumentClassifier, count: int, samples: int
) -> None:
    heard = windows(count, samples)
    (found,) = session.run([PROBABILITIES], {WAVEFORM: heard})
    np.testing.assert_allclose(found, expected(bundled, heard), atol=TOLERANCE)


def test_full_scale_and_silence(session: onnxruntime.InferenceSession, bundled: InstrumentClassifier) -> None:
    square = np.where(np.arange(RATE) % 64 < 32, 1.0, -1.0)
    heard = np.stack([square, np.zeros(RATE)]).astype(np.float32)
    (loud, silent) = session.run([PROBABILITIES], {WAVEFORM: heard})[0]
    np.testing.assert_allclose(loud, expected(bundled, heard[:1])[0], atol=TOLERANCE)
    assert np.isfinite(silent).all()


def test_the_file_stands_alone_and_says_what_it_is(content: bytes, bundled: InstrumentClassifier) -> None:
    model = onnx.load_model_from_string(content)
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    assert {opset.domain for opset in model.opset_import} == {""}
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert tuple(json.loads(about["labels"])) == bundled.config.labels.names
    assert about["sample_rate"] == str(RATE)
    assert about["weights_sha256"] == 64 * "0"
    assert content == onnx_model(load_model(BUNDLED_WEIGHTS), 64 * "0"), "the same weights give the same file"


def test_same_probabilities_in_javascript(content: bytes, bundled: InstrumentClassifier, tmp_path: Path) -> None:
    heard = windows(2, 96_000)
    (tmp_path / "model.onnx").write_bytes(content)
    (tmp_path / "waveforms").write_bytes(heard.astype("<f4").tobytes())
    command = ["node", str(ROOT / "tests" / "support" / "onnx_answers.mjs"), "model.onnx", "96000", "waveforms"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["shape"] == [2, len(bundled.config.labels)]
    found = np.reshape(answer["values"], answer["shape"])
    np.testing.assert_allclose(found, expected(bundled, heard), atol=TOLERANCE)


@pytest.mark.parametrize("n_fft", [1024, 1000, 600, 997, 128])
def test_fourier_matrices(n_fft: int) -> None:
    """Of powers of two, of other sizes and of a prime number."""
    matrices, generator = FourierMatrices.of_size(n_fft), np.random.default_rng(0)
    frames, bank = generator.normal(size=(3, n_fft)), generator.random((5, n_fft // 2 + 1)).astype(np.float32)
    real, imaginary = np.split(matrices.over_rows @ frames.reshape(3, matrices.rows, matrices.columns), 2, axis=1)
    turned = (real + 1j * imaginary) * (matrices.cos - 1j * matrices.sin)
    real, imaginary = np.split(np.concatenate([turned.real, turned.imag], axis=2) @ matrices.over_columns, 2, axis=2)
    found = (real**2 + imaginary**2).reshape(3, -1) @ matrices.in_order(bank).T
    np.testing.assert_allclose(found, np.abs(np.fft.rfft(frames)) ** 2 @ bank.T, rtol=1e-6)
