"""Every state of the page in every language, on a phone: nothing is cut off, too wide, or still English."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH, LANGUAGES, Texts
from tests.interface.browser.test_accessibility import problems
from tests.support.app_server import EXAMPLES, App, running_app, running_browser
from tests.support.browsing import ANSWER, PHONE, microphone_flags, microphone_recording, open_tab, opened, settle

LOCALES = {"en": "en-GB", "de": "de-AT", "fr": "fr-CA", "es": "es-MX", "it": "it-CH", "ja": "ja-JP"}
CLEAR = "#clip .icon-button"

SAME = re.compile(
    r"[\W\d_]*|[\d.]+s|\d.* kHz|.*\.(mp3|wav)|sha256 .*|WAV|CSV|JSON|Hz|[\d,.]+k|API|MCP|Python|JavaScript|"
    r"curl|[−\d]+ s|Fake .*|English|Live|Trio|Piano|Saxophone|Instrument|Silence|Pause|Error"
)
"""What is the same in several languages; `tests/interface/strings` says in which."""

TEXTS = """() => {
  const found = new Set(), hidden = 'script, style, pre, code, #about, #language, .file-details audio';
  const shown = (node) => node.checkVisibility() && !node.closest(hidden);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); )
    if (node.data.trim() && shown(node.parentElement)) found.add(node.data.trim());
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (node.getAttribute(name) && shown(node)) found.add(node.getAttribute(name).trim());
  return [...found];
}"""

CUT_OFF = """() => {
  const wrong = [], exempt = '.sr-only, .file, .name, .scroll, pre, #about, select, .lane, .ticks, .spectrum';
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} wide`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const inside = node.parentElement;
    if (!node.data.trim() || !inside.checkVisibility() || inside.closest(exempt)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (!text.width) continue;
    const within = inside.closest('button, label, th, td, li, .card, .live-button') ?? document.body;
    const box = within.getBoundingClientRect(), edge = Math.min(box.right, innerWidth) + 1;
    const clips = (node) => getComputedStyle(node).overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1;
    if (text.right > edge || text.left < Math.max(box.left, 0) - 1 || clips(inside) || clips(within))
      wrong.push(`${node.data.trim()} (${[text.left, text.right, box.left, box.right].map(Math.round)})`);
  }
  return wrong;
}"""


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


def give(page: Page, clip: Path) -> None:
    """Gives the page a recording, in any language."""
    if page.locator(CLEAR).count():
        page.locator(CLEAR).first.click()
        page.wait_for_selector("#result [data-state=empty]")
    page.set_input_files("#clip input[type=file]", clip)
    page.wait_for_selector(ANSWER)
    settle(page)  # bars grow


def states(page: Page, texts: Texts, broken: Path) -> Iterator[str]:
    """Brings the page into one state after the other."""
    yield "empty"
    give(page, EXAMPLES / "ensemble.mp3")
    page.wait_for_selector(".stretches tbody tr")
    page.locator("summary").click()
    page.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_label(texts.feedback.wrong, exact=True).check()
    page.locator("#feedback > button").click()
    page.wait_for_selector("#thanks .alarm")
    yield "result"
    give(page, broken)
    page.wait_for_selector("[data-state=error]")
    yield "error"
    open_tab(page, texts.page.tab_live)
    page.locator(".live-button").click()
    page.wait_for_selector(".live-bars .on")
    yield "live"
    page.locator(".live-button").click()
    expect(page.locator(".live-now")).to_have_text(texts.live.idle)
    open_tab(page, texts.page.tab_files)
    page.set_input_files("#files input[type=file] >> nth=0", [EXAMPLES / "organ.mp3", broken])
    page.wait_for_selector(".files-panel[aria-busy=false] tbody tr:nth-child(2)")
    page.get_by_role("button", name="organ.mp3").click()
    page.wait_for_selector(".file-details .stretches tbody tr")
    yield "files"
    open_tab(page, texts.page.tab_about)
    yield "about"


@pytest.fixture(name="broken", scope="module")
def fixture_broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    broken = tmp_path_factory.mktemp("broken") / "not music.mp3"
    broken.write_text("These are words.")
    return broken


@pytest.fixture(name="english", scope="module")
def fixture_english(browser: Browser, app: App, broken: Path) -> dict[str, set[str]]:
    """All texts of the English page, state by state."""
    with opened(browser, app.url, locale="en-GB", viewport=PHONE) as page:
        return {state: set(page.evaluate(TEXTS)) for state in states(page, ENGLISH, broken)}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=lambda texts: texts.language)
def test_nothing_is_cut_off_or_still_english(
    browser: Browser, app: App, broken: Path, english: dict[str, set[str]], texts: Texts, scheme: str
) -> None:
    wrong = {}
    with opened(browser, app.url, locale=LOCALES[texts.language], viewport=PHONE, color_scheme=scheme) as page:
        assert page.locator("html").get_attribute("lang") == texts.language
        assert page.title() == texts.page.title
        page.evaluate("document.fonts.ready")
        visible = page.locator('[role="tab"]:visible').all_inner_texts()
        assert len(visible) == 4, "the names of the tabs are too long together"
        for state in states(page, texts, broken):
            found = {text for text in page.evaluate(TEXTS) if not SAME.fullmatch(text)}
            kept = (found & english[state]) if texts is not ENGLISH else set()
            if bad := [*sorted(kept), *page.evaluate(CUT_OFF)]:
                wrong[state] = bad
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "ja"])
def test_no_state_has_a_serious_problem(browser: Browser, app: App, broken: Path, language: str) -> None:
    with opened(browser, app.url, locale=language, viewport=PHONE) as page:
        assert {state: found for state in states(page, LANGUAGES[language], broken) if (found := problems(page))} == {}


@pytest.mark.slow
def test_two_visitors_at_once_have_their_own_languages(browser: Browser, app: App, broken: Path) -> None:
    codes = ("de", "ja", "fr")
    with (
        opened(browser, app.url, locale="de-DE") as german,
        opened(browser, app.url, locale="ja-JP") as japanese,
        opened(browser, f"{app.url}/?lang=fr", locale="ja-JP") as french,
    ):
        pages = dict(zip(codes, (german, japanese, french), strict=True))
        for page in pages.values():
            page.set_input_files("#clip input[type=file]", EXAMPLES / "cello.mp3")
        for code, page in pages.items():
            expect(page.locator("#result .headline span").first).to_have_text(LANGUAGES[code].instruments["cello"])
            expect(page.locator(".all td").first).to_have_text(LANGUAGES[code].instruments["cello"])
        for page in pages.values():
            page.locator(CLEAR).first.click()
            page.wait_for_selector("#result [data-state=empty]")
            page.set_input_files("#clip input[type=file]", broken)
        for code, page in pages.items():
            expect(page.locator("#result .explanation")).to_have_text(
                LANGUAGES[code].errors.file_no_sound.format(name="not music.mp3")
            )


@pytest.mark.slow
def test_what_the_server_refuses_is_said_in_the_visitors_language(browser: Browser, app: App) -> None:
    german = LANGUAGES["de"]
    with opened(browser, app.url, locale="de-DE") as page:
        sentence = ENGLISH.errors.upload_no_room
        page.route("**/gradio_api/upload*", lambda route: route.fulfill(status=507, body=sentence))
        open_tab(page, german.page.tab_files)
        page.set_input_files("#files input[type=file] >> nth=0", [EXAMPLES / "organ.mp3"])
        expect(page.locator(".files-top .alarm")).to_have_text(german.errors.upload_no_room)
        page.unroute("**/gradio_api/upload*")
        open_tab(page, german.page.tab_recording)
        for refusal, sentence in (
            (lambda route: route.fulfill(status=503, json={"detail": ENGLISH.errors.busy}), german.errors.busy),
            (lambda route: route.abort(), german.card.error_lost),
        ):
            page.route("**/gradio_api/queue/join*", refusal)
            page.set_input_files("#clip input[type=file]", EXAMPLES / "organ.mp3")
            card = page.locator("#result [data-state=error]")
            expect(card.locator(".explanation")).to_have_text(sentence)
            expect(page.locator("#result .wrap .error")).to_be_hidden()  # Gradio's own word, over the card
            page.unroute("**/gradio_api/queue/join*")
            card.get_by_role("button", name=german.card.error_again).click()
            expect(page.locator("#result .headline span").first).to_have_text(german.instruments["organ"])
            page.locator(CLEAR).first.click()
            page.wait_for_selector("#result [data-state=empty]")
