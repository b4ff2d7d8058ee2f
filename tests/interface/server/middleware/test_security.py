"""What strangers may ask of the app, and what it keeps of them: tried from outside, against the real server."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from interface import strings
from interface.server.cleanup import Sweeper
from interface.server.limits import MB
from interface.server.uploads import SETTING, UploadFolder
from tests.support.app_server import EXAMPLES, HANG_SECONDS, ROOT, App, running_app

pytestmark = pytest.mark.slow

SECRET = "hf_" + "S3cretS3cretS3cret"
MARK = {"_type": "gradio.FileData"}
SMALL = {"UPLOAD_MB": "2", "UPLOADS_MB": "8", "MAX_FILES": "3", "CONNECTIONS": "8", "HF_TOKEN": SECRET}


@pytest.fixture(scope="module", name="small")
def fixture_small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with narrow limits that knows a secret."""
    feedback = tmp_path_factory.mktemp("feedback")
    settings = {**SMALL, "FEEDBACK_FOLDER": str(feedback), "FEEDBACK_DATASET": "nobody/nothing"}
    with running_app(settings) as running:
        yield running


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


def upload(app: App, content: bytes, name: str = "clip.mp3") -> str:
    response = httpx.post(f"{app.url}/gradio_api/upload", files={"files": (name, content)}, timeout=60)
    assert response.status_code == 200, response.text
    (path,) = response.json()
    return str(path)


def ask(app: App, value: Any) -> str:  # noqa: ANN401 - whatever a stranger sends
    """What `/predict` answers, as the text of its events."""
    joined = httpx.post(f"{app.url}/gradio_api/call/predict", json={"data": [value]}, timeout=60)
    assert joined.status_code == 200
    return httpx.get(f"{app.url}/gradio_api/call/predict/{joined.json()['event_id']}", timeout=60).text


def sentence(answer: str) -> str:
    """The error in the text of events."""
    assert "event: error" in answer, answer
    return str(json.loads(answer.split("data: ", 1)[1].splitlines()[0])["error"])


