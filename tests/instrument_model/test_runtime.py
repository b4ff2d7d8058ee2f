"""What makes predictions quick changes no answer."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model import InstrumentClassifier
from instrument_model import classifier as classifier_module
from instrument_model.audio import array_blocks, read_audio
from instrument_model.compiling import compiled_frontend
from instrument_model.config import FrontendConfig, WindowConfig
from instrument_model.folding import folded
from instrument_model.network.frontend import LogMel
from instrument_model.network.mobilenet import MobileNetV3
from instrument_model.network.model import InstrumentNetwork
from instrument_model.sharing import window_log_mels
from instrument_model.windows import Window, WindowStream, joined
from tests.support.sounds import Samples

RATE = 32_000
STEP = FrontendConfig().hop_length
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def bundled() -> InstrumentClassifier:
    return InstrumentClassifier.from_pretrained()


def noise(seconds: float, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).uniform(-0.3, 0.3, round(seconds * RATE)).astype(np.float32)


def music() -> Samples:
    """Every example, one after the other: two minutes."""
    return np.concatenate([read_audio(path, RATE) for path in sorted(EXAMPLES.glob("*.mp3"))])


def windows_of(waveform: Samples, step: int = STEP) -> list[Window]:
    return list(WindowStream(array_blocks(waveform, RATE, RATE), WindowConfig(), RATE, step=step))


@pytest.mark.parametrize("config", [FrontendConfig(), FrontendConfig(16_000, 512, 401, 161, 64, 50.0, 7_000.0)])
def test_the_front_end_is_the_short_time_fourier_transform(config: FrontendConfig) -> None:
    front, waveform = LogMel(config), torch.from_numpy(np.stack([noise(1.0, 1), noise(1.0, 2)]))
    spectrum = torch.stft(
        waveform[:, 1:] - config.preemphasis * waveform[:, :-1],
        config.n_fft,
        config.hop_length,
        config.win_length,
        torch.hann_window(config.win_length, periodic=False),
        return_complex=True,
    )
    mel = front.mel_bank @ spectrum.abs().square()[:, : front.mel_bank.shape[1]]
    expected = ((mel + config.log_offset).log() - config.mean) / config.scale
    torch.testing.assert_close(front(waveform)[:, 0], expected, rtol=1e-4, atol=1e-4)


def test_folded_weights_give_the_same_logits(bundled: InstrumentClassifier) -> None:
    windows = torch.from_numpy(np.stack([window.samples for window in windows_of(music())[:16]]))
    quick = folded(bundled.network)
    with torch.inference_mode():
        torch.testing.assert_close(quick(windows), bundled.network(windows), rtol=1e-4, atol=1e-4)
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in quick.modules())


def test_folding_leaves_the_model_as_it_is(network: InstrumentNetwork) -> None:
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    folded(network)
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(tensor.equal(after[name]) and tensor.stride() == after[name].stride() for name, tensor in before.items())
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_windows_that_share_a_spectrogram_are_heard_as_alone(bundled: InstrumentClassifier) -> None:
    waveform = music()
    prediction = bundled.predict((waveform, RATE))
    alone = np.concatenate([bundled.window_probabilities(window.samples[None]) for window in windows_of(waveform)])
    together = np.array([list(part.probabilities.values()) for part in prediction.segments])
    np.testing.assert_allclose(together, alone, atol=1e-4)


@pytest.mark.parametrize("seconds", [0.3, 1.7, 2.99, 3.0])
def test_a_short_recording_is_heard_as_in_training(bundled: InstrumentClassifier, seconds: float) -> None:
    waveform = music()[: round(seconds * RATE)]
    with torch.inference_mode():
        expected = bundled.network.probabilities(torch.from_numpy(waveform[None]))[0]
    answer = list(bundled.predict((waveform, RATE)).probabilities.values())
    np.testing.assert_allclose(answer, expected, atol=1e-4)


@pytest.mark.parametrize("samples", [96_001, 96_319, 96_320, 96_321, 144_000, 320_000, 333_333])
def test_windows_begin_where_frames_do(samples: int) -> None:
    waveform = noise(samples / RATE)
    windows, front = windows_of(waveform), LogMel(FrontendConfig())
    assert all(window.first % STEP == 0 for window in windows)
    assert windows[-1].end == samples / RATE
    np.testing.assert_array_equal(joined(windows), waveform)
    alone = torch.cat([front(torch.from_numpy(window.samples[None])) for window in windows])
    assert alone.shape == (len(windows), 1, 128, 300)
    torch.testing.assert_close(window_log_mels(front, front.config, windows), alone, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("seconds", "hop_seconds"), [(0.5, 0.1), (0.55, 0.5), (1.0, 1.0), (2.345, 0.777)])
@pytest.mark.parametrize("n_fft", [1024, 8192])
def test_windows_of_other_models(seconds: float, hop_seconds: float, n_fft: int) -> None:
    front, config = LogMel(FrontendConfig(n_fft=n_fft)), WindowConfig(seconds, hop_seconds)
    windows = list(WindowStream([noise(4.0)], config, RATE, step=STEP))
    alone = torch.cat([front(torch.from_numpy(window.samples[None])) for window in windows])
    torch.testing.assert_close(window_log_mels(front, front.config, windows), alone, rtol=0, atol=1e-4)


def test_the_network_hears_batches_that_fit_the_caches(
    network: InstrumentNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    frames: list[int] = []
    network_forward, front_forward = MobileNetV3.forward, LogMel.forward

    def count_windows(self: MobileNetV3, log_mel: torch.Tensor) -> torch.Tensor:
        sizes.append(len(log_mel))
        return network_forward(self, log_mel)

    def count_frames(self: LogMel, waveform: torch.Tensor) -> torch.Tensor:
        log_mel = front_forward(self, waveform)
        frames.append(log_mel.shape[-1])
        return log_mel

    monkeypatch.setattr(MobileNetV3, "forward", count_windows)
    monkeypatch.setattr(LogMel, "forward", count_frames)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    seen: list[float] = []
    with ThreadPoolExecutor(1) as one_listener:
        monkeypatch.setattr(classifier_module, "_listeners", lambda: one_listener)
        InstrumentClassifier(network).predict((noise(60.0), RATE), progress=seen.append)
    assert sizes == [3, 8, 8, 8, 8, 4]
    assert max(frames) == 2550  # 16 windows of 300 frames, 150 apart
    assert sum(frames) < 6500
    assert seen == [6.0, 30.0, 54.0, 60.0]


def test_answers_are_those_of_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = InstrumentClassifier.from_pretrained()
    recording, answers = (noise(75.0), RATE), []
    for threads in (1, 2, 3):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        answers.append(classifier.predict(recording).segments)
    for segments in answers[1:]:
        for mine, theirs in zip(segments, answers[0], strict=True):
            assert (mine.start, mine.end) == (theirs.start, theirs.end)
            assert mine.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_predicts_too() -> None:
    script = """
