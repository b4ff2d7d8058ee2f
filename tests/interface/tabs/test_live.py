"""Listening live, without a browser."""

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest

from instrument_model import InstrumentClassifier
from instrument_model.errors import AudioError
from instrument_model.labels import LABEL_NAMES
from instrument_model.prediction import Prediction
from interface.audience import IDLE_SECONDS, REST_SECONDS, Audience, Listener, Piece, decode_piece
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES
from tests.support.sounds import tone


def piece(samples: np.ndarray, rate: int = 48_000, session: int = 1, number: int = 1) -> dict[str, object]:
    """What the page's script sends."""
    sound = base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()
    return {"sound": sound, "rate": rate, "session": session, "number": number}


def test_a_live_listener_remembers_two_seconds(bundled: InstrumentClassifier) -> None:
    listener = Listener()
    for _ in range(40):
        listener.hear(decode_piece(piece(tone(0.4, 48_000))))
    assert len(listener.window) == 96_000
    assert set(listener.answer(bundled, ENGLISH)["probabilities"]) == set(LABEL_NAMES)
    listener.hear(decode_piece(piece(tone(0.4, 44_100), 44_100, 2)))
    assert len(listener.window) == 17_640


def test_a_rest_makes_a_live_listener_forget() -> None:
    listener = Listener()
    listener.hear(decode_piece(piece(tone(2.0, 48_000))))
    for seconds, kept in ((REST_SECONDS / 2, 2.0), (REST_SECONDS / 2, REST_SECONDS)):
        listener.hear(decode_piece(piece(np.zeros(round(seconds * 48_000)))))
        assert len(listener.window) == round(kept * 48_000)


def test_live_answers_are_smooth_and_know_silence(bundled: InstrumentClassifier) -> None:
    from instrument_model.audio import read_audio

    violin = read_audio(EXAMPLES / "violin.mp3", 48_000)
    listener = Listener()
    values = []
    for start in range(0, 4 * 48_000, 19_200):
        listener.hear(Piece(violin[start : start + 19_200], 48_000, 7, 0))
        values.append(listener.answer(bundled, ENGLISH)["probabilities"]["violin"])
    assert values[-1] > 0.4
    for _ in range(8):
        listener.hear(Piece(np.zeros(19_200, np.float32), 48_000, 7, 0))
        silent = listener.answer(bundled, ENGLISH)
    assert silent["headline"] == ENGLISH.live.silent
    assert max(silent["probabilities"].values()) < 0.05


def test_places_to_listen_live_are_limited_and_become_free(classifier: InstrumentClassifier) -> None:
    now = 0.0
    audience = Audience(places=2, workers=1, clock=lambda: now)
    sound = piece(tone(0.4, 48_000), session=5, number=9)
    for name in ("first", "second", "first"):
        answer = audience.answer(name, sound, classifier)
        assert (answer["session"], answer["number"]) == (5, 9)
        assert "headline" in answer
    assert audience.answer("third", sound, classifier) == {"session": 5, "number": 9, "refusal": ENGLISH.live.full}
    now = IDLE_SECONDS + 1
    assert "headline" in audience.answer("second", sound, classifier)
    assert "headline" in audience.answer("third", sound, classifier)
    assert "refusal" in audience.answer("first", sound, classifier)


def test_a_live_listener_waits_for_one_answer_at_a_time(classifier: InstrumentClassifier) -> None:
    audience = Audience(places=1, workers=1)
    sound = piece(tone(0.4, 48_000))
    started, finish = Event(), Event()
    predict = classifier.predict

    def slow(*arguments: Any) -> Prediction:  # noqa: ANN401
        started.set()
        assert finish.wait(30)
        return predict(*arguments)

    with ThreadPoolExecutor() as threads, pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "predict", slow)
        first = threads.submit(audience.answer, "one", sound, classifier)
        assert started.wait(30)
        assert audience.answer("one", sound, classifier) == {"session": 1, "number": 1}
        finish.set()
        assert "headline" in first.result(30)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"sound": "", "rate": 48_000, "session": 1},
        {"sound": "?", "rate": 48_000, "session": 1, "number": 1},
        {"sound": "AA==", "rate": 48_000, "session": 1, "number": 1},
        {"sound": "", "rate": 1, "session": 1, "number": 1},
        {"sound": "", "rate": 48_000, "session": float("inf"), "number": 1},
        {"sound": base64.b64encode(bytes(2 * 8000 * 5)).decode(), "rate": 8000, "session": 1, "number": 1},
    ],
)
def test_what_is_no_piece_of_sound_is_refused(data: object) -> None:
    with pytest.raises(AudioError):
        decode_piece(data)
