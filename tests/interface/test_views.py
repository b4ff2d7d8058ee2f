"""The page's parts, without a browser."""

import base64
import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from instrument_model import InstrumentClassifier
from instrument_model.errors import AudioError, InstrumentModelError
from instrument_model.labels import LABEL_NAMES
from instrument_model.prediction import Prediction, Segment
from interface import model_card, strings, timeline, views
from interface.analysis import Listening, Picture, listen
from interface.audience import IDLE_SECONDS, REST_SECONDS, Audience, Listener, Piece, decode_piece
from interface.examples import EXAMPLE_NAMES, example_of, example_path
from interface.feedback_store import FeedbackStore
from interface.server.limits import Limits
from interface.tabs import files
from tests.support.app_server import EXAMPLES, ROOT
from tests.support.listenings import a_listening
from tests.support.sounds import tone, write


@pytest.mark.parametrize(
    ("probabilities", "state", "headline"),
    [
        ({"cello": 0.97}, "found", "Cello"),
        ({"cello": 0.3}, "none", strings.NONE_HEADLINE),
        ({"voice": 0.9, "organ": 0.2}, "voice", strings.VOICE_HEADLINE),
    ],
)
def test_each_answer_has_its_state(probabilities: dict[str, float], state: str, headline: str) -> None:
    card = views.result_card(a_listening(probabilities), 15)
    assert f'data-state="{state}"' in card
    assert headline in card
    assert card.count("<li class=") == 3
    assert (" faint" in card) == (state != "found")
    assert "the bundled model" in card


def test_silence_has_no_bars() -> None:
    card = views.result_card(a_listening({}, silent=True), 15)
    assert 'data-state="silent"' in card
    assert "bar-fill" not in card


def test_also_heard_names_the_others_over_their_thresholds() -> None:
    card = views.result_card(a_listening({"piano": 0.9, "cello": 0.7, "voice": 0.6, "flute": 0.4}), 15)
    also = card[card.index('class="also"') : card.index('class="bars-title"')]
    assert "Cello" in also
    assert "Singing voice" in also
    assert "Flute" not in also
    assert "Piano" not in also


def test_also_heard_names_who_plays_at_times() -> None:
    listening = a_listening({"piano": 0.9})
    quiet, loud = (dict.fromkeys(LABEL_NAMES, value) for value in (0.0, 0.0))
    loud["flute"] = 0.8
    parts = [
        Segment(i, i + 1, "flute", 0.8, loud, ("flute",)) if i in (3, 7) else Segment(i, i + 1, None, 0.0, quiet)
        for i in range(10)
    ]
    long = replace(listening, prediction=replace(listening.prediction, duration=10.0, segments=tuple(parts)))
    assert long.partly_heard() == ["flute"]
    assert "Flute <small>at times" in views.result_card(long, 15)
    once = replace(long.prediction, segments=tuple(parts[:4]))
    assert replace(long, prediction=once).partly_heard() == []


@pytest.mark.parametrize(("probability", "word"), [(0.95, "almost certain"), (0.7, "likely"), (0.4, "a guess")])
def test_probabilities_have_words(probability: float, word: str) -> None:
    assert strings.trust(probability) == word


def test_percent_never_says_certain() -> None:
    assert [views.percent(share) for share in (0, 0.004, 0.5, 0.994, 1)] == [
        "< 1 %",
        "< 1 %",
        "50 %",
        "> 99 %",
        "> 99 %",
    ]


def test_names_are_never_markup() -> None:
    name = "<img src=x onerror=alert(1)>\"'.wav"
    details = views.result_details(a_listening({"cello": 0.9}, name=name), name, "http://x/<script>")
    assert "<img" not in details
    assert "<script" not in details
    assert "<b>" not in views.error_card("<b>")
    assert views.result_details(a_listening({}, silent=True), name, "http://x") == ""


def test_neighbours_with_the_same_label_are_one_stretch() -> None:
    nothing = dict.fromkeys(LABEL_NAMES, 0.0)
    segments = [
        Segment(0, 1, "cello", 0.6, nothing),
        Segment(1, 3, "cello", 0.9, nothing),
        Segment(3, 4, None, 0.2, nothing),
        Segment(4, 5, "cello", 0.5, nothing),
    ]
    merged = timeline.stretches(segments)
    assert [(part.start, part.end, part.label) for part in merged] == [(0, 3, "cello"), (3, 4, None), (4, 5, "cello")]
    assert merged[0].probability == pytest.approx((0.6 + 2 * 0.9) / 3)


@given(st.floats(0.05, 7200))
def test_the_time_axis_has_a_few_round_moments(duration: float) -> None:
    ticks = timeline.time_ticks(duration)
    assert ticks[0] == 0
    assert ticks[-1] <= duration
    assert len(ticks) <= max(timeline.TICKS + 1, duration / 600 + 1)


