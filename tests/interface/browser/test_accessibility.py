"""The accessibility scanner axe on every state of the page, in light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App
from tests.support.browsing import AXE, PHONE, add_files, noise, open_tab, opened, settle, upload

pytestmark = pytest.mark.slow


def problems(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    settle(page)  # colours that are still fading have the wrong contrast
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_page_has_a_serious_problem(browser: Browser, app: App, tmp_path: Path, scheme: str) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_text("no sound")
    with opened(browser, app.url, color_scheme=scheme) as page:
        assert problems(page) == []
        for clip in (EXAMPLES / "violin.mp3", noise(tmp_path), broken):
            upload(page, clip)
            if page.locator("summary").count():
                page.locator("summary").click()
            assert problems(page) == []
        open_tab(page, ENGLISH.page.tab_live)
        assert problems(page) == []
        add_files(page, [EXAMPLES / "cello.mp3", broken])
        assert problems(page) == []
        page.get_by_role("button", name="cello.mp3").click()
        page.wait_for_selector(".file-details .lane")
        assert problems(page) == []
        open_tab(page, ENGLISH.page.tab_about)
        assert problems(page) == []


def test_a_phone_has_no_serious_problem(browser: Browser, app: App) -> None:
    with opened(browser, app.url, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        upload(page, EXAMPLES / "violin.mp3")
        assert problems(page) == []
