"""Messages that no client of ours sends: each is refused with one sentence, and nobody else notices."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from interface.server.middleware.messages import LISTS_A_FILE, MOST_LISTS
from interface.server.pending import MOST_OF_A_SESSION
from interface.strings import ENGLISH, programs
from tests.support.app_server import EXAMPLES, NO_TLS, App
from tests.support.attacks import API, MARK, MEGABYTE, fixture_attacked, post, sentence

pytestmark = pytest.mark.slow

__all__ = ["fixture_attacked"]

JSON_ROUTES = ("queue/join", "run/hear", "call/predict", "call/v2/predict", "cancel", "reset", "mcp/")


def memory(app: App) -> int:
    """Return the bytes of memory that the app takes."""
    return int(Path(f"/proc/{app.process.pid}/statm").read_text(encoding="ascii").split()[1]) * 4_096


@pytest.mark.parametrize("name", ["", "a b", "a/b?", "ä", "\0", 65 * "a", MEGABYTE * "a"], ids=lambda name: name[:8])
def test_names_are_short(attacked: App, name: str) -> None:
    for route, body in (
        ("queue/join", {"data": [None], "fn_index": 0, "session_hash": name}),
        ("run/hear", {"data": [], "session_hash": name}),
        ("cancel", {"session_hash": name, "fn_index": 0, "event_id": "a"}),
        ("cancel", {"session_hash": "a", "fn_index": 0, "event_id": name}),
        ("reset", {"event_id": name}),
        ("call/predict", {"data": [None], "session_hash": name}),
    ):
        assert sentence(post(attacked, route, body)) == programs.NAME_BAD
    short = {"params": {"upload_id": name[:200], "session_hash": name[:200]}, "timeout": 60}
    for path in ("upload_progress", "queue/data"):
        assert sentence(httpx.get(f"{attacked.url}{API}/{path}", **short, verify=NO_TLS)) == programs.NAME_BAD  # type: ignore[arg-type]
    uploaded = httpx.post(f"{attacked.url}{API}/upload", files={"files": ("a.wav", b"a")}, **short, verify=NO_TLS)  # type: ignore[arg-type]
    assert sentence(uploaded) == programs.NAME_BAD


def test_names_of_megabytes_are_not_kept(attacked: App) -> None:
    before = memory(attacked)
    for number in range(100):
        body = {"data": [None], "fn_index": 0, "session_hash": f"{number}" + 2 * MEGABYTE * "a"}
        assert post(attacked, "queue/join", body).status_code == 400
    assert memory(attacked) - before < 100 * MEGABYTE, "they would take 200 MB"


def test_answers_that_nobody_fetches_are_bounded(attacked: App) -> None:
    function = httpx.get(f"{attacked.url}/config", timeout=60, verify=NO_TLS).json()["dependencies"][0]
    body = {"data": [None] * len(function["inputs"]), "fn_index": function["id"], "session_hash": "hoarder"}
    statuses = set()
    for _ in range(20 * MOST_OF_A_SESSION):
        answer = post(attacked, "queue/join", body)
        statuses.add(answer.status_code)
        if answer.status_code == 429:
            assert sentence(answer) == programs.CALL_TOO_MANY
            break
    assert 429 in statuses
    assert post(attacked, "queue/join", {**body, "session_hash": "another"}).status_code in (200, 503)


def test_who_waits_keeps_the_answer_whoever_comes_and_goes(attacked: App) -> None:
    async def scenario() -> str:
        async with httpx.AsyncClient(base_url=f"{attacked.url}{API}", timeout=300) as client:
            clip = {"files": ("cello.mp3", (EXAMPLES / "cello.mp3").read_bytes())}
            (path,) = (await client.post("/upload", files=clip)).json()
            call = {"data": [{"path": path, "meta": MARK}], "session_hash": "patient"}
            (event, *_) = [(await client.post("/call/predict", json=call)).json()["event_id"] for _ in range(3)]
            waiting = asyncio.create_task(client.get(f"/call/predict/{event}"))

            async def visit(number: int) -> None:
                await client.post("/call/predict", json={"data": [None], "session_hash": f"visitor{number}"})

            for start in range(0, 2_000, 20):
                await asyncio.gather(*(visit(number) for number in range(start, start + 20)))
            return (await waiting).text

    assert '"cello"' in asyncio.run(scenario())


@pytest.mark.parametrize("route", JSON_ROUTES)
@pytest.mark.parametrize("kind", ["one upload 27,000 times", "lists in lists", "many lists", "many numbers"])
def test_what_costs_much_to_read_is_not_read(attacked: App, route: str, kind: str) -> None:
    files = set(attacked.uploads.rglob("*"))
    file = b'{"path": "/tmp/a", "meta": {"_type": "gradio.FileData"}}'
    data = {
        "one upload 27,000 times": b"[[" + b",".join([file] * 27_000) + b"]]",
        "lists in lists": 2 * MEGABYTE * b"[" + 2 * MEGABYTE * b"]",
        "many lists": b"[" + b",".join([b"[]"] * (MOST_LISTS + 100 * LISTS_A_FILE)) + b"]",
        "many numbers": b"[" + b",".join([b"1"] * 300_000) + b"]",
    }[kind]
    answer = post(attacked, route, b'{"data":' + data[: 4 * MEGABYTE - 20] + b"}")
    assert answer.status_code == 413
    assert sentence(answer) in (programs.MESSAGE_TOO_MANY.format(files=30), programs.MESSAGE_TOO_BIG.format(mb=4))
    assert set(attacked.uploads.rglob("*")) == files


@pytest.mark.parametrize("route", JSON_ROUTES)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"NaN", b"[1e999]", b'{"data": ["\\ud800"]}', b"\xff\xfe{\x00}\x00", b"\x00", 30 * b"[" + 30 * b"]"],
)
def test_what_is_no_message_is_refused(attacked: App, route: str, body: bytes) -> None:
    assert sentence(post(attacked, route, body)) in (programs.MESSAGE_NO_JSON, programs.MESSAGE_TOO_DEEP)


def test_other_kinds_of_content_are_refused(attacked: App) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = httpx.post(
            f"{attacked.url}{API}/call/predict",
            content=b"{}",
            headers={"Content-Type": kind},
            timeout=60,
            verify=NO_TLS,
        )
        assert (answer.status_code, sentence(answer)) == (415, programs.MESSAGE_NO_JSON)


@pytest.mark.parametrize("value", [None, True, -1, 1e30, 10**25, 1.5, "1", [], {}])
def test_unknown_functions_are_refused(attacked: App, value: object) -> None:
    for route in ("queue/join", "run/nothing"):
        body = {"data": [], "fn_index": value, "session_hash": "a"}
        assert sentence(post(attacked, route, body)) == programs.CALL_UNKNOWN
    assert sentence(post(attacked, "cancel", {**body, "event_id": "a"})) == programs.CALL_UNKNOWN
    for route in ("call/nothing", "call/v2/nothing"):
        assert sentence(post(attacked, route, {"data": [value]})) == programs.CALL_UNKNOWN


@pytest.mark.parametrize("trigger", [True, -1, 1e30, 10**25, "1", [], {}])
def test_unknown_triggers_are_refused(attacked: App, trigger: object) -> None:
    body = {"data": [], "fn_index": 0, "session_hash": "a", "trigger_id": trigger}
    assert sentence(post(attacked, "queue/join", body)) == programs.CALL_UNKNOWN


@pytest.mark.parametrize("data", [None, 1, "a", {}, [], 30 * [None]])
def test_a_wrong_number_of_values_is_told(attacked: App, data: object) -> None:
    inputs = len(httpx.get(f"{attacked.url}/config", timeout=60, verify=NO_TLS).json()["dependencies"][0]["inputs"])
    for route in ("call/predict", "queue/join"):
        body = {"data": data, "fn_index": 0, "session_hash": "a"}
        count = 4 if route == "call/predict" else inputs
        assert sentence(post(attacked, route, body)) == programs.CALL_VALUES.format(count=count)
    for parameters in ({}, {"sound": None}, {"audio": None, "more": 1}):
        expected = programs.CALL_PARAMETERS.format(names="audio, start, end, sensitivity")
        assert sentence(post(attacked, "call/v2/predict", parameters)) == expected


def test_wrong_values_are_told(attacked: App) -> None:
    dependencies = httpx.get(f"{attacked.url}/config", timeout=60, verify=NO_TLS).json()["dependencies"]
    values = [1e30, [], {"path": "\ud800", "meta": MARK}, {"path": 5_000 * "a", "meta": MARK}]
    for function in dependencies:
        for number, value in enumerate(values):
            session = f"w{function['id']}_{number}"
            body = {"data": [value] * len(function["inputs"]), "fn_index": function["id"], "session_hash": session}
            answer = post(attacked, "queue/join", json.dumps(body).encode())
            if answer.status_code != 200:
                assert sentence(answer)
                continue
            told = httpx.get(
                f"{attacked.url}{API}/queue/data", params={"session_hash": session}, timeout=300, verify=NO_TLS
            ).text
            messages = [json.loads(line.removeprefix("data:")) for line in told.splitlines() if line]
            failures = [message for message in messages if not message.get("success", True)]
            assert ENGLISH.errors.fault not in str(failures), (function, value)


@pytest.mark.parametrize("field", ["rate", "session", "number", "sound"])
@pytest.mark.parametrize("value", [None, 1e30, -1e30, "x", 5_000 * "4", True, [], {"path": "x", "meta": MARK}])
def test_damaged_pieces_of_sound_are_refused(attacked: App, field: str, value: object) -> None:
    piece = {"rate": 48_000, "session": 1, "number": 1, "sound": "AAAA", field: value}
    answer = post(attacked, "run/hear", {"data": [], "event_data": piece, "session_hash": "live"})
    if answer.status_code != 200:  # True is a number, and short sound in base64 is sound
        assert sentence(answer)


def test_the_app_still_answers(attacked: App) -> None:
    clip = {"files": ("cello.mp3", (EXAMPLES / "cello.mp3").read_bytes())}
    (path,) = httpx.post(f"{attacked.url}{API}/upload", files=clip, timeout=60, verify=NO_TLS).json()
    event = post(attacked, "call/predict", {"data": [{"path": path, "meta": MARK}]}).json()["event_id"]
    assert '"cello"' in httpx.get(f"{attacked.url}{API}/call/predict/{event}", timeout=300, verify=NO_TLS).text
