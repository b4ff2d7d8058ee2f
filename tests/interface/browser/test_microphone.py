"""Recording and listening live, with a microphone that plays a violin."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from interface.audience import IDLE_SECONDS
from interface.strings import ENGLISH
from tests.support.app_server import App, running_app, running_browser
from tests.support.browsing import (
    PATIENCE,
    headline,
    microphone_flags,
    microphone_recording,
    open_tab,
    opened,
    state,
)

pytestmark = pytest.mark.slow

BARS = """() => Object.fromEntries([...document.querySelectorAll('#live .bar')]
    .map(bar => [bar.dataset.label, parseFloat(bar.querySelector('.bar-fill').style.width)]))"""
SILENCE = """() => {
    const silent = new AudioContext().createMediaStreamDestination().stream;
    navigator.mediaDevices.getUserMedia = async () => silent;
}"""
ANSWERS = "() => Number(document.querySelector('#live [data-answers]')?.dataset.answers ?? 0)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    recording = microphone_recording(tmp_path_factory.mktemp("microphone"))
    with running_browser(microphone_flags(recording)) as running:
        yield running


def start_listening(page: Page) -> None:
    button = page.get_by_role("button", name=ENGLISH.live.start)
    button.click()
    expect(page.get_by_role("button", name=ENGLISH.live.stop)).to_be_visible()


def test_live_bars_follow_the_sound_and_stop_and_start_again(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        open_tab(page, ENGLISH.page.tab_live)
        for _ in range(2):
            before = page.evaluate(ANSWERS)
            start_listening(page)
            page.wait_for_function(f"() => ({ANSWERS})() >= {before + 6}")
            page.wait_for_function(f"() => ({BARS})().violin > 30", timeout=PATIENCE)
            page.get_by_role("button", name=ENGLISH.live.stop).click()
            expect(page.locator(".live-now")).to_have_text(ENGLISH.live.idle)
            assert set(page.evaluate(BARS).values()) == {0}
            stopped = page.evaluate(ANSWERS)
            page.wait_for_timeout(1500)
            assert page.evaluate(ANSWERS) <= stopped + 1  # nothing is sent any more


def test_every_answer_counts_in_silence(browser: Browser, app: App) -> None:
    """An answer like the one before must not count as lost, or the next sound would wait for it."""
    with opened(browser, app.url) as page:
        open_tab(page, ENGLISH.page.tab_live)
        page.evaluate(SILENCE)
        sent = []
        page.on("request", lambda request: sent.append(request) if '"sound"' in (request.post_data or "") else None)
        start_listening(page)
        expect(page.locator(".live-now")).to_have_text(ENGLISH.live.silent)
        page.wait_for_function(f"() => ({ANSWERS})() >= 8")
        assert len(sent) <= page.evaluate(ANSWERS) + 1


def test_starting_and_stopping_again_and_again_leaves_nothing_behind(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")

        def left() -> dict[str, float]:
            page.wait_for_timeout(500)
            devtools.send("HeapProfiler.collectGarbage")
            metrics = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
            return {
                name: metrics[name]
                for name in ("JSEventListeners", "Nodes", "AudioWorkletProcessors", "JSHeapUsedSize")
            }

        def start_and_stop(times: int) -> None:
            for _ in range(times):
                before = page.evaluate(ANSWERS)
                start_listening(page)
                page.wait_for_function(f"() => ({ANSWERS})() > {before}")
                page.get_by_role("button", name=ENGLISH.live.stop).click()

        open_tab(page, ENGLISH.page.tab_live)
        start_and_stop(2)
        slack = {"JSEventListeners": 2, "Nodes": 30, "AudioWorkletProcessors": 0, "JSHeapUsedSize": 2e6}
        before = left()
        start_and_stop(5)
        for _ in range(60):  # a busy browser takes its time to give back what is no longer used
            after = left()
            grown = [name for name in slack if after[name] > before[name] + slack[name]]
            if not grown:
                break
        assert grown == []


def test_who_finds_no_place_to_listen_live_is_told_so(browser: Browser) -> None:
    with (
        running_app({"LIVE_LISTENERS": "1"}) as app,
        opened(browser, app.url) as first,
        opened(browser, app.url) as second,
    ):
        for page in (first, second):
            open_tab(page, ENGLISH.page.tab_live)
        start_listening(first)
        first.wait_for_function(f"() => ({ANSWERS})() >= 2")
        second.get_by_role("button", name=ENGLISH.live.start).click()
        expect(second.locator(".live-hint.alarm")).to_have_text(ENGLISH.live.full)
        expect(second.get_by_role("button", name=ENGLISH.live.start)).to_be_enabled()
        first.get_by_role("button", name=ENGLISH.live.stop).click()
        second.wait_for_timeout(1000 * IDLE_SECONDS + 500)
        start_listening(second)
        second.wait_for_function(f"() => ({ANSWERS})() >= 2")


def test_live_keeps_nothing_on_the_servers_disk(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        open_tab(page, ENGLISH.page.tab_live)
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
        expect(page.get_by_text(ENGLISH.microphone.denied).first).to_be_visible()
        open_tab(page, ENGLISH.page.tab_live)
        page.get_by_role("button", name=ENGLISH.live.start).click()
        expect(page.locator(".live-hint")).to_have_text(ENGLISH.microphone.denied)
        expect(page.get_by_role("button", name=ENGLISH.live.start)).to_be_enabled()
