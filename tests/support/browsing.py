"""What one does on the page: open it, drop a recording, wait for the answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect

from instrument_model.audio import read_audio
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, ROOT
from tests.support.sounds import write

PATIENCE = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)  # Playwright's own five seconds are too few on a busy machine
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
ANSWER = "#result [data-state]:not([data-state=empty])"

SETTLED = """async () => {
    const drawn = () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const moving = () => document.getAnimations().filter(one =>
        one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime));
    do {
        await drawn();
        await Promise.allSettled(moving().map(one => one.finished));
    } while (moving().length);
}"""


@contextmanager
def opened(
    browser: Browser,
    url: str,
    *,
    microphone: bool = True,
    ready: str | None = "#result [data-state]",
    **context: Any,  # noqa: ANN401
) -> Iterator[Page]:
    """A page of the app in a fresh context, once what `ready` selects is there."""
    permissions = ["microphone"] if microphone else []
    with browser.new_context(viewport=context.pop("viewport", DESKTOP), permissions=permissions, **context) as tab:
        tab.set_default_timeout(PATIENCE)
        page = tab.new_page()
        page.goto(url)
        if ready:
            page.wait_for_selector(ready)
        expect(page.get_by_text("Loading...", exact=True)).to_have_count(0)  # Gradio's, over the page
        yield page


def settle(page: Page) -> None:
    """Waits until the page has been drawn and whatever fades or grows in it has come to its end."""
    page.evaluate(SETTLED)


def upload(page: Page, path: Path) -> None:
    """Gives the page a recording and waits for its answer."""
    clear(page)
    page.set_input_files("#clip input[type=file]", path)
    page.wait_for_selector(ANSWER)


def clear(page: Page) -> None:
    """Takes the recording away, if there is one."""
    button = page.locator("#clip button[aria-label=Clear]")
    if button.count():
        button.click()
        page.wait_for_selector("#result [data-state=empty]")


def state(page: Page) -> str | None:
    """Which kind of answer the card shows."""
    return page.locator("#result [data-state]").get_attribute("data-state")


def headline(page: Page) -> str:
    """The card's headline without the words on trust."""
    return str(page.locator("#result .headline").evaluate("node => node.firstChild.textContent.trim()"))


def open_tab(page: Page, name: str) -> None:
    """Opens a tab, also where a narrow page hides it in a menu."""
    tab = page.get_by_role("tab", name=name, exact=True)
    tab.first.click()
    expect(tab.first).to_have_attribute("aria-selected", "true")


def add_files(page: Page, paths: Sequence[Path]) -> None:
    """Gives the tab for several files these, and waits for its answers."""
    open_tab(page, ENGLISH.page.tab_files)
    page.set_input_files("#files input[type=file] >> nth=0", paths)
    page.wait_for_selector(".files-panel[aria-busy=false]")


def microphone_recording(folder: Path, silence: float = 3.0) -> Path:
    """What Chromium plays as a microphone, over and over: so many seconds of silence, then a violin."""
    violin = read_audio(EXAMPLES / "violin.mp3", 48_000)
    samples = np.concatenate([np.zeros(round(silence * 48_000), np.float32), violin])
    return write(folder / "microphone.wav", samples, 48_000)


def microphone_flags(recording: Path) -> list[str]:
    """Chromium's flags for that."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={recording}"]


def noise(folder: Path) -> Path:
    """Three seconds of white noise: none of the ten."""
    samples = np.random.default_rng(0).normal(0, 0.1, 96_000).astype(np.float32)
    return write(folder / "noise.wav", samples, 32_000)
