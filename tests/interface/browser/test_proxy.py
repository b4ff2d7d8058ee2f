"""The app below a path, behind a proxy that keeps the path and behind one that strips it."""

from collections.abc import Iterator

import httpx
import pytest
from gradio_client import handle_file
from playwright.sync_api import Browser

from tests.support.app_server import EXAMPLES, NO_TLS, App, running_app
from tests.support.browsing import headline, opened, upload
from tests.support.reverse_proxy import reverse_proxy
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app({"GRADIO_ROOT_PATH": "/music"}) as running:
        yield running


@pytest.fixture(params=["keeps", "strips"])
def site(request: pytest.FixtureRequest, app: App) -> Iterator[str]:
    """The address that visitors know."""
    with reverse_proxy(app.url, "/music", keeps=request.param == "keeps") as url:
        yield url


def test_the_page(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/") as page:
        failed: list[str] = []
        page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
        upload(page, EXAMPLES / "cello.mp3")
        assert headline(page) == "Cello"
        assert f'Client("{site}")' in str(page.locator(".snippet pre").first.text_content())
        with page.expect_download() as download:  # by the page's own call of the API
            page.locator("[data-excerpt]").first.click()
        assert download.value.suggested_filename.endswith(".wav")
        assert str(page.locator("#clip audio").get_attribute("src")).startswith(f"{site}/gradio_api/file=")
        assert failed == []


def test_programs(site: str) -> None:
    client = patient_client(f"{site}/")
    assert client.predict(handle_file(EXAMPLES / "violin.mp3"), api_name="/predict")["instrument"] == "violin"


@pytest.mark.parametrize("slash", ["", "/"])
def test_assistants_are_not_sent_to_an_address_inside(site: str, slash: str) -> None:
    headers = {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{site}/gradio_api/mcp{slash}", json=INITIALIZE, headers=headers, timeout=60, verify=NO_TLS)
    assert answer.status_code == 200
    assert "serverInfo" in answer.text
