"""What strangers may ask of the app, and what it keeps of them: tried from outside, against the real server."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from interface.server.limits import MB
from interface.strings import ENGLISH
from tests.support.app_server import NO_TLS, App, running_app
from tests.support.strangers import MARK, ask, upload

pytestmark = pytest.mark.slow

SECRET = "hf_" + "S3cretS3cretS3cret"
SMALL = {"UPLOAD_MB": "2", "UPLOADS_MB": "8", "MAX_FILES": "3", "CONNECTIONS": "8", "HF_TOKEN": SECRET}


@pytest.fixture(scope="module", name="small")
def fixture_small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with narrow limits that knows a secret."""
    feedback = tmp_path_factory.mktemp("feedback")
    settings = {**SMALL, "FEEDBACK_FOLDER": str(feedback), "FEEDBACK_DATASET": "nobody/nothing"}
    with running_app(settings) as running:
        yield running


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
    assert httpx.request(method, app.url + path, timeout=60, verify=NO_TLS).status_code == 404


def test_the_queue_cannot_be_skipped(app: App) -> None:
    data = {"data": [{"path": upload(app, b"x"), "meta": MARK}]}
    assert httpx.post(f"{app.url}/gradio_api/run/predict", json=data, timeout=60, verify=NO_TLS).status_code == 404


def test_headers(app: App) -> None:
    path = upload(app, b"<script>alert(1)</script>", "page.html")
    for address in ("/", "/config", f"/gradio_api/file={path}", "/gradio_api/nothing"):
        headers = httpx.get(app.url + address, timeout=60, verify=NO_TLS).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "https://huggingface.co" in headers["content-security-policy"], "a Space is a frame there"
        assert "x-frame-options" not in headers
    assert (
        httpx.get(f"{app.url}/gradio_api/file={path}", timeout=60, verify=NO_TLS)
        .headers["content-disposition"]
        .startswith("attach")
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
        answer = httpx.post(f"{small.url}/gradio_api/upload", timeout=60, **content, verify=NO_TLS)
        assert answer.status_code == 413
    many = [("files", (f"{number}.wav", bytes(2 * MB - number))) for number in range(5)]
    answer = httpx.post(f"{small.url}/gradio_api/upload", files=many, timeout=60, verify=NO_TLS)
    assert answer.status_code in (413, 507)
    assert answer.text in (ENGLISH.errors.upload_too_big.format(mb=2), ENGLISH.errors.upload_no_room)
    long = json.dumps({"data": ["x" * 5 * MB], "fn_index": 0, "session_hash": "s"}).encode()
    for route in ("call/predict", "queue/join", "run/hear", "mcp/", "cancel"):
        for body in (long, iter([long])):
            headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            answer = httpx.post(
                f"{small.url}/gradio_api/{route}", content=body, headers=headers, timeout=60, verify=NO_TLS
            )
            assert answer.status_code == 413, route


def test_there_is_no_room_for_any_number_of_files(small: App) -> None:
    answers = []
    for number in range(6):
        files = {"files": ("a.wav", bytes(2 * MB - 100 - number))}
        answers.append(httpx.post(f"{small.url}/gradio_api/upload", files=files, timeout=60, verify=NO_TLS))
    assert answers[-1].status_code == 507
    assert answers[-1].text == ENGLISH.errors.upload_no_room
    stored = sum(path.stat().st_size for path in small.uploads.rglob("*") if path.is_file())
    assert stored <= 8 * MB
    for path in small.uploads.rglob("*.wav"):
        path.unlink()


def test_too_many_at_once_get_a_sentence(small: App) -> None:
    async def crowd() -> tuple[list[int], int]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=30), timeout=60) as client:
            statuses: list[int] = []

            async def listen(number: int) -> None:
                async with client.stream("GET", f"{small.url}/gradio_api/heartbeat/s{number}") as response:
                    statuses.append(response.status_code)
                    if response.status_code == 503:
                        assert json.loads(await response.aread())["detail"] == ENGLISH.errors.busy
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
    assert httpx.get(f"{small.url}/config", timeout=30, verify=NO_TLS).status_code == 200, "the places are free again"


def test_no_secret_is_told(small: App) -> None:
    ask(small, {"path": "/etc/passwd", "meta": MARK})
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/mcp/schema"):
        assert SECRET not in httpx.get(small.url + path, timeout=60, verify=NO_TLS).text
    log = small.log.read_text(encoding="utf-8")
    assert SECRET not in log
    assert "Traceback" not in log
