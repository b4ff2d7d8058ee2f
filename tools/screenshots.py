"""Takes a picture of each state of the page: `python -m tools.screenshots FOLDER` (or `make screenshots`)."""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, ROOT, App, running_app, running_browser
from tests.support.browsing import (
    DESKTOP,
    PHONE,
    add_files,
    microphone_flags,
    microphone_recording,
    noise,
    open_tab,
    opened,
    upload,
)
from tests.support.sounds import write

LOOKS: dict[str, dict[str, Any]] = {
    "desktop-light": {"viewport": DESKTOP, "color_scheme": "light"},
    "desktop-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone-light": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}
README_LOOK, README_STATE = "desktop-light", "4-trio"


def states(folder: Path) -> dict[str, Callable[[Page], object]]:
    """How to bring the page into each state, in an order that works on one page."""
    broken, silence = folder / "not music.mp3", folder / "silence.wav"
    broken.write_text("These are words and not sounds.")
    write(silence, np.zeros(96_000, np.float32), 32_000)

    def code(page: Page) -> None:
        page.locator("summary").click()
        page.locator("summary").scroll_into_view_if_needed()

    def files(page: Page) -> None:
        add_files(page, [*sorted(EXAMPLES.glob("*.mp3"))[:5], broken])

    def row(page: Page) -> None:
        page.get_by_role("button", name="clarinet.mp3").click()
        page.wait_for_selector(".file-details .lane")

    def live(page: Page) -> None:
        open_tab(page, ENGLISH.page.tab_live)
        page.get_by_role("button", name=ENGLISH.live.start).click()
        page.wait_for_selector("#live .bar.on")
        page.wait_for_timeout(1500)

    return {
        "1-empty": lambda page: page.wait_for_timeout(500),
        "2-result": lambda page: upload(page, EXAMPLES / "cello.mp3"),
        "3-code": code,
        "4-trio": lambda page: upload(page, EXAMPLES / "ensemble.mp3"),
        "5-none": lambda page: upload(page, noise(folder)),
        "6-silent": lambda page: upload(page, silence),
        "7-error": lambda page: upload(page, broken),
        "8-files": files,
        "8-row": row,
        "9-live": live,
        "10-accuracy": lambda page: open_tab(page, ENGLISH.page.tab_about),
    }


def feedback(page: Page) -> None:
    """Return the form that is shown where feedback is kept, half filled in."""
    upload(page, EXAMPLES / "violin.mp3")
    page.get_by_label(ENGLISH.feedback.wrong, exact=True).check()
    page.get_by_label(ENGLISH.feedback.really).wait_for()
    page.get_by_role("button", name=ENGLISH.feedback.send).click()
    page.locator("#thanks p").wait_for()


def photograph(
    browser: Browser, app: App, look: str, out: Path, arrangements: Mapping[str, Callable[[Page], object]]
) -> None:
    """All states in one look."""
    with opened(browser, app.url, **LOOKS[look]) as page:
        for name, arrange in arrangements.items():
            arrange(page)
            page.wait_for_timeout(900)  # until bars have grown
            page.screenshot(path=out / f"{look}-{name}.png", full_page=True)
            print(out / f"{look}-{name}.png")


def readme_picture(source: Path, target: Path) -> None:
    """Write a screenshot with all its colours, as small as WebP makes it without loss."""
    Image.open(source).convert("RGB").save(target, lossless=True, method=6)
    print(target, f"{target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="FOLDER")
    parser.add_argument("--readme", action="store_true", help="only make docs/screenshot.webp anew")
    parser.add_argument("--look", choices=LOOKS, action="append", help="only this look; may be repeated")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        flags = microphone_flags(microphone_recording(folder))
        with running_app() as app, running_browser(flags) as browser:
            if options.readme:
                photograph(browser, app, README_LOOK, options.out, {README_STATE: states(folder)[README_STATE]})
                readme_picture(options.out / f"{README_LOOK}-{README_STATE}.png", ROOT / "docs" / "screenshot.webp")
                return
            for look in options.look or LOOKS:
                photograph(browser, app, look, options.out, states(folder))
        with running_app({"FEEDBACK_FOLDER": str(folder / "kept")}) as app, running_browser() as browser:
            for look in options.look or LOOKS:
                photograph(browser, app, look, options.out, {"11-feedback": feedback})


if __name__ == "__main__":
    main()
