"""A part of a recording, its sound, and how sure an answer must be."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from instrument_model import AudioError, InstrumentClassifier, ModelError
from instrument_model.config import SENSITIVITIES, ModelConfig
from instrument_model.excerpts import best_excerpt, cut, file_name
from instrument_model.parts import Part
from tests.support.app_server import EXAMPLES
from tests.support.sounds import tone, write

RATE = 32_000


@given(st.floats(0, 5), st.floats(0.06, 5), st.integers(1, 40_000))
def test_a_part_is_the_same_however_the_blocks_fall(start: float, length: float, size: int) -> None:
    samples = np.arange(10 * 1000, dtype=np.float32)
    blocks = [samples[first : first + size] for first in range(0, len(samples), size)]
    found = np.concatenate(list(Part(start, start + length).of(blocks, 1000)))
    np.testing.assert_array_equal(found, samples[round(start * 1000) : round((start + length) * 1000)])


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, None), (math.nan, None), (math.inf, None), (0, math.nan), (3, 2), (2, 2), (2, 2.01), (1, -1), (1e30, None)],
)
def test_parts_that_enclose_nothing(start: float, end: float | None) -> None:
    with pytest.raises(AudioError, match=r"^The [^\n]+\.$"):
        Part(start, end)


def test_a_part_beyond_the_end(bundled: InstrumentClassifier) -> None:
    with pytest.raises(AudioError, match=r"the recording lasts 2\.0 s"):
        bundled.predict((tone(2.0, RATE), RATE), start=5.0)


def test_a_part_is_answered_as_if_it_were_alone(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    sound = np.concatenate([tone(4.0, RATE), np.zeros(2 * RATE, np.float32), tone(4.0, RATE, 440 * 1.5)])
    path = write(tmp_path / "two.wav", sound, RATE)
    part = bundled.predict(path, start=6.0, end=9.5)
    alone = bundled.predict((sound[6 * RATE : round(9.5 * RATE)], RATE))
    assert part.probabilities == pytest.approx(alone.probabilities, abs=1e-3)
    assert part.duration == pytest.approx(3.5)
    assert [part.segments[0].start, part.segments[-1].end] == pytest.approx([6.0, 9.5])
    assert not part.truncated


@pytest.mark.parametrize("name", ["violin", "ensemble"])
def test_sensitivity_only_moves_thresholds(bundled: InstrumentClassifier, name: str) -> None:
    path = EXAMPLES / f"{name}.mp3"
    strict, calibrated, sensitive = (bundled.predict(path, sensitivity=choice) for choice in SENSITIVITIES)
    assert set(strict.detected) <= set(calibrated.detected) <= set(sensitive.detected)
    assert strict.probabilities == calibrated.probabilities == sensitive.probabilities


def test_thresholds_move_by_a_logit() -> None:
    before, after = ModelConfig(), ModelConfig().at_sensitivity("strict")
    assert before.at_sensitivity("calibrated") is before
    assert after.calibration.thresholds["cello"] == pytest.approx(1 / (1 + math.exp(-1)))


def test_an_unknown_sensitivity(bundled: InstrumentClassifier) -> None:
    with pytest.raises(ModelError, match="choose strict, calibrated, sensitive"):
        bundled.predict((tone(1.0, RATE), RATE), sensitivity="keen")


def test_a_cut_keeps_rate_and_channels(tmp_path: Path) -> None:
    left = tone(3.0, 44_100)
    source = write(tmp_path / "stereo.flac", np.stack([left, 0.5 * left], axis=1), 44_100)
    cut(source, 1.0, 2.5, tmp_path / "part.wav")
    samples, rate = soundfile.read(tmp_path / "part.wav", dtype="float32")
    assert (rate, samples.shape) == (44_100, (round(1.5 * 44_100), 2))
    np.testing.assert_allclose(samples[:, 0], left[44_100 : round(2.5 * 44_100)], atol=1e-3)


def test_a_cut_beyond_the_end_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "short.wav", tone(1.0, RATE), RATE)
    with pytest.raises(AudioError, match=r"lasts 1\.0 s"):
        cut(source, 5.0, 6.0, tmp_path / "part.wav")
    assert not (tmp_path / "part.wav").exists()


def test_the_best_excerpt_is_where_the_instrument_plays(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    parts = []
    for name in ("trumpet", "cello", "trumpet"):
        samples, rate = soundfile.read(EXAMPLES / f"{name}.mp3", dtype="float32", always_2d=True)
        parts.append(samples[: 5 * rate, 0])
    path = write(tmp_path / "medley.wav", np.concatenate(parts), rate)
    prediction = bundled.predict(path)
    best = best_excerpt(prediction, "cello", 4.0)
    assert best is not None
    assert 4.0 <= best.start < best.end <= 11.0
    assert best.end - best.start <= 4.0
    assert best_excerpt(prediction, "organ") is None or "organ" in {n for s in prediction.segments for n in s.detected}


def test_names_tell_instrument_and_time() -> None:
    assert file_name("my song.mp3", "cello", 72.44) == "my song_1m12.4s_cello.wav"
    assert file_name("x.wav", None, 0.0) == "x_0m00.0s.wav"
