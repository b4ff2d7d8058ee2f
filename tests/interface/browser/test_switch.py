"""The switch of languages in a real browser: every text changes in its place, and nothing on the page is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH, LANGUAGES, Texts
from tests.interface.browser.test_languages import SAME, TEXTS
from tests.support.app_server import EXAMPLES, App, running_app, running_browser
from tests.support.browsing import microphone_flags, microphone_recording, open_tab, opened, upload

pytestmark = pytest.mark.slow
GERMAN, ITALIAN, JAPANESE = (LANGUAGES[code] for code in ("de", "it", "ja"))


@pytest.fixture(name="app", scope="module")
def fixture_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app that asks whether the answer was right."""
    with running_app({"FEEDBACK_FOLDER": str(tmp_path_factory.mktemp("feedback"))}) as app:
        yield app


@pytest.fixture(name="browser", scope="module")
def fixture_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with a violin before its microphone."""
    recording = microphone_recording(tmp_path_factory.mktemp("microphone"), silence=0.5)
    with running_browser(microphone_flags(recording)) as running:
        yield running


def switch(page: Page, texts: Texts) -> None:
    """Choose a language, and wait until the page speaks it and has answered its recording again."""
    page.locator("#language").select_option(texts.language)
    expect(page.locator("h1")).to_have_text(texts.page.title)
    expect(page.locator("#result .wrap.full:not(.hide)")).to_have_count(0)


def shows_trio(page: Page) -> None:
    upload(page, EXAMPLES / "ensemble.mp3")
    page.wait_for_selector(".stretches tbody tr")


def shows_files(page: Page, texts: Texts, broken: Path) -> None:
    open_tab(page, texts.page.tab_files)
    page.set_input_files("#files input[type=file] >> nth=0", [EXAMPLES / "organ.mp3", EXAMPLES / "cello.mp3", broken])
    page.wait_for_selector(".files-panel[aria-busy=false] tbody tr:nth-child(3)")
    page.get_by_role("button", name="organ.mp3").click()
    page.wait_for_selector(".file-details .stretches tbody tr")


def said(page: Page) -> set[str]:
    return {text for text in page.evaluate(TEXTS) if not SAME.fullmatch(text)}


@pytest.fixture(name="broken", scope="module")
def fixture_broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    broken = tmp_path_factory.mktemp("broken") / "not music.mp3"
    broken.write_text("These are words.")
    return broken


def test_all_is_said_as_on_a_page_that_was_opened_in_the_language(browser: Browser, app: App, broken: Path) -> None:
    native, switched = {}, {}
    with opened(browser, app.url, locale="de-DE") as page:
        page.set_input_files("#clip input[type=file]", EXAMPLES / "ensemble.mp3")
        page.wait_for_selector(".stretches tbody tr")
        native["recording"] = said(page)
        shows_files(page, GERMAN, broken)
        native["files"] = said(page)
        open_tab(page, GERMAN.page.tab_live)
        native["live"] = said(page)
    with opened(browser, app.url, locale="en-GB") as page:
        shows_trio(page)
        shows_files(page, ENGLISH, broken)
        open_tab(page, ENGLISH.page.tab_recording)
        for texts in (JAPANESE, GERMAN):
            switch(page, texts)
        expect(page.locator("#result .kicker")).to_have_text(GERMAN.card.kicker_found)
        switched["recording"] = said(page)
        open_tab(page, GERMAN.page.tab_files)
        expect(page.locator(".file-details .kicker")).to_have_text(GERMAN.card.kicker_found)
        expect(page.locator(".files .bad")).to_have_text(GERMAN.errors.file_no_sound.format(name=broken.name))
        switched["files"] = said(page)
        open_tab(page, GERMAN.page.tab_live)
        switched["live"] = said(page)
        assert page.title() == GERMAN.page.title
        assert page.locator("html").get_attribute("lang") == "de"
    passing = {GERMAN.gradio.loading, GERMAN.gradio.complete}  # for a moment, after an upload
    assert {state: (switched[state] ^ texts) - passing for state, texts in native.items()} == {
        state: set() for state in native
    }


def test_the_recording_keeps_its_selection_and_sensitivity(browser: Browser, app: App) -> None:
    with opened(browser, app.url, locale="en-GB") as page:
        shows_trio(page)
        page.locator(".sensitivity label", has_text=ENGLISH.timeline.sensitive).click()
        page.locator(".plot").focus()
        for _ in range(2):
            page.keyboard.press("Shift+ArrowRight")
        lanes = page.locator(".lane").count()
        page.evaluate("window.before = document.querySelector('#clip audio')")
        switch(page, GERMAN)
        part = GERMAN.timeline.part_kicker.format(start="0:00,0", end="0:02,0")
        expect(page.locator("#result .kicker")).to_have_text(part)
        expect(page.locator(".part-box")).to_be_visible()
        expect(page.locator("[name=sensitivity][value=sensitive]")).to_be_checked()
        expect(page.locator(".lane")).to_have_count(lanes)
        expect(page.locator("#result .card[data-exact=true]")).to_be_visible()
        assert page.evaluate("window.before === document.querySelector('#clip audio')"), "the player is another one"


def test_the_table_keeps_its_rows_filter_and_what_waits(browser: Browser, app: App, broken: Path) -> None:
    with opened(browser, app.url, locale="en-GB") as page:
        shows_files(page, ENGLISH, broken)
        page.locator(".sort", has_text=ENGLISH.files.column_file).click()
        page.locator(".files-top select").select_option("organ")
        page.context.set_offline(True)
        page.set_input_files("#files input[type=file] >> nth=0", [EXAMPLES / "violin.mp3"])
        expect(page.locator(".files-top .alarm")).to_have_text(ENGLISH.files.lost)
        page.context.set_offline(False)
        switch(page, ITALIAN)
        expect(page.locator(".files tbody tr")).to_have_count(1)
        expect(page.locator(".files tbody tr td:nth-child(2)")).to_have_text(ITALIAN.instruments["organ"])
        expect(page.locator(".files-top .alarm")).to_have_text(ITALIAN.files.lost)
        expect(page.locator("th[aria-sort=ascending]")).to_have_text(ITALIAN.files.column_file)
        page.locator("[data-files=go]").click()
        expect(page.locator(".files-progress")).to_have_text(ITALIAN.files.progress.format(done=4, total=4))
        page.locator(".files-top select").select_option("")
        expect(page.locator(".files tbody tr")).to_have_count(4)


def test_live_goes_on(browser: Browser, app: App) -> None:
    with opened(browser, app.url, locale="en-GB") as page:
        open_tab(page, ENGLISH.page.tab_live)
        page.locator(".live-button").click()
        page.wait_for_selector(".live-bars .on")
        page.wait_for_selector(".live-strip .lane")
        chosen = page.locator(".live-device select").input_value()
        switch(page, JAPANESE)
        expect(page.locator(".live-strip .lane-name").first).to_have_text(JAPANESE.instruments["violin"])
        answers = int(str(page.locator("#live [data-answers]").first.get_attribute("data-answers")))
        page.wait_for_function(f"() => document.querySelector('#live [data-answers]').dataset.answers > {answers + 3}")
        expect(page.locator(".live-button")).to_have_text(JAPANESE.live.stop)
        assert page.locator(".live-device select").input_value() == chosen
        page.locator(".live-button").click()
        expect(page.locator(".live-now")).to_have_text(JAPANESE.live.idle)
        switch(page, GERMAN)
        expect(page.locator(".live-now")).to_have_text(GERMAN.live.idle)
        expect(page.locator(".live-strip .lane-name").first).to_have_text(GERMAN.instruments["violin"])


def test_a_recording_in_progress_goes_on(browser: Browser, app: App) -> None:
    with opened(browser, app.url, locale="ja-JP") as page:
        page.locator("#clip .source-selection button").nth(1).click()
        page.locator("#clip .record-button").click()
        page.locator("#clip .stop-button").wait_for()
        switch(page, GERMAN)
        page.wait_for_timeout(1500)  # so long that what has been recorded can be answered
        page.locator("#clip .stop-button").click()
        expect(page.locator("#result .card[data-state=found], #result .card[data-state=none]")).to_be_visible()
        expect(page.locator("#result .answered")).to_contain_text(GERMAN.card.bundled)


def test_the_choice_is_remembered_and_a_link_says_more(browser: Browser, app: App) -> None:
    with opened(browser, app.url, locale="de-DE") as page:
        expect(page.locator("#language")).to_have_attribute("aria-label", GERMAN.page.language)
        switch(page, ITALIAN)
        assert "lang=it" in page.url
        page.goto(app.url)
        expect(page.locator("h1")).to_have_text(ITALIAN.page.title)
        expect(page.locator("#language")).to_have_value("it")
        page.goto(f"{app.url}/?lang=en&example=violin")
        expect(page.locator("#result .headline span").first).to_have_text("Violin")
