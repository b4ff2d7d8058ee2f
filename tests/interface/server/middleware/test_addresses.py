"""Addresses and paths instead of uploads: nothing is fetched, and nothing else is read."""

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from interface.strings import ENGLISH, programs
from tests.support.app_server import EXAMPLES, NO_TLS, ROOT, App
from tests.support.strangers import MARK, ask, mcp, sentence, upload

pytestmark = pytest.mark.slow


@pytest.fixture(name="visits")
def fixture_visits() -> Iterator[tuple[int, list[str]]]:
    """(port, paths that were asked for) of a server on this machine that nobody outside may reach."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((EXAMPLES / "cello.mp3").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


HOSTS = (
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "2130706433",
    "0x7f.1",
    "0.0.0.0",  # noqa: S104 - an address like the others
    "user@127.0.0.1",
    "huggingface.co@127.0.0.1",
    "127.0.0.1.nip.io",
)


@pytest.mark.parametrize("host", HOSTS)
def test_no_address_is_fetched(app: App, visits: tuple[int, list[str]], host: str) -> None:
    port, asked = visits
    url = f"http://{host}:{port}/clip.mp3"
    for data in ({"path": url}, {"path": url, "url": url}, {"path": "clip.mp3", "url": url}):
        assert sentence(ask(app, {**data, "meta": MARK})) in (programs.API_NO_ADDRESS, ENGLISH.errors.not_uploaded)
    for route in (f"file={url}", f"file/{url}", f"file=%68ttp://{host}:{port}/", f"file=HTTP://{host}", f"proxy={url}"):
        assert httpx.get(f"{app.url}/gradio_api/{route}", timeout=60, verify=NO_TLS).status_code in (403, 404)
    assert asked == []


def test_no_address_is_fetched_for_an_assistant(app: App, visits: tuple[int, list[str]]) -> None:
    port, asked = visits
    for address in (
        f"http://127.0.0.1:{port}/clip.mp3",
        "http://169.254.169.254/latest/meta-data",
        "https://a.invalid",
    ):
        assert mcp(app, address) == (True, programs.API_NO_ADDRESS)
    assert asked == []


def test_the_address_of_an_upload_is_the_upload(app: App) -> None:
    path = upload(app, (EXAMPLES / "cello.mp3").read_bytes())
    failed, text = mcp(app, f"{app.url}/gradio_api/file={path}")
    assert not failed
    assert "cello" in text
    failed, text = mcp(app, f"{app.url}/gradio_api/file=/etc/passwd")
    assert (failed, text) == (True, ENGLISH.errors.not_uploaded)


def test_nothing_outside_the_uploads_is_analysed_or_served(app: App) -> None:
    own = Path(upload(app, (EXAMPLES / "violin.mp3").read_bytes()))
    link = own.with_name("link.mp3")
    link.symlink_to(ROOT / "weights" / "config.json")
    paths = [
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "app.py",
        f"{own.parent}/../../log",
        f"{own.parent}/../../../../etc/passwd",
        str(link),
        str(EXAMPLES / "score.py"),
        "file:///etc/passwd",
        "data:audio/wav;base64,AAAA",
        "cello\0.mp3",
        "",
    ]
    for path in paths:
        for data in ({"path": path}, {"path": path, "is_stream": True}, {"path": path, "url": f"{app.url}/{path}"}):
            said = sentence(ask(app, {**data, "meta": MARK}))
            assert said == ENGLISH.errors.not_uploaded, path
        if path and "\0" not in path:
            assert httpx.get(f"{app.url}/gradio_api/file={path}", timeout=60, verify=NO_TLS).status_code in (
                403,
                404,
            ), path
    link.unlink()
    assert httpx.get(f"{app.url}/gradio_api/file={own}", timeout=60, verify=NO_TLS).status_code == 200


@pytest.mark.parametrize("value", [5, "/etc/passwd", {"path": "/etc/passwd"}, {"path": None, "meta": MARK}, [], True])
def test_what_is_no_file_gets_one_sentence(app: App, value: object) -> None:
    said = sentence(ask(app, value))
    assert said in (ENGLISH.errors.not_uploaded, programs.API_NO_FILE.replace('"', "&quot;"))


def test_a_recording_for_an_assistant_does_not_stay(app: App) -> None:
    before = set(app.uploads.rglob("*"))
    clip = (EXAMPLES / "organ.mp3").read_bytes()
    failed, text = mcp(app, f"data:audio/mpeg;base64,{base64.b64encode(clip).decode()}")
    assert not failed
    assert "organ" in text
    kept = {path for path in set(app.uploads.rglob("*")) - before if path.is_file()}
    assert kept, "where the sweeper sees it"