@given(st.floats(0, 7200))
def test_the_clock_never_shows_sixty_seconds(seconds: float) -> None:
    for decimals in (0, 1):
        minutes, rest = timeline.clock(seconds, decimals).split(":")
        assert float(rest) < 60
        assert 60 * int(minutes) + float(rest) == pytest.approx(seconds, abs=0.51)


def test_the_picture_is_a_png_whose_opacity_is_the_level() -> None:
    levels = np.zeros((4, 8), np.float32)
    levels[0] = 1  # the lowest band, which belongs at the bottom
    uri = timeline.mask_png(Picture(levels))
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA")
    alpha = np.array(image)[..., 3]
    assert alpha.shape == (4, 8)
    assert (alpha[-1] == 255).all()
    assert (alpha[:-1] == 0).all()


@pytest.fixture(scope="module")
def trained() -> InstrumentClassifier:
    return InstrumentClassifier.from_pretrained()


def test_listening_agrees_with_the_classifier(trained: InstrumentClassifier) -> None:
    path = EXAMPLES / "violin.mp3"
    shares: list[float] = []
    listening = listen(trained, path, 900.0, shares.append)
    expected = trained.predict(path, 900.0)
    assert listening.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert listening.prediction.duration == pytest.approx(expected.duration)
    assert shares == sorted(shares)
    assert not any((listening.short, listening.quiet, listening.clipped, listening.noisy))
    assert listening.picture.levels.min() >= 0
    assert listening.picture.levels.max() == 1


def test_only_the_beginning_is_analysed_and_said_so(trained: InstrumentClassifier, tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", tone(90.0, 8000), 8000)
    listening = listen(trained, path, 60.0)
    assert listening.prediction.truncated
    assert listening.prediction.duration == pytest.approx(60.0)
    assert "first 1 minutes" in views.result_card(listening, 1)


def test_poor_recordings_are_remarked_on(trained: InstrumentClassifier, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clean = tone(3.0, 32_000)
    noise = rng.normal(0, 0.3, len(clean)).astype(np.float32)

    def heard(name: str, samples: np.ndarray) -> Listening:
        return listen(trained, write(tmp_path / f"{name}.wav", samples.astype(np.float32), 32_000), 900.0)

    assert heard("short", clean[:16_000]).short
    assert heard("quiet", clean * 0.01).quiet
    assert heard("clipped", np.clip(clean * 8, -1, 1)).clipped
    assert heard("noisy", np.clip(clean * 0.3 + noise, -1, 1)).noisy
    good = heard("good", clean)
    assert not any((good.short, good.quiet, good.clipped, good.noisy))
    assert len(views.remarks(replace(good, short=True, quiet=True, clipped=True, noisy=True), 15)) == 4


def test_what_was_done_to_the_sound_is_on_the_card(trained: InstrumentClassifier, tmp_path: Path) -> None:
    path = write(tmp_path / "loud.float.wav", 10 * tone(3.0, 32_000), 32_000)
    assert "were scaled down by their peak" in views.result_card(listen(trained, path, 900.0), 15)


def test_several_files_are_answered_one_by_one(trained: InstrumentClassifier, tmp_path: Path) -> None:
    broken = tmp_path / "=broken.mp3"
    broken.write_text("no sound")
    paths = [str(EXAMPLES / "piano.mp3"), str(broken), str(EXAMPLES / "flute.mp3")]
    pages = list(files.recognise_files(trained, paths, Limits(max_files=2)))
    assert len(pages) == 3
    assert "1 of 2" in pages[1]
    assert strings.FILES_TOO_MANY.format(count=2, total=3) in pages[-1]
    uri = pages[-1].split('href="data:text/csv;base64,')[1].split('"')[0]
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(uri).decode())))
    assert [row["file"] for row in rows] == ["piano.mp3", "'=broken.mp3"]
    assert rows[0]["error"] == ""
    assert "No sound" in rows[1]["error"]


def piece(samples: np.ndarray, rate: int = 48_000, session: int = 1, number: int = 1) -> dict[str, object]:
    """What the page's script sends."""
    sound = base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()
    return {"sound": sound, "rate": rate, "session": session, "number": number}


def test_a_live_listener_remembers_two_seconds(trained: InstrumentClassifier) -> None:
    listener = Listener()
    for _ in range(40):
        listener.hear(decode_piece(piece(tone(0.4, 48_000))))
    assert len(listener.window) == 96_000
    assert set(listener.answer(trained)["probabilities"]) == set(LABEL_NAMES)
    listener.hear(decode_piece(piece(tone(0.4, 44_100), 44_100, 2)))
    assert len(listener.window) == 17_640