async def ask_tool(app: App, audio: str) -> tuple[bool, str]:
    """(whether it failed, the text) of what the MCP tool answers."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        streamable_http_client(f"{app.url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        name = next(tool.name for tool in (await session.list_tools()).tools if tool.name.endswith("predict"))
        answer = await session.call_tool(name, {"audio": audio})
        return answer.isError, answer.content[0].text  # type: ignore[union-attr]


def mcp(app: App, audio: str) -> tuple[bool, str]:
    with ThreadPoolExecutor() as threads:  # a loop of its own
        return threads.submit(asyncio.run, ask_tool(app, audio)).result(timeout=HANG_SECONDS)


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
        assert sentence(ask(app, {**data, "meta": MARK})) in (strings.API_NO_ADDRESS, strings.API_NOT_UPLOADED)
    for route in (f"file={url}", f"file/{url}", f"file=%68ttp://{host}:{port}/", f"file=HTTP://{host}", f"proxy={url}"):
        assert httpx.get(f"{app.url}/gradio_api/{route}", timeout=60).status_code in (403, 404)
    assert asked == []


def test_no_address_is_fetched_for_an_assistant(app: App, visits: tuple[int, list[str]]) -> None:
    port, asked = visits
    for address in (
        f"http://127.0.0.1:{port}/clip.mp3",
        "http://169.254.169.254/latest/meta-data",
        "https://a.invalid",
    ):
        assert mcp(app, address) == (True, strings.API_NO_ADDRESS)
    assert asked == []


def test_the_address_of_an_upload_is_the_upload(app: App) -> None:
    path = upload(app, (EXAMPLES / "cello.mp3").read_bytes())
    failed, text = mcp(app, f"{app.url}/gradio_api/file={path}")
    assert not failed
    assert "cello" in text
    failed, text = mcp(app, f"{app.url}/gradio_api/file=/etc/passwd")
    assert (failed, text) == (True, strings.API_NOT_UPLOADED)


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
            assert said == strings.API_NOT_UPLOADED, path
        if path and "\0" not in path:
            assert httpx.get(f"{app.url}/gradio_api/file={path}", timeout=60).status_code in (403, 404), path
    link.unlink()
    assert httpx.get(f"{app.url}/gradio_api/file={own}", timeout=60).status_code == 200


@pytest.mark.parametrize("value", [5, "/etc/passwd", {"path": "/etc/passwd"}, {"path": None, "meta": MARK}, [], True])
def test_what_is_no_file_gets_one_sentence(app: App, value: object) -> None:
    said = sentence(ask(app, value))
    assert said in (strings.API_NOT_UPLOADED, strings.API_NO_FILE.replace('"', "&quot;"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/api/predict"),
        ("POST", "/gradio_api/run-history/connect"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/login"),
        ("GET", "/gradio_api/run-history/buckets"),
        ("GET", "/gradio_api/deep_link?session_hash=x"),
        ("GET", "/gradio_api/token"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/runs"),
        ("GET", "/docs"),
    ],
)
def test_what_the_app_does_not_need_is_shut(app: App, method: str, path: str) -> None:
    assert httpx.request(method, app.url + path, timeout=60).status_code == 404


def test_the_queue_cannot_be_skipped(app: App) -> None:
    data = {"data": [{"path": upload(app, b"x"), "meta": MARK}]}
    assert httpx.post(f"{app.url}/gradio_api/run/predict", json=data, timeout=60).status_code == 404


def test_headers(app: App) -> None:
    path = upload(app, b"<script>alert(1)</script>", "page.html")
    for address in ("/", "/config", f"/gradio_api/file={path}", "/gradio_api/nothing"):
        headers = httpx.get(app.url + address, timeout=60).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "https://huggingface.co" in headers["content-security-policy"], "a Space is a frame there"
        assert "x-frame-options" not in headers
    assert (
        httpx.get(f"{app.url}/gradio_api/file={path}", timeout=60).headers["content-disposition"].startswith("attach")
    )


@pytest.mark.parametrize("line", [b"\r\nX-Long: " + 900 * b"a", 1000 * b"a"], ids=["many", "one"])
def test_headers_without_end_are_refused(app: App, line: bytes) -> None:
    """A parser without a bound, such as httptools', would keep them all."""
    address = httpx.URL(app.url)
    sent, answer = 0, b""
    with socket.create_connection((address.host, address.port or 80), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
        with suppress(ConnectionError):
            while sent < 4 * MB:
                sent += connection.send(line)
        with suppress(ConnectionError):
            answer = connection.recv(65_536)
    assert sent < 4 * MB
    assert not answer or b" 400 " in answer


def pieces(n_bytes: int) -> Iterator[bytes]:
    """A form with one file, in pieces, so that nobody says beforehand how long it is."""
    yield b'--edge\r\nContent-Disposition: form-data; name="files"; filename="long.wav"\r\n\r\n'
    for _ in range(n_bytes // 65_536):
        yield bytes(65_536)
    yield b"\r\n--edge--\r\n"


def test_limits_hold_on_every_route(small: App) -> None:
    assert upload(small, bytes(2 * MB - 1))
    form = {"Content-Type": "multipart/form-data; boundary=edge"}
    for content in ({"files": {"files": ("a.wav", bytes(2 * MB + 1))}}, {"content": pieces(3 * MB), "headers": form}):
        answer = httpx.post(f"{small.url}/gradio_api/upload", timeout=60, **content)
        assert answer.status_code == 413
    many = [("files", (f"{number}.wav", bytes(2 * MB - number))) for number in range(5)]
    answer = httpx.post(f"{small.url}/gradio_api/upload", files=many, timeout=60)
    assert answer.status_code in (413, 507)
    assert answer.text in (strings.UPLOAD_TOO_BIG.format(mb=2), strings.UPLOAD_NO_ROOM)
    long = json.dumps({"data": ["x" * 5 * MB], "fn_index": 0, "session_hash": "s"}).encode()
    for route in ("call/predict", "queue/join", "run/hear", "mcp/", "cancel"):
        for body in (long, iter([long])):
            headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            answer = httpx.post(f"{small.url}/gradio_api/{route}", content=body, headers=headers, timeout=60)
            assert answer.status_code == 413, route


def test_there_is_no_room_for_any_number_of_files(small: App) -> None:
    answers = []
    for number in range(6):
        files = {"files": ("a.wav", bytes(2 * MB - 100 - number))}
        answers.append(httpx.post(f"{small.url}/gradio_api/upload", files=files, timeout=60))
    assert answers[-1].status_code == 507
    assert answers[-1].text == strings.UPLOAD_NO_ROOM
    stored = sum(path.stat().st_size for path in small.uploads.rglob("*") if path.is_file())
    assert stored <= 8 * MB
    for path in small.uploads.rglob("*.wav"):
        path.unlink()


def test_too_many_at_once_get_a_sentence(small: App) -> None:
    async def crowd() -> tuple[list[int], int]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=30), timeout=20) as client:
            statuses: list[int] = []

            async def listen(number: int) -> None:
                async with client.stream("GET", f"{small.url}/gradio_api/heartbeat/s{number}") as response:
                    statuses.append(response.status_code)
                    if response.status_code == 503:
                        assert json.loads(await response.aread())["detail"] == strings.BUSY
                        return
                    await health.wait()

            health = asyncio.Event()
            pages = [asyncio.create_task(listen(number)) for number in range(12)]
            while len(statuses) < len(pages):
                await asyncio.sleep(0.05)
            checked = (await client.get(f"{small.url}/config")).status_code
            health.set()
            await asyncio.gather(*pages)
            return statuses, checked

    statuses, checked = asyncio.run(crowd())
    assert statuses.count(200) == 3, "two fifths of the places"
    assert statuses.count(503) == 9
    assert checked == 200, "who looks after the app sees that it is well"
    assert httpx.get(f"{small.url}/config", timeout=30).status_code == 200, "the places are free again"


