"""What the card offers besides the answer: the file's name, sounds to compare, a link, its place on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App
from tests.support.browsing import PHONE, noise, opened, upload
from tests.support.sounds import beat

pytestmark = pytest.mark.slow

COUNT = """() => {
    window.sounds = [];
    const original = window.Audio;
    window.Audio = function (source) { window.sounds.push(new original(source)); return window.sounds.at(-1) };
}"""


def test_the_card_names_the_file(page: Page, tmp_path: Path) -> None:
    odd = tmp_path / "My <b>cello & I.mp3"
    odd.write_bytes((EXAMPLES / "cello.mp3").read_bytes())
    upload(page, odd)
    expect(page.locator("#result .file")).to_contain_text("I.mp3")
    expect(page.locator("#result b")).to_have_count(0)
    page.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#result .kicker")).to_contain_text("From 0:")
    expect(page.locator("#result .file")).to_contain_text("I.mp3")


def test_the_examples_of_answer_and_rival_play_one_at_a_time(page: Page) -> None:
    upload(page, EXAMPLES / "cello.mp3")
    page.evaluate(COUNT)
    answer, rival = page.locator("[data-hear]").all()
    expect(answer).to_have_text("Cello")
    expect(rival).to_have_text(page.locator("#result .bar-name").nth(1).inner_text())
    answer.click()
    page.wait_for_function("() => window.sounds[0].currentTime > 0.1")
    rival.click()
    page.wait_for_function("() => window.sounds[1].currentTime > 0.1 && window.sounds[0].paused")
    expect(rival).to_have_attribute("aria-pressed", "true")
    expect(answer).to_have_attribute("aria-pressed", "false")
    rival.click()
    page.wait_for_function("() => window.sounds[1].paused")
    expect(rival).to_have_attribute("aria-pressed", "false")


def test_the_comparison_follows_the_instrument_that_is_named(page: Page) -> None:
    def named() -> list[str]:
        answer = page.locator("#result .headline span").first.inner_text()
        others = [name for name in page.locator("#result .bar-name").all_inner_texts() if name != answer]
        return [answer, others[0]]

    upload(page, EXAMPLES / "ensemble.mp3")
    whole = page.locator("[data-hear]").all_inner_texts()
    assert whole == named()
    page.evaluate(COUNT)
    page.locator("[data-hear]").first.click()
    page.wait_for_function("() => window.sounds[0].currentTime > 0.1")
    page.locator(".sensitivity label", has_text="Sensitive").click()
    assert page.locator("[data-hear]").all_inner_texts() == named()
    compared = set()
    page.locator(".plot").focus()
    for _ in range(20):
        page.keyboard.press("Shift+ArrowRight")
        expect(page.locator("#result .card[data-exact=true]")).to_be_visible()
        if page.locator("#result [data-state=found]").count():
            assert page.locator("[data-hear]").all_inner_texts() == named()
            compared.add(tuple(named()))
    assert compared - {tuple(whole)}, "the same is named everywhere in this recording"
    page.keyboard.press("Escape")
    assert page.locator("[data-hear]").all_inner_texts() == whole


def test_an_example_ends_when_the_recording_is_played(page: Page) -> None:
    upload(page, EXAMPLES / "cello.mp3")
    page.evaluate(COUNT)
    page.locator("[data-hear]").first.click()
    page.wait_for_function("() => window.sounds[0].currentTime > 0.1")
    page.locator("[data-seek]").first.click()
    page.wait_for_function("() => window.sounds[0].paused && !document.querySelector('#clip audio').paused")


def test_the_card_keeps_remarks_and_model_when_a_part_is_selected(page: Page, tmp_path: Path) -> None:
    upload(page, noise(tmp_path))
    kept = [page.locator(f"#result .{name}").inner_text() for name in ("remarks", "answered", "explanation")]
    assert kept[2] == ENGLISH.card.none_text
    page.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#result .kicker")).to_contain_text("From 0:")
    assert kept == [page.locator(f"#result .{name}").inner_text() for name in ("remarks", "answered", "explanation")]


def test_none_comes_with_what_it_resembles(page: Page, tmp_path: Path) -> None:
    upload(page, beat(tmp_path))
    hint = page.locator("#result .resembles")
    expect(hint).to_contain_text(re.compile(r"^It resembles: .*drum.* \(only a hint\)$"))
    page.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#result .card[data-exact=true]")).to_be_visible()
    expect(hint).to_contain_text("It resembles: ")  # of the part, asked of the server
    upload(page, EXAMPLES / "cello.mp3")
    expect(hint).to_be_hidden()


def test_the_link_to_an_example_is_what_is_copied(browser: Browser, app: App) -> None:
    with opened(browser, app.url) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        upload(page, EXAMPLES / "violin.mp3")
        link = page.get_by_role("link", name=ENGLISH.timeline.copy_link)
        link.click()
        expect(page.locator("[data-link]")).to_have_text(ENGLISH.timeline.copied)
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied == page.locator("[data-link]").evaluate("link => link.href") == f"{app.url}/?example=violin"
        page.goto(copied)
        expect(page.locator("#result .file")).to_have_text("violin.mp3")


def test_a_phone_shows_the_answer_above_the_fold(browser: Browser, app: App) -> None:
    with opened(browser, app.url, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        upload(page, EXAMPLES / "ensemble.mp3")
        last = page.locator("#result .bar").last.bounding_box()
        assert last
        assert page.evaluate("() => scrollY") == 0
        assert last["y"] + last["height"] < PHONE["height"]
