"""Whose pages may use the app: asked for by other names and from other sites, as browsers would."""

from collections.abc import Iterator

import httpx
import pytest

from instrument_model.errors import InstrumentModelError
from interface.server.middleware.hosts import Hosts, is_loopback
from interface.strings import programs
from tests.support.app_server import NO_TLS, App, running_app

pytestmark = pytest.mark.slow

REBOUND = {"Host": "evil.example"}
FOREIGN = {"Origin": "https://evil.example"}
ROUTES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("GET", "/", {}),
    ("GET", "/config", {}),
    ("GET", "/gradio_api/info", {}),
    ("POST", "/gradio_api/upload", {"files": {"files": ("clip.wav", b"sound")}}),
    ("POST", "/gradio_api/call/predict", {"json": {"data": [None]}}),
    ("POST", "/gradio_api/mcp/", {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}}),
    ("OPTIONS", "/gradio_api/upload", {}),
)
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module", name="named")
def fixture_named() -> Iterator[App]:
    """An app for everybody that answers to one name and to those below another."""
    with running_app({"GRADIO_SERVER_NAME": "0.0.0.0", "ALLOWED_HOSTS": "music.example.org, *.example.net"}) as app:  # noqa: S104
        yield app


def ask(app: App, method: str, path: str, headers: dict[str, str], **content: object) -> httpx.Response:
    return httpx.request(method, app.url + path, headers={**MCP, **headers}, timeout=60, **content, verify=NO_TLS)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "path", "content"), ROUTES)
def test_another_site_may_not_use_an_app_on_this_computer(
    app: App, method: str, path: str, content: dict[str, object]
) -> None:
    rebound = ask(app, method, path, REBOUND, **content)
    assert (rebound.status_code, rebound.json()["detail"]) == (403, programs.HOST_UNKNOWN)
    for headers in (FOREIGN, {"Origin": "null"}, {"Origin": "http://6.6.6.6"}, {"Sec-Fetch-Site": "cross-site"}):
        foreign = ask(app, method, path, headers, **content)
        assert (foreign.status_code, foreign.json()["detail"]) == (403, programs.ORIGIN_FOREIGN)
        assert "access-control-allow-origin" not in foreign.headers
        assert foreign.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "{url}"},
        {"Host": "localhost", "Origin": "http://localhost:3000"},
        {"Host": "[::1]:7860"},
        {"Host": "192.168.1.5:7860", "Origin": "http://192.168.1.5:7860"},
        {"X-Forwarded-Host": "music.example.org", "X-Forwarded-Proto": "https", "Origin": "https://music.example.org"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_its_own_page_its_proxy_and_links_to_it_may(app: App, headers: dict[str, str]) -> None:
    sent = {name: value.format(url=app.url) for name, value in headers.items()}
    assert ask(app, "GET", "/config", sent).status_code == 200


def test_a_setting_names_the_hosts_of_other_apps(named: App) -> None:
    for name in ("music.example.org", "music.example.org:443", "a.example.net", "127.0.0.1", "10.1.2.3:7860"):
        assert ask(named, "GET", "/config", {"Host": name}).status_code == 200, name
    for name in ("evil.example", "example.net", "music.example.org.evil.example"):
        assert ask(named, "GET", "/config", {"Host": name}).status_code == 403, name
    for origin in ("https://music.example.org", "https://a.example.net", "https://b.example.net:8443"):
        assert ask(named, "GET", "/config", {"Host": "a.example.net", "Origin": origin}).status_code == 200, origin
    assert ask(named, "GET", "/config", {"Host": "a.example.net", **FOREIGN}).status_code == 403


def test_an_app_for_everybody_answers_to_every_name() -> None:
    for environment in ({"GRADIO_SERVER_NAME": "0.0.0.0"}, {"ALLOWED_HOSTS": "*"}):  # noqa: S104
        assert not Hosts.from_environment(environment).checked
    for name in ("", "127.0.0.1", "localhost", "::1", "[::1]"):
        assert Hosts.from_environment({"GRADIO_SERVER_NAME": name}).checked


@pytest.mark.parametrize("entry", ["https://a.example", "a.example:443", "a b", "a.*", "-a.example", 64 * "a"])
def test_a_setting_that_is_no_name_is_told(entry: str) -> None:
    with pytest.raises(InstrumentModelError, match="ALLOWED_HOSTS names"):
        Hosts.from_environment({"ALLOWED_HOSTS": f"music.example.org,{entry}"})


@pytest.mark.parametrize("host", ["a b", "[::", "localhost:99999", "localhost:x", "user@localhost", 300 * "a"])
def test_what_is_no_host_name_is_refused(app: App, host: str) -> None:
    for header in ("Host", "X-Forwarded-Host"):
        answer = ask(app, "GET", "/config", {header: host})
        assert (answer.status_code, answer.json()["detail"]) == (400, programs.HOST_UNREADABLE)


def test_no_visitor_tells_the_others_where_the_app_is(app: App) -> None:
    ask(app, "GET", "/gradio_api/info", {"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in ask(app, "GET", "/gradio_api/info", {}).text


def test_loopback() -> None:
    for name in ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        assert is_loopback(name), name
    for name in ("", "0.0.0.0", "localhost.evil.example", "evil.example", "128.0.0.1", "::"):  # noqa: S104
        assert not is_loopback(name), name


def test_the_host_says_whose_pages_may_show_the_app() -> None:
    def policy(setting: str) -> str:
        return Hosts.from_environment({"FRAME_ANCESTORS": setting}).frame_ancestors

    assert policy("") == "frame-ancestors 'self' https://huggingface.co"
    assert policy("Blog.example.org, *.example.net").endswith("huggingface.co blog.example.org *.example.net")
    assert policy("*") == "frame-ancestors *"
    for entry in ("https://blog.example.org", "blog.example.org; script-src *", "a b", "'none'"):
        with pytest.raises(InstrumentModelError, match="FRAME_ANCESTORS"):
            policy(entry)


def test_a_page_that_is_allowed_shows_the_app_in_a_frame() -> None:
    with running_app({"FRAME_ANCESTORS": "blog.example.org"}) as app:
        policies = [
            httpx.get(app.url + path, timeout=60, verify=NO_TLS).headers["content-security-policy"]
            for path in ("/", "/x")
        ]
    assert all("blog.example.org;" in policy for policy in policies)


def test_the_app_has_an_icon_of_its_own(app: App) -> None:
    icon = httpx.get(f"{app.url}/favicon.ico", timeout=60, verify=NO_TLS)
    assert icon.headers["content-type"].startswith("image/svg")
    assert icon.text.startswith("<svg")
