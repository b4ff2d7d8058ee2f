"""The page's parts, without a browser."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import LABELS, Label, LabelSet
from instrument_model.prediction import ModelIdentity
from interface import model_card
from interface.examples import EXAMPLE_NAMES, example_of, example_path
from interface.feedback_store import FeedbackStore
from interface.server.limits import Limits
from interface.strings import ENGLISH
from interface.tabs.recording import examples_shown
from interface.views.card import error_card, result_card
from interface.views.details import result_details
from tests.support.app_server import EXAMPLES, ROOT
from tests.support.listenings import a_listening
from tests.support.sounds import tone, write


@pytest.mark.parametrize(
    ("probabilities", "state", "headline"),
    [
        ({"cello": 0.97}, "found", "Cello"),
        ({"cello": 0.3}, "none", ENGLISH.card.none_headline),
        ({"voice": 0.9, "organ": 0.2}, "voice", ENGLISH.card.voice_headline),
    ],
)
def test_each_answer_has_its_state(probabilities: dict[str, float], state: str, headline: str) -> None:
    card = result_card(ENGLISH, a_listening(probabilities), 15)
    assert f'data-state="{state}"' in card
    assert headline in card
    assert "the bundled model" in card


def test_only_a_model_from_the_hub_has_a_link() -> None:
    bundled = a_listening({"piano": 0.9})
    assert "<a " not in result_card(ENGLISH, bundled, 15)
    model = ModelIdentity("somebody/instruments", "0123456789abcdef" * 2 + "01234567", "a" * 64)
    card = result_card(ENGLISH, replace(bundled, prediction=replace(bundled.prediction, model=model)), 15)
    assert f'href="https://huggingface.co/somebody/instruments/tree/{model.revision}"' in card


def test_what_was_measured_is_beside_the_sensitivity(tmp_path: Path) -> None:
    listening = a_listening({"piano": 0.9})
    sha256 = listening.prediction.model.sha256
    scores = {"calibrated": {"precision": 0.914, "recall": 0.806, "f1": 0.85}}
    (tmp_path / "evaluation").mkdir()
    for measured_of, shown in ((sha256, True), ("b" * 64, False)):
        evaluated = {"weights": {"sha256": measured_of, "groups": {"unseen sources": {"sensitivities": scores}}}}
        (tmp_path / "evaluation" / "metrics.json").write_text(json.dumps(evaluated), encoding="utf-8")
        model_card._sensitivities.cache_clear()
        sentence = "91 % of what it named was right, and it named 81 % of what played"
        details = result_details(ENGLISH, listening, "a.wav", "http://localhost", folder=tmp_path)
        assert (sentence in details) == shown
    model_card._sensitivities.cache_clear()


def test_silence_has_no_bars() -> None:
    card = result_card(ENGLISH, a_listening({}, silent=True), 15)
    assert 'data-state="silent"' in card
    assert "bars" not in card


def test_percent_never_says_certain() -> None:
    assert [ENGLISH.writing.percent(share) for share in (0, 0.004, 0.5, 0.994, 1)] == [
        "< 1 %",
        "< 1 %",
        "50 %",
        "> 99 %",
        "> 99 %",
    ]


def test_names_are_never_markup() -> None:
    name = "<img src=x onerror=alert(1)>\"'.wav"
    details = result_details(ENGLISH, a_listening({"cello": 0.9}, name=name), name, "http://x/<script>")
    assert "<img" not in details
    assert "<script" not in details
    assert "<b>" not in error_card(ENGLISH, "<b>")
    assert result_details(ENGLISH, a_listening({}, silent=True), name, "http://x") == ""


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


@pytest.mark.parametrize(
    ("known", "shown"), [(("cello", "flute"), {"cello", "flute", "ensemble"}), (("viola",), set())]
)
def test_the_examples_are_those_of_the_model_that_answers(known: tuple[str, ...], shown: set[str]) -> None:
    row, *chips = examples_shown(LabelSet(tuple(Label(name, name, "strings") for name in known)))
    assert {name for name, chip in zip(EXAMPLE_NAMES, chips, strict=True) if chip["visible"]} == shown
    assert row["visible"] == bool(shown)


def test_the_pages_own_code_is_small() -> None:
    """What the page sends besides Gradio, its font and its languages; comments and indentation are free."""
    own = [*(ROOT / "interface" / "assets").glob("*.[cj]s*"), *(ROOT / "interface" / "templates").iterdir()]
    code = (
        re.sub(r"(?s)/\*.*?\*/|(?m:^\s*//[^\n]*\n|^\s+)|{{.*?}}|{%.*?%}|{#.*?#}", "", path.read_text(encoding="utf-8"))
        for path in own
        if path.name != "language.js"
    )
    assert sum(len(text.encode()) for text in code) < 59_000


def test_the_accuracy_of_an_answer_is_read_from_the_card_of_the_same_weights() -> None:
    card = (
        "- **SHA-256 of the weights:** `abc`\n\n"
        "| instrument | recordings | recognised | precision | recall | F1 | threshold |\n"
        "|---|---|---|---|---|---|---|\n| Acoustic guitar | 31 | 90.0 % | 0.934 | 0.900 | 0.917 | 0.41 |\n"
    )
    assert model_card.measured_precision(card, "Acoustic guitar", "abc") == 93
    assert model_card.measured_precision(card, "Acoustic guitar", "other") is None
    assert model_card.measured_precision(card, "Piano", "abc") is None
    assert model_card.accuracy_link(ENGLISH, LABELS, None, None) == ENGLISH.card.accuracy_link
