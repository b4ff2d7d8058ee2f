"""Select a part of the recording, change the sensitivity, take the sound: in a real browser."""

from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App
from tests.support.browsing import PHONE, opened, upload

pytestmark = pytest.mark.slow


def shows_trio(page: Page) -> None:
    upload(page, EXAMPLES / "ensemble.mp3")
    page.wait_for_selector(".stretches tbody tr")
    page.locator(".plot").scroll_into_view_if_needed()


def drag(page: Page, start: float, end: float) -> None:
    """Drag over the plot, in shares of its width."""
    box = page.locator(".plot").bounding_box()
    assert box
    y = box["y"] + 60
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=6)
    page.mouse.up()


def kicker(page: Page) -> str:
    return page.locator("#result .kicker").inner_text()


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_a_part_is_selected_and_answered_exactly(app: App, browser: Browser, viewport: dict[str, int]) -> None:
    with opened(browser, app.url, viewport=viewport) as page:
        shows_trio(page)
        whole = page.locator("#result .card").inner_text()
        drag(page, 0.5, 0.9)
        assert kicker(page).startswith("From 0:0")
        expect(page.locator(".part-box")).to_be_visible()
        expect(page.locator("#result .card[data-exact=true]")).to_be_visible()
        page.get_by_role("button", name=ENGLISH.timeline.part_clear).click()
        assert page.locator("#result .card").inner_text() == whole
        expect(page.locator(".selection")).to_be_hidden()


def test_the_keyboard_selects_as_well(app: App, browser: Browser) -> None:
    with opened(browser, app.url) as page:
        shows_trio(page)
        page.locator(".plot").focus()
        for _ in range(3):
            page.keyboard.press("Shift+ArrowRight")
        assert kicker(page) == "From 0:00.0 to 0:03.0"
        page.keyboard.press("Escape")
        expect(page.locator(".selection")).to_be_hidden()


def test_sensitivity_moves_lanes_stretches_and_headline_without_a_request(app: App, browser: Browser) -> None:
    with opened(browser, app.url) as page:
        shows_trio(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        lanes = page.locator(".lanes .lane").count()
        files = page.locator(".as-calibrated")  # the downloads do not follow the choice, and say so
        expect(files).to_be_hidden()
        page.locator(".sensitivity label", has_text="Sensitive").click()
        expect(files).to_contain_text("Calibrated")
        expect(files).to_be_visible()
        assert page.locator(".lanes .lane").count() >= lanes
        more = page.locator(".stretches .heard-name").count()
        page.locator(".sensitivity label", has_text="Strict").click()
        assert page.locator(".stretches .heard-name").count() < more
        assert [url for url in asked if "/call/" in url or "/queue/" in url] == []


def test_the_sound_of_a_stretch_and_an_instrument_is_downloaded(app: App, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, app.url) as page:
        shows_trio(page)
        for button, ending in (("[data-cut] >> nth=0", ".wav"), ("[data-excerpt=cello]", "_cello.wav")):
            with page.expect_download() as download:
                page.locator(button).click()
            assert download.value.suggested_filename.endswith(ending)
            download.value.save_as(tmp_path / "part.wav")
            assert soundfile.info(tmp_path / "part.wav").duration > 0.5