def test_a_rest_makes_a_live_listener_forget() -> None:
    listener = Listener()
    listener.hear(decode_piece(piece(tone(2.0, 48_000))))
    for seconds, kept in ((REST_SECONDS / 2, 2.0), (REST_SECONDS / 2, REST_SECONDS)):
        listener.hear(decode_piece(piece(np.zeros(round(seconds * 48_000)))))
        assert len(listener.window) == round(kept * 48_000)


def test_live_answers_are_smooth_and_know_silence(trained: InstrumentClassifier) -> None:
    from instrument_model.audio import read_audio

    violin = read_audio(EXAMPLES / "violin.mp3", 48_000)
    listener = Listener()
    values = []
    for start in range(0, 4 * 48_000, 19_200):
        listener.hear(Piece(violin[start : start + 19_200], 48_000, 7, 0))
        values.append(listener.answer(trained)["probabilities"]["violin"])
    assert values[-1] > 0.4
    for _ in range(8):
        listener.hear(Piece(np.zeros(19_200, np.float32), 48_000, 7, 0))
        silent = listener.answer(trained)
    assert silent["headline"] == strings.LIVE_SILENT
    assert max(silent["probabilities"].values()) < 0.05


def test_places_to_listen_live_are_limited_and_become_free(classifier: InstrumentClassifier) -> None:
    now = 0.0
    audience = Audience(places=2, workers=1, clock=lambda: now)
    sound = piece(tone(0.4, 48_000), session=5, number=9)
    for name in ("first", "second", "first"):
        answer = audience.answer(name, sound, classifier)
        assert (answer["session"], answer["number"]) == (5, 9)
        assert "headline" in answer
    assert audience.answer("third", sound, classifier) == {"session": 5, "number": 9, "refusal": strings.LIVE_FULL}
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


def test_limits_come_from_the_environment() -> None:
    assert Limits.from_environment({}) == Limits()
    assert Limits.from_environment({"MAX_MINUTES": "5", "UPLOAD_MB": " 20 "}) == Limits(max_minutes=5, upload_mb=20)
    for bad in ("0", "-1", "many", "1e3", "99999999"):
        with pytest.raises(InstrumentModelError, match="QUEUE_SIZE"):
            Limits.from_environment({"QUEUE_SIZE": bad})


def test_feedback_is_off_unless_configured(tmp_path: Path) -> None:
    assert FeedbackStore.from_environment(1, {}) is None
    store = FeedbackStore.from_environment(1, {"FEEDBACK_FOLDER": str(tmp_path / "kept")})
    assert store is not None
    store.keep(EXAMPLES / "cello.mp3", a_listening({"cello": 0.9}).prediction, "violin")
    (record_path,) = (tmp_path / "kept").glob("*.json")
    record = json.loads(record_path.read_text(encoding="utf-8"))
    assert record["label"] == "violin"
    assert record["answered"] == "cello"
    assert (tmp_path / "kept" / record["file_name"]).read_bytes() == (EXAMPLES / "cello.mp3").read_bytes()
    assert "cello.mp3" not in record_path.read_text(encoding="utf-8")
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert not store.full()
    assert FeedbackStore(store.folder, None, 1000).full()


def test_an_example_is_known_by_its_content(tmp_path: Path) -> None:
    own = write(tmp_path / "cello.mp3", tone(), 44_100)
    assert example_of(str(own)) is None
    copied = tmp_path / "violin.mp3"
    copied.write_bytes(example_path("violin").read_bytes())
    assert example_of(str(copied)) == "violin"
    assert all(example_path(name).is_file() for name in EXAMPLE_NAMES)


def test_the_pages_own_code_is_small() -> None:
    own = [*(ROOT / "interface" / "assets").glob("*.[cj]s*"), *(ROOT / "interface" / "templates").iterdir()]
    assert sum(path.stat().st_size for path in own) < 60_000


def test_the_accuracy_of_an_answer_is_read_from_the_card_of_the_same_weights() -> None:
    card = (
        "- **SHA-256 of the weights:** `abc`\n\n"
        "| instrument | recordings | recognised | precision | recall | F1 | threshold |\n"
        "|---|---|---|---|---|---|---|\n| Acoustic guitar | 31 | 90.0 % | 0.934 | 0.900 | 0.917 | 0.41 |\n"
    )
    assert model_card.measured_precision(card, "acoustic_guitar", "abc") == 93
    assert model_card.measured_precision(card, "acoustic_guitar", "other") is None
    assert model_card.measured_precision(card, "piano", "abc") is None
    assert model_card.accuracy_link(None, None) == strings.ACCURACY_LINK
