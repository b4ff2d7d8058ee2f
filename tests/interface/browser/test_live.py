"""Live: the strip of what has just been played, the choice of a microphone, and what goes wrong with one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH
from tests.support.app_server import App, running_browser
from tests.support.browsing import microphone_flags, microphone_recording, open_tab, opened

pytestmark = pytest.mark.slow

REFUSE = """(name) => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", name) };
}"""
REMEMBER = """() => {
    window.tracks = [];
    window.wanted = [];
    const original = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.wanted.push(wanted.audio);
        const stream = await original.call(navigator.mediaDevices, wanted);
        window.tracks.push(...stream.getAudioTracks());
        return stream;
    };
}"""


@pytest.fixture(name="browser", scope="module")
def fixture_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with three microphones that play a violin."""
    recording = microphone_recording(tmp_path_factory.mktemp("microphone"), silence=0.5)
    with running_browser(microphone_flags(recording)) as running:
        yield running


@pytest.fixture(name="page")
def fixture_page(browser: Browser, app: App) -> Iterator[Page]:
    """The tab."""
    with opened(browser, app.url) as page:
        open_tab(page, ENGLISH.page.tab_live)
        yield page


def start(page: Page) -> None:
    page.get_by_role("button", name=ENGLISH.live.start).click()


def test_the_strip_shows_what_has_just_been_played(page: Page) -> None:
    start(page)
    expect(page.locator(".live-strip .lane-name")).to_contain_text(["Violin"])
    page.get_by_role("button", name=ENGLISH.live.stop).click()
    expect(page.locator(".live-strip .lane").first).to_be_visible()  # to be looked at


def test_the_microphone_can_be_chosen(page: Page) -> None:
    page.evaluate(REMEMBER)
    expect(page.locator(".live-device")).to_be_hidden()
    start(page)
    select = page.get_by_label(ENGLISH.live.device)
    expect(select.locator("option")).to_have_count(3)
    chosen = select.locator("option").last.get_attribute("value")
    select.select_option(chosen)
    page.wait_for_function("() => window.tracks.length === 2")
    assert page.evaluate("() => window.wanted[1].deviceId.exact") == chosen
    expect(select).to_have_value(str(chosen))
    expect(page.get_by_role("button", name=ENGLISH.live.stop)).to_be_visible()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NotAllowedError", ENGLISH.microphone.denied),
        ("NotFoundError", ENGLISH.microphone.missing),
        ("NotReadableError", ENGLISH.microphone.busy),
        ("OverconstrainedError", ENGLISH.microphone.gone),
        ("AbortError", ENGLISH.microphone.failed),
    ],
)
def test_each_failure_has_its_sentence(page: Page, name: str, sentence: str) -> None:
    page.evaluate(REFUSE, name)
    start(page)
    expect(page.locator(".live-hint.alarm")).to_have_text(sentence)
    expect(page.get_by_role("button", name=ENGLISH.live.start)).to_be_enabled()


def test_a_microphone_that_is_pulled_out_ends_listening_with_a_sentence(page: Page) -> None:
    page.evaluate(REMEMBER)
    start(page)
    expect(page.get_by_role("button", name=ENGLISH.live.stop)).to_be_visible()
    page.evaluate("() => window.tracks[0].dispatchEvent(new Event('ended'))")
    expect(page.locator(".live-hint.alarm")).to_have_text(ENGLISH.microphone.ended)
    expect(page.get_by_role("button", name=ENGLISH.live.start)).to_be_visible()


def test_a_browser_without_a_sound_output_does_not_wait_for_ever(page: Page) -> None:
    page.evaluate("""() => {
        AudioContext.prototype.resume = () => new Promise(() => {});
        Object.defineProperty(AudioContext.prototype, "state", { get: () => "suspended" });
    }""")
    start(page)
    expect(page.locator(".live-hint.alarm")).to_have_text(ENGLISH.microphone.no_output)
    expect(page.get_by_role("button", name=ENGLISH.live.start)).to_be_enabled()
