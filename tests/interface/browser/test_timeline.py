"""Select a part of the recording, change the sensitivity, take the sound: in a real browser."""

import csv
import io
import json
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect

from instrument_model.labels import LABELS
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
        page.locator(".sensitivity label", has_text="Sensitive").click()
        assert page.locator(".lanes .lane").count() >= lanes
        more = page.locator(".stretches .heard-name").count()
        page.locator(".sensitivity label", has_text="Strict").click()
        assert page.locator(".stretches .heard-name").count() < more
        assert [url for url in asked if "/call/" in url or "/queue/" in url] == []


def test_the_next_recording_takes_the_place_of_the_one_before(app: App, browser: Browser) -> None:
    with opened(browser, app.url) as page:
        page.get_by_role("button", name="Trio").click()
        page.wait_for_selector(".lane")
        page.locator(".sensitivity label", has_text="Strict").click()
        drag(page, 0.2, 0.5)
        page.get_by_role("button", name="Organ", exact=True).click()
        expect(page.locator("#result .headline span").first).to_have_text("Organ")
        expect(page.locator("#result .bar-name").first).to_have_text("Organ")
        expect(page.locator(".lane-name").first).to_have_text("Organ")
        expect(page.locator(".stretches .heard-name").first).to_have_text("Organ")
        expect(page.locator(".selection")).to_be_hidden()
        expect(page.locator("[value=calibrated]")).to_be_checked()


@pytest.mark.parametrize("sensitivity", ["strict", "calibrated", "sensitive"])
def test_downloads_hold_what_is_on_the_screen(app: App, browser: Browser, sensitivity: str) -> None:
    with opened(browser, app.url) as page:
        shows_trio(page)
        page.locator(f".sensitivity label:has([value={sensitivity}])").click()
        shown = [set(row.locator(".heard-name").all_inner_texts()) for row in page.locator(".stretches tbody tr").all()]
        written: dict[str, str] = {}
        for ending in ("csv", "json", "labels.txt", "selections.txt", "markers.csv"):
            with page.expect_download() as download:
                page.locator(f"[data-export='{ending}']").click()
            assert download.value.suggested_filename.endswith(f".{ending}")
            written[ending] = Path(download.value.path()).read_text(encoding="utf-8")
        displays = {name: display.strip() for name, display in LABELS.displays.items()}
        rows = list(csv.DictReader(io.StringIO(written["csv"])))
        assert [{displays[name] for name in (row["label"], *row["also"].split()) if name} for row in rows] == shown
        assert json.loads(written["json"])["model"]["source"] == "bundled"
        for ending, delimiter, place in (
            ("labels.txt", "\t", 2),
            ("selections.txt", "\t", -1),
            ("markers.csv", ",", 1),
        ):
            lines = list(csv.reader(io.StringIO(written[ending]), delimiter=delimiter))[ending != "labels.txt" :]
            assert [set(line[place].split(" + ")) for line in lines] == [names for names in shown if names]


def test_the_sound_of_a_stretch_and_an_instrument_is_downloaded(app: App, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, app.url) as page:
        shows_trio(page)
        for button, ending in (("[data-cut] >> nth=0", ".wav"), ("[data-excerpt=cello]", "_cello.wav")):
            with page.expect_download() as download:
                page.locator(button).click()
            assert download.value.suggested_filename.endswith(ending)
            download.value.save_as(tmp_path / "part.wav")
            assert soundfile.info(tmp_path / "part.wav").duration > 0.5
