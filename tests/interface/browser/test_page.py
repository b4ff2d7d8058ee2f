"""The page in a real browser: a recording, its answer over time, several files, links, phones, the dark."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from instrument_model import InstrumentClassifier
from instrument_model.labels import LABELS
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App, running_app
from tests.support.browsing import PHONE, clear, headline, noise, open_tab, opened, state, upload
from tests.support.sounds import tone, write

pytestmark = pytest.mark.slow


def test_a_recording_is_answered_and_nobody_else_is_asked(browser: Browser, app: App) -> None:
    hosts = set()
    with opened(browser, app.url) as page:
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.reload()
        page.wait_for_selector("#result [data-state=empty]")
        upload(page, EXAMPLES / "cello.mp3")
        expected = InstrumentClassifier.from_pretrained().predict(EXAMPLES / "cello.mp3")
        assert headline(page) == LABELS.displays[str(expected.instrument)]
        expect(page.locator("#result .bar")).to_have_count(3)
        expect(page.locator(".all tbody tr")).to_have_count(11)
        expect(page.locator("#result .answered")).to_contain_text(str(expected.model.sha256)[:12])
        assert "Mel spectrogram of 7." in str(page.locator(".spectrum").get_attribute("aria-label"))
        assert page.locator(".lane").count() >= 1
    assert {host for host in hosts if host} == {urlsplit(app.url).netloc}


def test_a_cleared_page_is_empty_again(page: Page) -> None:
    upload(page, EXAMPLES / "organ.mp3")
    clear(page)
    expect(page.locator(".timeline")).to_have_count(0)


def test_an_example_plays_at_once(page: Page) -> None:
    page.get_by_role("button", name="Violin").click()
    page.wait_for_selector("#result [data-state]:not([data-state=empty])")
    page.wait_for_function("() => document.querySelector('#clip audio').currentTime > 0.2")
    expect(page.locator("[data-link]")).to_be_visible()


def test_a_link_opens_an_example(browser: Browser, app: App) -> None:
    with opened(browser, f"{app.url}/?example=trumpet") as page:
        page.wait_for_selector("#result [data-state=found]")
        assert "trumpet.mp3" in str(page.locator("#clip audio").get_attribute("src"))


def test_an_unreadable_file_gets_one_sentence(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "it's <b>loud<b>.mp3"
    path.write_text("These are words.")
    upload(page, path)
    assert state(page) == "error"
    expect(page.get_by_role("alert").filter(has_text="No sound could be read")).to_be_visible()
    expect(page.locator("#result b")).to_have_count(0)
    expect(page.locator(".timeline")).to_have_count(0)


def test_noise_is_none_of_these(page: Page, tmp_path: Path) -> None:
    upload(page, noise(tmp_path))
    assert state(page) == "none"
    assert headline(page) == ENGLISH.card.none_headline
    expect(page.locator("#result .bar.faint")).to_have_count(3)
    expect(page.locator("#result .remarks")).to_be_visible()


def test_silence_is_a_state_of_its_own(page: Page, tmp_path: Path) -> None:
    upload(page, write(tmp_path / "silence.wav", np.zeros(96_000, np.float32), 32_000))
    assert state(page) == "silent"


def test_clicks_and_keys_play_from_there(page: Page) -> None:
    upload(page, EXAMPLES / "piano.mp3")
    plot = page.locator(".plot")
    box = plot.bounding_box()
    assert box is not None
    duration = float(str(plot.get_attribute("aria-valuemax")))
    page.wait_for_function("() => document.querySelector('#clip audio').readyState > 0")

    plot.click(position={"x": box["width"] / 2, "y": 40})
    now = page.evaluate("() => document.querySelector('#clip audio').currentTime")
    assert duration / 2 - 0.2 < now < duration / 2 + 1.5
    expect(page.locator(".playhead.on")).to_be_visible()

    page.evaluate("() => document.querySelector('#clip audio').pause()")
    plot.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(plot).to_have_attribute("aria-valuenow", "1.0")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('#clip audio').paused")

    row = page.locator("[data-seek]").last
    start = float(str(row.get_attribute("data-seek")))
    row.click()
    assert page.evaluate("() => document.querySelector('#clip audio').currentTime") == pytest.approx(start, abs=1.0)


@pytest.mark.parametrize(("name", "beginning"), [("CSV", "start,end,label"), ("JSON", "{"), ("Audacity labels", "0.0")])
def test_the_answer_can_be_taken_away(page: Page, name: str, beginning: str) -> None:
    upload(page, EXAMPLES / "trumpet.mp3")
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    assert download.value.suggested_filename.startswith("trumpet.")
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith(beginning)


def test_the_code_panel_shows_the_call_for_this_clip(page: Page, app: App) -> None:
    upload(page, EXAMPLES / "flute.mp3")
    page.locator("summary").click()
    for language in ("Python", "JavaScript", "curl"):
        expect(page.locator(".snippet", has_text=language).locator("code").first).to_contain_text("flute.mp3")
    expect(page.locator(".snippet code").first).to_contain_text(app.url)


def test_two_visitors_do_not_mix(browser: Browser, app: App) -> None:
    clips = ("cello", "trumpet")
    classifier = InstrumentClassifier.from_pretrained()
    expected = [classifier.predict(EXAMPLES / f"{clip}.mp3").top[0].label for clip in clips]
    with opened(browser, app.url) as first, opened(browser, app.url) as second:
        for _ in range(3):
            for page, clip in zip((first, second), clips, strict=True):
                clear(page)
                page.set_input_files("#clip input[type=file]", EXAMPLES / f"{clip}.mp3")
            for page, clip, label in zip((first, second), clips, expected, strict=True):
                page.wait_for_selector("#result [data-state]:not([data-state=empty])")
                expect(page.locator("#result .bar-name").first).to_have_text(LABELS.displays[label])
                expect(page.locator(f"a[download='{clip}.csv']")).to_be_visible()


def test_a_clip_that_comes_before_the_page_has_loaded_stays(browser: Browser, app: App) -> None:
    held: list[Route] = []
    with opened(browser, "about:blank", ready=None) as page:
        page.route("**/gradio_api/run/**", lambda route: held.append(route))
        page.goto(app.url)
        upload(page, EXAMPLES / "flute.mp3")
        assert held, "the page asks nothing when it loads"
        for route in held:
            with page.expect_response(route.request.url):
                route.continue_()
        page.wait_for_timeout(500)  # for what the page would do with the answers
        assert state(page) == "found"


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, app: App) -> None:
    with opened(browser, app.url, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        upload(page, EXAMPLES / "ensemble.mp3")
        for table in page.locator(".scroll").all():
            assert table.evaluate("node => node.scrollWidth <= node.clientWidth")
        for tab in (ENGLISH.page.tab_recording, ENGLISH.page.tab_live, ENGLISH.page.tab_files, ENGLISH.page.tab_about):
            open_tab(page, tab)
            assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_dark_page_is_dark(browser: Browser, app: App) -> None:
    def brightness(page: Page) -> float:
        colour = page.evaluate("() => getComputedStyle(document.querySelector('.card')).backgroundColor")
        return float(np.mean([float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]))

    for scheme, dark in (("dark", True), ("light", False)):
        with opened(browser, app.url, color_scheme=scheme) as page:
            upload(page, EXAMPLES / "cello.mp3")
            assert (brightness(page) < 100) == dark


def test_nothing_jumps_while_it_works(page: Page, tmp_path: Path) -> None:
    def places() -> list[float]:
        boxes = [page.locator(place).bounding_box() for place in ("#clip", "#recognise", "#result", ".chips")]
        return [box["y"] for box in boxes if box]

    before = places()
    for clip in (EXAMPLES / "clarinet.mp3", EXAMPLES / "ensemble.mp3", noise(tmp_path)):
        upload(page, clip)
        assert places() == pytest.approx(before, abs=4)


def test_the_keyboard_reaches_everything(page: Page) -> None:
    upload(page, EXAMPLES / "cello.mp3")
    page.locator("body").focus()
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.matches('.plot') ? 'plot' : (e.textContent || e.tagName).trim().slice(0, 40) }"
            )
        )
    assert {"plot", "Recognise", "Violin", "CSV"} <= seen
    assert any(ENGLISH.code.title in name for name in seen)


def test_feedback_is_kept_with_consent_only_and_long_recordings_are_cut(browser: Browser, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    long = write(tmp_path / "long.flac", tone(63.0, 16_000), 16_000)
    with (
        running_app({"FEEDBACK_FOLDER": str(kept), "MAX_MINUTES": "1"}) as app,
        opened(browser, app.url) as page,
    ):
        upload(page, long)
        expect(page.locator("#result .remarks")).to_contain_text("Only the first 1 minutes were analysed")
        upload(page, EXAMPLES / "cello.mp3")
        page.get_by_label(ENGLISH.feedback.wrong, exact=True).check()
        page.get_by_label(ENGLISH.feedback.really).click()
        page.get_by_role("option", name="Violin", exact=True).click()
        page.get_by_role("button", name=ENGLISH.feedback.send).click()
        expect(page.locator("#thanks")).to_contain_text(ENGLISH.feedback.need_consent)
        assert not list(kept.iterdir())
        page.get_by_label(ENGLISH.feedback.consent).check()
        page.get_by_role("button", name=ENGLISH.feedback.send).click()
        expect(page.locator("#thanks")).to_contain_text(ENGLISH.feedback.thanks)
        assert '"label": "violin"' in next(kept.glob("*.json")).read_text(encoding="utf-8")


def test_feedback_is_not_asked_for_by_default(page: Page) -> None:
    expect(page.locator("#feedback")).to_have_count(0)


def test_a_copied_name_is_shown_as_it_is(page: Page, tmp_path: Path) -> None:
    odd = tmp_path / "a & b 'c' (1).mp3"
    shutil.copyfile(EXAMPLES / "flute.mp3", odd)
    upload(page, odd)
    assert state(page) in {"found", "none"}
