"""Which language a visitor is shown, and what of the server's sentences is translated."""

import asyncio
import html
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from instrument_model.audio import read_audio
from instrument_model.decoding.level import Level
from instrument_model.errors import AudioError
from interface.languages import Languages
from interface.server.middleware.exchange import refuse
from interface.server.model_provider import ModelProvider
from interface.strings import ENGLISH, LANGUAGES, Texts, translated
from interface.strings.languages import accepted, chosen
from interface.strings.translation import refusals
from tests.support.app_server import NO_TLS, App
from tests.support.bad_files import EXPECTED, write_bad_files

OTHERS = [texts for texts in LANGUAGES.values() if texts is not ENGLISH]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("DE-ch", "de"),
        ("zh-Hant-TW, ja;q=0.5, en;q=0.4", "ja"),
        ("en;q=0.3, fr;q=0.7, it;q=0.5", "fr"),
        ("fr;q=0, it", "it"),
        ("fr;q=0", "en"),
        ("pt", "en"),
        ("pt-BR,pt;q=0.9,es;q=0.2", "es"),
        ("*", "en"),
        ("de, fr", "de"),
        ("de;q=1.000;level=1, fr", "fr"),
        ("de;q=nan, it;q=0.1", "it"),
        ("de ; q = 0.4 , es ; q = 0.6", "es"),
        ("deu", "en"),
        ("日本語, ja", "ja"),
        (",,,;;;=,q=1", "en"),
        ("\x00\x7f\u202e, fr", "fr"),
        ("x" * 10_000, "en"),
        ("xx," * 3_000 + "de", "en"),
        ("de" + ";q=0.1" * 2_000, "en"),
    ],
)
def test_the_browser_asks_for_a_language(header: str, language: str) -> None:
    assert accepted(header).language == language


def test_a_choice_comes_before_the_browser() -> None:
    assert {chosen(wanted, "it").language for wanted in ("de", "DE", "de-AT", "de_AT", "DE-at", "de-Latn-CH")} == {"de"}
    assert {chosen(wanted, "de").language for wanted in ("tlh", "deu", "-de", "", "d e")} == {"de"}
    assert chosen("pt-BR", "fr-CA, de;q=0.5").language == "fr"
    assert chosen(None, None) is ENGLISH


@pytest.mark.parametrize("texts", OTHERS, ids=lambda texts: texts.language)
def test_every_sentence_that_visitors_meet_is_translated(texts: Texts) -> None:
    for group in (ENGLISH.errors, ENGLISH.status):
        own = asdict(texts.errors) | asdict(texts.status)
        for name, template in asdict(group).items():
            values = {field: "1.25" if field in ("seconds", "least", "peak") else f"<{field}>" for field in FIELDS}
            local = {
                field: texts.writing.localised(value) if value == "1.25" else value for field, value in values.items()
            }
            assert translated(template.format(**values), texts) == own[name].format(**local)


FIELDS = (
    "commit",
    "least",
    "mb",
    "name",
    "peak",
    "problem",
    "rate",
    "reason",
    "seconds",
    "time",
)


def test_what_is_said_about_bad_files_is_translated(recordings: dict[str, Path], tmp_path: Path) -> None:
    write_bad_files(tmp_path, recordings)
    left = []
    for name, expected in EXPECTED.items():
        if isinstance(expected, str) and "is a folder" not in expected:  # which nobody can upload
            with pytest.raises(AudioError) as refusal:
                read_audio(tmp_path / name, 32_000)
            left += [
                str(refusal.value) for texts in OTHERS if translated(str(refusal.value), texts) == str(refusal.value)
            ]
    assert left == []


def test_what_was_done_to_the_sound_is_translated() -> None:
    level = Level()
    level.peak = 2.0
    (remark,) = level.remarks
    assert "Spitzenpegel +6,0\u00a0dBFS" in translated(remark, LANGUAGES["de"])
    assert translated("Nobody ever says this.", LANGUAGES["de"]) == "Nobody ever says this."


def test_which_model_answers_is_translated(model_folder: Path) -> None:
    provider = ModelProvider(folder=model_folder)
    assert translated(provider.status, LANGUAGES["de"]) == f"Es antwortet das Modell {model_folder.name}."
    assert translated(ModelProvider().status, LANGUAGES["fr"]) == LANGUAGES["fr"].status.bundled


def test_refusals_are_known_beforehand() -> None:
    german = LANGUAGES["de"]
    said = refusals(german, {"mb": 50})
    assert said[ENGLISH.errors.upload_too_big.format(mb=50)] == german.errors.upload_too_big.format(mb=50)
    assert said[ENGLISH.gradio.drop] == german.gradio.drop
    assert not any("{" in text for text in said)


def test_the_page_is_in_the_visitors_language(app: App) -> None:
    def page(language: str | None, query: str = "") -> httpx.Response:
        headers = {} if language is None else {"Accept-Language": language}
        return httpx.get(f"{app.url}/{query}", headers=headers, timeout=60, verify=NO_TLS)

    for code, texts in LANGUAGES.items():
        for answer in (page(f"{code}-XX,pt;q=0.5"), page("pt", f"?lang={code}"), page(code, "?lang=tlh")):
            assert f'lang="{code}"' in answer.text[:200]
            assert answer.headers["content-language"] == code
            assert "accept-language" in answer.headers["vary"].lower()
            assert texts.page.title in html.unescape(answer.text)
    assert 'lang="en"' in page(None).text[:200]
    assert page("x" * 10_000).status_code == 200


def test_programs_are_answered_in_english(app: App, tmp_path: Path) -> None:
    """Whatever language a program accepts; only the page's own requests name one."""
    bad = tmp_path / "bad.mp3"
    bad.write_text("These are words.")
    with httpx.Client(base_url=f"{app.url}/gradio_api", verify=NO_TLS, headers={"Accept-Language": "de"}) as client:
        path = client.post("/upload", files={"files": bad.read_bytes()}).json()[0]
        clip = {"path": path, "meta": {"_type": "gradio.FileData"}}

        def said(endpoint: str, **headers: str) -> str:
            event = client.post(f"/call/{endpoint}", json={"data": [clip]}, headers=headers).json()["event_id"]
            return client.get(f"/call/{endpoint}/{event}").text

        assert "No sound could be read" in said("predict")
        assert "No sound could be read" in said("row")
        assert "No sound could be read" in said("row", **{"x-page-language": "tlh"})
        assert "lie\\u00df sich kein Ton lesen" in said("row", **{"x-page-language": "de"})
        assert "読み取れません" in said("row", **{"x-page-language": "ja"}).encode().decode("unicode_escape")
    config = httpx.get(f"{app.url}/config", headers={"Accept-Language": "de"}, timeout=60, verify=NO_TLS).json()
    assert config["title"] == ENGLISH.page.title


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {"Accept-Language": "de"}, "de"),
        ("/?lang=ja", {"Accept-Language": "de"}, "ja"),
        ("/gradio_api/upload", {"Accept-Language": "de"}, "en"),
        ("/gradio_api/upload", {"Accept-Language": "de", "X-Page-Language": "fr"}, "fr"),
    ],
)
def test_a_refusal_is_in_the_language_of_the_page(path: str, headers: dict[str, str], language: str) -> None:
    async def refused(scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(scope, receive, send, 503, ENGLISH.errors.busy)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Languages(refused))
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.get(path, headers=headers)

    assert asyncio.run(ask()).json()["detail"] == LANGUAGES[language].errors.busy
