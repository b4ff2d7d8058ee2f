"""Many recordings, probabilities over time, and embeddings."""

from pathlib import Path

import numpy as np
import pytest

from instrument_model import AudioError, InstrumentClassifier, Prediction
from tests.support.sounds import tone

RATE = 32_000


def test_many_files_are_answered_in_their_order(bundled: InstrumentClassifier, recordings: dict[str, Path]) -> None:
    files = [recordings["wav"], recordings["wav"].with_name("missing.wav"), recordings["mp3"], recordings["flac"]]
    given: list[Path] = []
    answers = bundled.predict_many((given.append(file) or file for file in files), batch_size=1)  # type: ignore[func-returns-value]
    first = next(answers)
    assert given == files[:2]  # taken as they are needed
    second, *rest = answers
    assert isinstance(second, AudioError)
    predictions = [answer for answer in (first, *rest) if isinstance(answer, Prediction)]
    assert [answer.file for answer in predictions] == [str(file) for file in files if "missing" not in file.name]
    assert predictions[0].probabilities == pytest.approx(bundled.predict(files[0]).probabilities, abs=1e-6)


def test_probabilities_over_time(bundled: InstrumentClassifier) -> None:
    sound = (tone(70.0, RATE), RATE)
    times, probabilities = bundled.probabilities(sound)
    segments = bundled.predict(sound).segments
    assert probabilities.shape == (len(times), len(bundled.config.labels))
    assert len(times) == len(segments) > 16  # in more than one stretch
    assert (np.diff(times) > 0).all()
    for moment, row in zip(times, probabilities, strict=True):
        (here,) = [part for part in segments if part.start <= moment < part.end]
        assert row == pytest.approx([here.probabilities[name] for name in bundled.config.labels.names], abs=1e-5)


def test_embeddings_tell_sounds_apart(bundled: InstrumentClassifier) -> None:
    windows, mean = bundled.embed((tone(6.0, RATE), RATE))
    assert windows.shape == (len(windows), len(mean))
    assert np.isfinite(windows).all()
    assert mean == pytest.approx(windows.mean(axis=0))
    _, same = bundled.embed((tone(6.0, RATE), RATE))
    _, other = bundled.embed((np.random.default_rng(0).normal(0, 0.1, 6 * RATE).astype(np.float32), RATE))
    assert np.linalg.norm(mean - same) < 0.01 * np.linalg.norm(mean - other)


def test_silence_has_no_features(bundled: InstrumentClassifier) -> None:
    with pytest.raises(AudioError, match="silent from beginning to end"):
        bundled.embed((np.zeros(RATE, np.float32), RATE))
