"""Connections that ask for nothing, read nothing or stay for ever: the others and the health check are answered."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest
import uvicorn

from interface.server.middleware.connections import HEADER_SECONDS, SPARE, limited
from interface.strings import ENGLISH, programs
from tests.support.app_server import NO_TLS, App, running_app

pytestmark = pytest.mark.slow

CONNECTIONS = 20
PAGES = 8  # two fifths


@pytest.fixture(scope="module", name="narrow")
def fixture_narrow() -> Iterator[App]:
    """An app with few connections."""
    with running_app({"CONNECTIONS": str(CONNECTIONS)}) as app:
        yield app


def connect(app: App, sent: bytes = b"") -> socket.socket:
    address = httpx.URL(app.url)
    connection = socket.create_connection((address.host, address.port or 80), timeout=60)
    connection.sendall(sent)
    return connection


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc"], ids=["silent", "half a request"])
def test_connections_without_a_request_make_room(narrow: App, sent: bytes) -> None:
    with ExitStack() as stack:
        many = [stack.enter_context(connect(narrow, sent)) for _ in range(2 * (CONNECTIONS + SPARE))]
        assert httpx.get(f"{narrow.url}/config", timeout=60, verify=NO_TLS).status_code == 200
        answer = httpx.post(f"{narrow.url}/gradio_api/call/predict", json={"data": [None]}, timeout=60, verify=NO_TLS)
        assert answer.status_code == 200
        with suppress(ConnectionResetError):
            assert many[0].recv(1) == b"", "the oldest is closed"


def test_headers_have_a_deadline(narrow: App) -> None:
    with connect(narrow, b"GET / HTTP/1.1\r\nHost: loc") as connection:
        connection.settimeout(HEADER_SECONDS + 60)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert ENGLISH.errors.upload_late.encode() in answer
    assert b"x-content-type-options: nosniff" in answer.lower()


@pytest.mark.parametrize(
    "path",
    ["heartbeat/{number}", "upload_progress?upload_id={number}", "mcp/"],
)
def test_idle_streams_leave_the_others_their_places(narrow: App, path: str) -> None:
    async def crowd() -> tuple[list[int], list[int]]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=60, headers={"Accept": "text/event-stream"}) as client:
            statuses: list[int] = []
            over = asyncio.Event()

            async def stream(number: int) -> None:
                address = f"{narrow.url}/gradio_api/{path.format(number=number)}"
                try:
                    async with client.stream("GET", address) as response:
                        statuses.append(response.status_code)
                        if response.status_code == 200:
                            await over.wait()
                except httpx.TransportError:  # it made room for another before its request was read
                    statuses.append(503)

            streams = [asyncio.create_task(stream(number)) for number in range(510)]
            while len(statuses) < len(streams):
                await asyncio.sleep(0.05)
            others = [(await client.get(narrow.url + other)).status_code for other in ("/", "/config", "/theme.css")]
            call = await client.post(f"{narrow.url}/gradio_api/call/predict", json={"data": [None]})
            others += [call.status_code]
            event = call.json()["event_id"]
            others += [(await client.get(f"{narrow.url}/gradio_api/call/predict/{event}")).status_code]
            over.set()
            await asyncio.gather(*streams)
            return statuses, others

    statuses, others = asyncio.run(crowd())
    assert statuses.count(200) <= PAGES
    assert statuses.count(503) >= 510 - 2 * PAGES
    assert others == [200, 200, 200, 200, 200]


def test_slow_senders_leave_the_others_their_places(narrow: App) -> None:
    head = (
        b"POST /gradio_api/call/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b'Content-Length: 100\r\n\r\n{"data"'
    )
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(connect(narrow, head))
        assert httpx.get(f"{narrow.url}/config", timeout=60, verify=NO_TLS).status_code == 200
        assert httpx.get(f"{narrow.url}/theme.css", timeout=60, verify=NO_TLS).status_code == 200
        refused = httpx.post(f"{narrow.url}/gradio_api/call/predict", json={"data": [None]}, timeout=60, verify=NO_TLS)
        assert (refused.status_code, refused.json()["detail"]) == (503, ENGLISH.errors.busy)
    for _ in range(1_000):
        again = httpx.post(f"{narrow.url}/gradio_api/call/predict", json={"data": [None]}, timeout=60, verify=NO_TLS)
        if again.status_code == 200:
            return
    raise AssertionError("the places of senders who have gone stay taken")


def test_what_is_no_http_gets_a_sentence(narrow: App) -> None:
    for sent in (b"\x16\x03\x01\x02\x00 hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"):
        with connect(narrow, sent) as connection:
            answer = connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 400 "), sent
        assert answer.endswith(programs.HTTP_BAD.encode())
        assert b"permissions-policy" in answer.lower()


def test_websockets_are_answered_as_other_requests(narrow: App) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    assert (
        httpx.get(f"{narrow.url}/gradio_api/queue/join", headers=upgrade, timeout=60, verify=NO_TLS).status_code == 405
    )


def test_nothing_of_this_is_a_fault(narrow: App) -> None:
    assert "Traceback" not in narrow.log.read_text(encoding="utf-8")


async def serve(app: Callable[..., object], talk: Callable[[int], object]) -> None:
    """Run an ASGI app behind the protocol, with few connections, while a client talks to it."""
    protocol = limited(1, lambda inner: inner)
    config = uvicorn.Config(app, port=0, http=protocol, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        await asyncio.to_thread(talk, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


def test_a_client_that_reads_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interface.server.middleware.connections.STALLED_SECONDS", 0.2)
    cut_off = asyncio.Event()

    async def endless(_scope: object, _receive: object, send: Callable[[object], object]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[misc]
        try:
            while True:
                message = {"type": "http.response.body", "body": bytes(65_536), "more_body": True}
                await asyncio.wait_for(send(message), 60)  # type: ignore[arg-type]
                if connection_is_gone(send):
                    cut_off.set()
                    return
        except TimeoutError:
            return

    def connection_is_gone(send: object) -> bool:
        return bool(send.__self__.disconnected)  # type: ignore[attr-defined]

    def talk(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for _ in range(600):
                if cut_off.is_set():
                    return
                time.sleep(0.1)

    asyncio.run(serve(endless, talk))
    assert cut_off.is_set()
