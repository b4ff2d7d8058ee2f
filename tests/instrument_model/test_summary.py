"""From what was heard in windows to what was heard in the recording."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instrument_model import InstrumentClassifier, ModelIdentity, Prediction
from instrument_model.config import CalibrationConfig, ModelConfig
from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from instrument_model.summary import FAINT_DB, Heard, Source, summarise

RATE = 32_000
CONFIG = ModelConfig(calibration=CalibrationConfig(thresholds=dict.fromkeys(LABEL_NAMES, 0.5) | {"flute": 0.3}))


def window(number: int, level: float = -20.0, *, silent: bool = False, **probabilities: float) -> Heard:
    row = np.array([0.0 if silent else probabilities.get(label, 0.01) for label in LABEL_NAMES])
    return Heard(1.5 * number, 1.5 * number + 3.0, level + 12, level, silent, row)


def summary(windows: Sequence[Heard]) -> Prediction:
    source = Source("a.wav", windows[-1].end, False, ModelIdentity("memory"))
    return summarise(windows, CONFIG, source)


def test_hiss_around_the_music_is_no_evidence() -> None:
    music = [window(number, cello=0.9) for number in (3, 4, 5)]
    hiss = [window(number, -20.0 - FAINT_DB - 1) for number in (0, 1, 2, 6, 7, 8)]
    found = summary([*hiss[:3], *music, *hiss[3:]])
    assert found.instrument == "cello"
    assert found.confidence == pytest.approx(0.9)
    assert [part.label for part in found.segments] == [None] * 3 + ["cello"] * 3 + [None] * 3


def test_what_is_heard_most_of_the_time_is_detected() -> None:
    found = summary([window(0, cello=0.51), window(1, cello=0.51), window(2)])
    assert found.confidence < 0.5
    assert found.instrument == "cello"
    assert found.detected == ("cello",)


def test_the_most_probable_instrument_that_reaches_its_threshold_is_named() -> None:
    found = summary([window(0, violin=0.45, flute=0.4)])
    assert found.top[0].label == "violin"
    assert found.instrument == "flute" == found.segments[0].label
    assert found.confidence == pytest.approx(0.4)


probabilities = st.fixed_dictionaries(dict.fromkeys(LABEL_NAMES, st.floats(0, 1)))
windows = st.lists(st.tuples(st.floats(-90, 0), st.booleans(), probabilities), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(windows)
def test_recording_and_timeline_never_contradict_each_other(given: list[tuple[float, bool, dict[str, float]]]) -> None:
    found = summary([window(n, level, silent=silent, **row) for n, (level, silent, row) in enumerate(given)])
    audible = [part for part, (_, silent, _) in zip(found.segments, given, strict=True) if not silent]
    assert found.silent == (not audible)
    assert found.instrument == next((label for label in found.detected if label in INSTRUMENT_NAMES), None)
    for label in LABEL_NAMES:
        counted = [part for part in found.segments if not part.faint]
        times = sum(label in part.detected for part in counted)
        assert label not in found.detected or times > 0
        assert label in found.detected or 2 * times <= len(counted)
    for part in found.segments:
        assert part.label == (part.detected[0] if part.detected else None)


def test_a_very_quiet_recording_is_not_silent(classifier: InstrumentClassifier) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, 3 * RATE).astype(np.float32)
    found = classifier.predict((10 ** (-62 / 20) * noise, RATE))
    assert found.peak_dbfs == pytest.approx(-62, abs=0.1)
    assert not found.silent
    assert found.confidence > 0