import os, sys
from instrument_model import InstrumentClassifier
classifier = InstrumentClassifier.from_pretrained()
expected = classifier.predict("examples/cello.mp3").top
if not (child := os.fork()):
    os._exit(classifier.predict("examples/cello.mp3").top != expected)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    subprocess.run([sys.executable, "-c", script], cwd=EXAMPLES.parent, check=True, timeout=120)


def test_who_gives_up_leaves_no_work_behind(network: InstrumentNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    class GoneError(Exception):
        pass

    read: list[float] = []

    def blocks(*_: object) -> Iterator[Samples]:
        for second in range(600):
            read.append(second)
            yield noise(1.0)

    def leave(_: float) -> None:
        raise GoneError

    monkeypatch.setattr("instrument_model.classifier.read_blocks", blocks)
    with pytest.raises(GoneError):
        InstrumentClassifier(network).predict("any.wav", progress=leave)
    assert len(read) < 200  # the first answer came while the beginning was read


def test_a_fault_while_reading_on_is_raised(classifier: InstrumentClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> Iterator[Samples]:
        yield noise(30.0)
        raise MemoryError

    monkeypatch.setattr("instrument_model.classifier.read_blocks", faulty)
    with pytest.raises(MemoryError):
        classifier.predict("any.wav")


@pytest.mark.parametrize(("windows", "frames"), [(1, 26), (3, 200), (2, 300), (11, 300)])
def test_compiled_answers_differ_by_rounding_only(windows: int, frames: int) -> None:
    classifier = InstrumentClassifier.from_pretrained()
    log_mels = torch.randn(windows, 1, 128, frames)
    before = classifier._probabilities(log_mels)
    classifier.compile()
    np.testing.assert_allclose(classifier._probabilities(log_mels), before, atol=1e-5)


def test_a_compiled_front_end_computes_the_same_for_any_shape() -> None:
    front = LogMel(FrontendConfig())
    compiled = compiled_frontend(front)
    for batch, samples in ((1, 2_000), (3, 32_000), (1, 200_001), (3, 32_000), (1, 2_000)):  # it adapts to what it sees
        waveform = torch.rand(batch, samples) - 0.5
        torch.testing.assert_close(compiled(waveform), front(waveform), rtol=0, atol=1e-5)
