"""A run through the page in WebKitGTK, whose engine is Safari's: `make test-webkit`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App
from tests.support.webkit import ARROW_RIGHT, SHIFT, WebKit, running_webkit

pytestmark = [pytest.mark.slow, pytest.mark.webkit]

ANSWERED = "document.querySelector('#result [data-state]:not([data-state=empty])')"
ALARM = ".live-hint.alarm"


@pytest.fixture(name="webkit")
def fixture_webkit(app: App) -> Iterator[WebKit]:
    """The app's page where there is no microphone; nothing in it may go wrong unnoticed."""
    with running_webkit() as webkit:
        webkit.go(app.url)
        yield webkit
        assert webkit.run("return faults") == []


def upload(webkit: WebKit, path: Path) -> None:
    webkit.wait("document.querySelector('#clip input[type=file]')")
    webkit.give("#clip input[type=file]", path)
    webkit.wait(ANSWERED)


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "webm"])
def test_a_recording_is_answered(webkit: WebKit, recordings: dict[str, Path], suffix: str) -> None:
    upload(webkit, recordings[suffix])
    assert webkit.text("#result .headline span") != ENGLISH.card.error_headline


def test_player_timeline_and_selection(webkit: WebKit) -> None:
    upload(webkit, EXAMPLES / "cello.mp3")
    assert webkit.text("#result .headline span") == "Cello"
    left, right = webkit.run(
        "const box = (selector) => document.querySelector(selector).getBoundingClientRect();"
        "const clip = box('#clip'), audio = box('#clip audio');"
        "return [audio.left - clip.left, clip.right - audio.right]"
    )
    assert left == pytest.approx(right, abs=1)
    assert 0 < left < 40
    webkit.wait("document.querySelector('.lane path')?.getBoundingClientRect().width > 300")
    assert webkit.run("return document.querySelectorAll('#result .bar').length") == 3
    webkit.run("const plot = document.querySelector('.plot'); plot.scrollIntoView({ block: 'center' }); plot.focus()")
    webkit.press(SHIFT, ARROW_RIGHT)
    assert webkit.text("#result .kicker") == "From 0:00.0 to 0:01.0"
    webkit.wait("document.querySelector('#result [data-exact=true]')")
    webkit.drag(".plot", 0.25, 0.75)
    assert webkit.text("#result .kicker").startswith("From 0:01.9 to 0:05.")
    webkit.click("[data-part=clear]")
    assert webkit.text("#result .kicker") == ENGLISH.card.kicker_found
    webkit.click(".sensitivity label:nth-of-type(3)")
    assert webkit.run("return document.querySelector('.sensitivity input:checked').value") == "sensitive"


def test_an_unreadable_file_gets_its_sentence(webkit: WebKit, tmp_path: Path) -> None:
    path = tmp_path / "words.mp3"
    path.write_text("These are words.", encoding="utf-8")
    upload(webkit, path)
    assert webkit.text("#result .headline") == ENGLISH.card.error_headline
    assert "No sound could be read" in webkit.text("#result .explanation")


def test_several_files_have_rows_that_open(webkit: WebKit) -> None:
    webkit.tab(ENGLISH.page.tab_files)
    webkit.wait("document.querySelector('#files input[type=file]')")
    webkit.give("#files input[type=file]", EXAMPLES / "violin.mp3")
    webkit.wait("document.querySelector('.files tbody .name')")
    webkit.click(".files tbody .name")
    webkit.wait("document.querySelector('.file-details .lane')")
    assert webkit.text(".files tbody tr").startswith("violin.mp3")


def test_live_says_that_there_is_no_microphone(webkit: WebKit) -> None:
    webkit.tab(ENGLISH.page.tab_live)
    webkit.wait("document.querySelector('.live-button')?.checkVisibility()")
    webkit.click(".live-button")
    webkit.wait(f"document.querySelector('{ALARM}')")
    assert webkit.text(ALARM) == ENGLISH.microphone.missing
    assert webkit.text(".live-button") == ENGLISH.live.start


def test_live_listens(app: App) -> None:
    with running_webkit("--enable-mock-capture-devices=true") as webkit:
        webkit.go(app.url)
        webkit.tab(ENGLISH.page.tab_live)
        webkit.wait("document.querySelector('.live-button')?.checkVisibility()")
        webkit.click(".live-button")
        webkit.wait("Number(document.querySelector('#live [data-answers]')?.dataset.answers) > 1")
        assert webkit.text(".live-button") == ENGLISH.live.stop
        webkit.click(".live-button")
        assert webkit.text(".live-now") == ENGLISH.live.idle
        assert webkit.run("return faults") == []
