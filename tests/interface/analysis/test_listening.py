"""What the page hears in a recording is what the library hears, and it says what is wrong with the recording."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from instrument_model import InstrumentClassifier
from interface.analysis.listening import Listening, listen
from interface.strings import ENGLISH
from interface.views import card
from tests.support.app_server import EXAMPLES
from tests.support.sounds import tone, write


def test_listening_agrees_with_the_classifier(bundled: InstrumentClassifier) -> None:
    path = EXAMPLES / "violin.mp3"
    shares: list[float] = []
    listening = listen(bundled, path, 900.0, shares.append)
    expected = bundled.predict(path, 900.0)
    assert listening.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert listening.prediction.duration == pytest.approx(expected.duration)
    assert shares == sorted(shares)
    assert not any((listening.short, listening.quiet, listening.clipped, listening.noisy))
    assert listening.picture.levels.min() >= 0
    assert listening.picture.levels.max() == 1


def test_only_the_beginning_is_analysed_and_said_so(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", tone(90.0, 8000), 8000)
    listening = listen(bundled, path, 60.0)
    assert listening.prediction.truncated
    assert listening.prediction.duration == pytest.approx(60.0)
    assert "first 1 minutes" in card.result_card(ENGLISH, listening, 1)


def test_poor_recordings_are_remarked_on(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clean = tone(3.0, 32_000)
    noise = rng.normal(0, 0.3, len(clean)).astype(np.float32)

    def heard(name: str, samples: np.ndarray) -> Listening:
        return listen(bundled, write(tmp_path / f"{name}.wav", samples.astype(np.float32), 32_000), 900.0)

    assert heard("short", clean[:16_000]).short
    assert heard("quiet", clean * 0.01).quiet
    assert heard("clipped", np.clip(clean * 8, -1, 1)).clipped
    assert heard("noisy", np.clip(clean * 0.3 + noise, -1, 1)).noisy
    good = heard("good", clean)
    assert not any((good.short, good.quiet, good.clipped, good.noisy))
    assert len(card.remarks(ENGLISH, replace(good, short=True, quiet=True, clipped=True, noisy=True), 15)) == 4


def test_what_was_done_to_the_sound_is_on_the_card(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    path = write(tmp_path / "loud.float.wav", 10 * tone(3.0, 32_000), 32_000)
    assert "were scaled down by their peak" in card.result_card(ENGLISH, listen(bundled, path, 900.0), 15)
