"""No text is missing in any language, still English, or filled in differently."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.labels import LABELS, Label, LabelSet
from interface.strings import ENGLISH, LANGUAGES, Texts
from interface.strings.catalogue import Writing

OTHERS = [texts for texts in LANGUAGES.values() if texts is not ENGLISH]

ALIKE = {
    "en": set(),
    "de": {
        "page.tab_live",
        "live.title",
        "recording.ensemble",
        "timeline.column_instrument",
        "gradio.pause",
    },
    "fr": {
        "recording.ensemble",
        "card.silent_headline",
        "timeline.column_instrument",
        "live.silent",
        "instruments.piano",
        "instruments.saxophone",
        "gradio.pause",
    },
    "es": {"instruments.piano", "gradio.error"},
    "it": {"page.tab_live", "recording.ensemble"},
    "ja": set(),
}
"""What is rightly written as in English."""

EVERYWHERE = {"timeline.lane_alt", "timeline.download_csv", "timeline.download_json"}
"""What is no language at all."""


def every_text(texts: Texts) -> Iterator[tuple[str, str]]:
    """(`group.field`, text) of a language; `writing` has habits and not texts."""
    for group in fields(texts):
        value = getattr(texts, group.name)
        if is_dataclass(value) and not isinstance(value, Writing):
            yield from ((f"{group.name}.{field.name}", getattr(value, field.name)) for field in fields(value))
    yield from ((f"instruments.{name}", text) for name, text in texts.instruments.items())


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)[^}]*}", text))


def plain(text: str) -> str:
    """The text as it looks, without what is between `{}` and without hidden hyphens."""
    return re.sub(r"{[^}]*}|\u00ad|\s", "", text).casefold()


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=lambda texts: texts.language)
def test_no_text_is_missing(texts: Texts) -> None:
    assert [name for name, text in every_text(texts) if not text.strip()] == []
    assert set(texts.instruments) == set(LABELS.names)
    assert [name for name, text in every_text(texts) if re.search(r"[<>]|&\w+;", text)] == []


@pytest.mark.parametrize("texts", OTHERS, ids=lambda texts: texts.language)
def test_the_same_is_filled_in(texts: Texts) -> None:
    english, own = dict(every_text(ENGLISH)), dict(every_text(texts))
    assert [name for name in english if placeholders(english[name]) != placeholders(own[name])] == []


@pytest.mark.parametrize("texts", OTHERS, ids=lambda texts: texts.language)
def test_nothing_is_still_english(texts: Texts) -> None:
    english, own = dict(every_text(ENGLISH)), dict(every_text(texts))
    alike = {name for name in english if plain(english[name]) == plain(own[name])} - EVERYWHERE
    assert alike - ALIKE[texts.language] == set(), "translate these, or list them in ALIKE"
    assert ALIKE[texts.language] - alike == set(), "these are translated; take them out of ALIKE"


@pytest.mark.parametrize("texts", OTHERS, ids=lambda texts: texts.language)
def test_no_text_is_half_english(texts: Texts) -> None:
    """Words that only English has give away a sentence that was copied in part."""
    words = re.compile(r"\b(the|and|with|please|again|file|upload|recording|microphone|answer)\b", re.IGNORECASE)
    allowed = {"it": {"file"}}.get(texts.language, set())
    found = {name: set(map(str.lower, words.findall(re.sub(r"{[^}]*}", "", text)))) for name, text in every_text(texts)}
    wrong = {name: hits - allowed for name, hits in found.items() if hits - allowed}
    assert {name: hits for name, hits in wrong.items() if not (texts.language == "de" and hits == {"upload"})} == {}


def test_the_librarys_own_labels_are_translated_and_others_are_not() -> None:
    own = LANGUAGES["de"].names(LABELS)
    assert (own["cello"], own["acoustic_guitar"]) == ("Violoncello", "Akustikgitarre")
    mine = LabelSet((Label("cello", "Baroque cello", "strings"), Label("viola", "Viola", "strings")))
    assert LANGUAGES["de"].names(mine) == {"cello": "Baroque cello", "viola": "Viola"}
    assert ENGLISH.names(LABELS) == LABELS.displays


@pytest.mark.parametrize("texts", OTHERS, ids=lambda texts: texts.language)
def test_what_the_bundled_model_resembles_is_translated(texts: Texts) -> None:
    config = json.loads((BUNDLED_WEIGHTS / "config.json").read_text(encoding="utf-8"))
    classes = config["resemblance"]["classes"]
    assert set(texts.sounds) >= set(classes)
    assert len(set(texts.sounds.values())) == len(texts.sounds)
    alike = [name for name, display in classes.items() if texts.sounds[name] == display]
    assert len(alike) < len(classes) / 4  # a gong is a gong


def test_figures_and_lists_are_written_as_the_language_does() -> None:
    german, french, japanese = (LANGUAGES[code].writing for code in ("de", "fr", "ja"))
    assert (german.number(0.87, 2), japanese.number(0.87, 2)) == ("0,87", "0.87")
    assert [writing.percent(0.872) for writing in (german, french, japanese)] == ["87\u00a0%", "87\u202f%", "87%"]
    assert french.percent(0.999) == "> 99\u202f%"
    assert german.listed(["Orgel", "Klavier", "Violine"]) == "Orgel, Klavier und Violine"
    assert (german.within("Orgel"), french.within("Orgue")) == ("Orgel", "orgue")
    assert japanese.listed(["チェロ"]) == "チェロ"
