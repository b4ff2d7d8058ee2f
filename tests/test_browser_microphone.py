"""Recording and listening live, with a microphone that plays a violin."""

from collections.abc import Iterator

import pytest
from app_server import App, running_browser
from browsing import PATIENCE, headline, microphone_flags, microphone_recording, open_tab, opened, state
from playwright.sync_api import Browser, Page, expect

from interface import texts

BARS = """() => Object.fromEntries([...document.querySelectorAll('#live .bar')]
    .map(bar => [bar.dataset.label, parseFloat(bar.querySelector('.bar-fill').style.width)]))"""
ANSWERS = "() => Number(document.querySelector('#live [data-answers]')?.dataset.answers ?? 0)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    recording = microphone_recording(tmp_path_factory.mktemp("microphone"))
    with running_browser(microphone_flags(recording)) as running:
        yield running


def start_listening(page: Page) -> None:
    button = page.get_by_role("button", name=texts.LIVE_START)
    button.click()
    expect(page.get_by_role("button", name=texts.LIVE_STOP)).to_be_visible()


def test_live_bars_follow_the_sound_and_stop_and_start_again(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        open_tab(page, texts.TAB_LIVE)
        for _ in range(2):
            before = page.evaluate(ANSWERS)
            start_listening(page)
            page.wait_for_function(f"() => ({ANSWERS})() >= {before + 6}")
            page.wait_for_function(f"() => ({BARS})().violin > 30", timeout=PATIENCE)
            page.get_by_role("button", name=texts.LIVE_STOP).click()
            expect(page.locator(".live-now")).to_have_text(texts.LIVE_IDLE)
            assert set(page.evaluate(BARS).values()) == {0}
            stopped = page.evaluate(ANSWERS)
            page.wait_for_timeout(1500)
            assert page.evaluate(ANSWERS) <= stopped + 1  # nothing is sent any more


def test_live_keeps_nothing_on_the_servers_disk(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        open_tab(page, texts.TAB_LIVE)
        before = sorted(app.uploads.rglob("*"))
        start_listening(page)
        page.wait_for_function(f"() => ({ANSWERS})() >= 4")
        assert sorted(app.uploads.rglob("*")) == before


def test_a_recording_from_the_microphone_is_recognised(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        page.get_by_role("button", name="Record audio").click()
        page.locator("#clip .record-button, #clip button.record").first.click()
        page.wait_for_timeout(7000)
        page.locator("#clip .stop-button, #clip button.stop").first.click()
        page.wait_for_selector("#result [data-state]:not([data-state=empty])")
        assert state(page) in {"found", "none"}
        assert page.locator("#result .bar-name").first.inner_text() == "Violin", headline(page)


def test_a_refused_microphone_is_explained(browser: Browser, app: App) -> None:
    with opened(browser, app.url, microphone=False) as page:
        page.get_by_role("button", name="Record audio").click()
        page.locator("#clip .record-button, #clip button.record").first.click()
        expect(page.get_by_text(texts.MICROPHONE_DENIED).first).to_be_visible()
        open_tab(page, texts.TAB_LIVE)
        page.get_by_role("button", name=texts.LIVE_START).click()
        expect(page.locator(".live-hint")).to_have_text(texts.MICROPHONE_DENIED)
        expect(page.get_by_role("button", name=texts.LIVE_START)).to_be_enabled()
