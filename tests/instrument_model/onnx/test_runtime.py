"""Predictions with ONNX Runtime are those of the network in PyTorch, wherever and however often they are asked for."""

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from instrument_model import InstrumentClassifier, ModelError
from instrument_model import classifier as classifier_module
from instrument_model.audio import array_blocks, read_audio
from instrument_model.config import FrontendConfig, WindowConfig
from instrument_model.network.model import InstrumentNetwork
from instrument_model.onnx.runtime import BATCH_SIZE
from instrument_model.weights import Model
from instrument_model.windows import Window, WindowStream
from tests.support.app_server import ROOT
from tests.support.sounds import Samples, noise

RATE = 32_000
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def in_pytorch(bundled: InstrumentClassifier) -> InstrumentNetwork:
    return InstrumentNetwork.from_model(bundled.model)


def music() -> Samples:
    """Every example, one after the other: two minutes."""
    return np.concatenate([read_audio(path, RATE) for path in sorted(EXAMPLES.glob("*.mp3"))])


def windows_of(waveform: Samples, rate: int = RATE) -> list[Window]:
    blocks = array_blocks(waveform, rate, RATE)
    return list(WindowStream(blocks, WindowConfig(), RATE, step=FrontendConfig().hop_length))


def expected_rows(network: InstrumentNetwork, windows: Sequence[Window]) -> Samples:
    """What training computes of each window, alone; silence is no evidence of anything."""
    with torch.inference_mode():
        rows = [network.probabilities(torch.from_numpy(window.samples[None]))[0].numpy() for window in windows]
    return np.stack([0 * row if window.silent else row for window, row in zip(windows, rows, strict=True)])


def assert_same(classifier: InstrumentClassifier, network: InstrumentNetwork, waveform: Samples, rate: int) -> None:
    expected = expected_rows(network, windows_of(waveform, rate))
    segments = classifier.predict((waveform, rate)).segments
    found = np.array([list(segment.probabilities.values()) for segment in segments])
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("seconds", [0.06, 0.3, 1.7, 2.99, 3.0, 3.01, 4.5, 7.3, 30.0])
def test_any_length(bundled: InstrumentClassifier, in_pytorch: InstrumentNetwork, seconds: float) -> None:
    assert_same(bundled, in_pytorch, music()[: round(seconds * RATE)], RATE)


@pytest.mark.slow
def test_two_minutes_of_music(bundled: InstrumentClassifier, in_pytorch: InstrumentNetwork) -> None:
    assert_same(bundled, in_pytorch, music(), RATE)


@pytest.mark.parametrize("rate", [4_000, 11_025, 44_100, 192_000])
def test_any_sample_rate(bundled: InstrumentClassifier, in_pytorch: InstrumentNetwork, rate: int) -> None:
    assert_same(bundled, in_pytorch, noise(5.0, rate=rate), rate)


def test_silence_between_sounds(bundled: InstrumentClassifier, in_pytorch: InstrumentNetwork) -> None:
    pause = np.zeros(8 * RATE, np.float32)
    assert_same(bundled, in_pytorch, np.concatenate([pause, music()[: 5 * RATE], pause, noise(4.0), pause]), RATE)
    assert_same(bundled, in_pytorch, pause, RATE)


@pytest.mark.parametrize("seconds", [0.3, 7.3, 40.0])
@pytest.mark.slow
def test_pytorch_gives_the_same_answers(bundled: InstrumentClassifier, seconds: float) -> None:
    waveform = np.concatenate([music()[: round(seconds * RATE)], np.zeros(round(seconds * RATE), np.float32)])
    other = InstrumentClassifier.from_pretrained(device="cpu-torch")
    mine, theirs = (classifier.predict((waveform, RATE)) for classifier in (bundled, other))
    for one, two in zip(mine.segments, theirs.segments, strict=True):
        assert one.probabilities == pytest.approx(two.probabilities, abs=1e-4)
    again = pickle.loads(pickle.dumps(other))  # noqa: S301 - our own
    assert again.predict((waveform, RATE)).to_dict() == theirs.to_dict()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_gives_the_same_answers(bundled: InstrumentClassifier) -> None:
    other = InstrumentClassifier.from_pretrained(device="cuda")
    mine, theirs = (classifier.predict((music(), RATE)) for classifier in (bundled, other))
    for one, two in zip(mine.segments, theirs.segments, strict=True):
        assert one.probabilities == pytest.approx(two.probabilities, abs=1e-4)


def test_the_network_hears_batches_that_fit_the_caches(
    network: InstrumentNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = InstrumentClassifier(network.to_model(), threads=1)
    session = classifier._runtime._session  # type: ignore[attr-defined]
    sizes: list[int] = []
    seen: list[object] = []

    class Counting:
        def run(self, names: list[str], feeds: dict[str, Samples]) -> object:
            sizes.extend(len(log_mels) for log_mels in feeds.values())
            return session.run(names, feeds)

    monkeypatch.setattr(classifier._runtime, "_session", Counting())
    with ThreadPoolExecutor(1) as one_listener:
        monkeypatch.setattr(classifier_module, "_listeners", lambda: one_listener)
        classifier.predict((noise(60.0), RATE), progress=seen.append)
    assert sizes == [3, 8, 8, 8, 8, 4]
    assert max(sizes) == BATCH_SIZE
    assert seen == [6.0, 30.0, 54.0, 60.0]


@pytest.mark.slow
def test_answers_do_not_depend_on_the_number_of_threads(bundled: InstrumentClassifier) -> None:
    recording = (noise(75.0), RATE)
    expected = bundled.predict(recording).segments
    for threads in (1, 2, 3):
        segments = InstrumentClassifier.from_pretrained(threads=threads).predict(recording).segments
        for mine, theirs in zip(segments, expected, strict=True):
            assert (mine.start, mine.end) == (theirs.start, theirs.end)
            assert mine.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)


def test_weights_that_make_answers_overflow(bundled: InstrumentClassifier) -> None:
    tensors = {
        name: 1e6 * tensor if name.endswith(".weight") else tensor for name, tensor in bundled.model.tensors.items()
    }
    with pytest.raises(ModelError, match="not finite"):
        InstrumentClassifier(Model(bundled.config, tensors)).predict((noise(1.0), RATE))


def test_who_gives_up_leaves_no_work_behind(classifier: InstrumentClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    class GoneError(Exception):
        pass

    read: list[float] = []

    def blocks(*_: object) -> Iterator[Samples]:
        for second in range(600):
            read.append(second)
            yield noise(1.0)

    def leave(_: float) -> None:
        raise GoneError

    monkeypatch.setattr("instrument_model.audio._file_blocks", blocks)
    with pytest.raises(GoneError):
        classifier.predict("any.wav", progress=leave)
    assert len(read) < 200  # the first answer came while the beginning was read


def test_a_fault_while_reading_on_is_raised(classifier: InstrumentClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> Iterator[Samples]:
        yield noise(30.0)
        raise MemoryError

    monkeypatch.setattr("instrument_model.audio._file_blocks", faulty)
    with pytest.raises(MemoryError):
        classifier.predict("any.wav")
