"""A browser for each file of tests, and a fresh page for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.app_server import App, running_browser
from tests.support.browsing import PATIENCE, opened

expect.set_options(timeout=PATIENCE)  # on a busy machine, an answer takes longer than Playwright's five seconds


@pytest.fixture(name="browser", scope="module")
def fixture_browser() -> Iterator[Browser]:
    """Chromium."""
    with running_browser() as running:
        yield running


@pytest.fixture(name="page")
def fixture_page(browser: Browser, app: App) -> Iterator[Page]:
    """The app's page."""
    with opened(browser, app.url) as page:
        yield page