def test_no_secret_is_told(small: App) -> None:
    ask(small, {"path": "/etc/passwd", "meta": MARK})
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/mcp/schema"):
        assert SECRET not in httpx.get(small.url + path, timeout=60).text
    log = small.log.read_text(encoding="utf-8")
    assert SECRET not in log
    assert "Traceback" not in log


def test_a_recording_for_an_assistant_does_not_stay(app: App) -> None:
    before = set(app.uploads.rglob("*"))
    clip = (EXAMPLES / "organ.mp3").read_bytes()
    failed, text = mcp(app, f"data:audio/mpeg;base64,{base64.b64encode(clip).decode()}")
    assert not failed
    assert "organ" in text
    kept = {path for path in set(app.uploads.rglob("*")) - before if path.is_file()}
    assert kept, "where the sweeper sees it"


def test_nothing_stays(tmp_path: Path) -> None:
    now = 0.0
    uploads = UploadFolder.choose({SETTING: str(tmp_path / "temporary")})
    uploads.create()
    files = uploads.files
    remembered = {str(files / "a" / "clip.wav"), "elsewhere"}
    sweeper = Sweeper(uploads, keep_seconds=100, unfinished_seconds=10, remembered=[remembered], clock=lambda: now)
    outside = tmp_path / "outside.txt"
    outside.write_text("stays")
    (files / "a").mkdir()
    clip, unfinished, link = files / "a" / "clip.wav", files / "tmpupload", files / "a" / "link"
    for path in (clip, unfinished):
        path.write_bytes(b"sound")
    link.symlink_to(outside)
    sweeper.sweep()
    os.utime(clip, (0, 0))  # handed out again, on a machine whose clock says 1970
    now = 50.0
    sweeper.sweep()
    assert clip.exists()
    assert link.is_symlink()
    assert not unfinished.exists(), "an upload that was cut off"
    now = 120.0
    sweeper.sweep()
    assert clip.exists(), "it was handed out again"
    assert not link.is_symlink()
    now = 151.0
    sweeper.sweep()
    assert not clip.exists()
    assert remembered == {"elsewhere"}
    os.utime(files / "a", (0, 0))
    sweeper.sweep()
    assert list(files.iterdir()) == []
    assert outside.read_text() == "stays"
