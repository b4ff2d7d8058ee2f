"""Odd addresses, queries and ranges: each is refused with one sentence."""

import httpx
import pytest

from interface.strings import programs
from tests.support.app_server import NO_TLS, App
from tests.support.attacks import API, PROMISED, fixture_attacked, sentence

pytestmark = pytest.mark.slow

__all__ = ["fixture_attacked"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{API}/file={5_000 * 'a'}", 414),
        (f"{API}/file={300 * 'a'}", 404),
        (f"{API}/file={'/a' * 1_500}", 403),
        (f"/static/{300 * 'a'}", 404),
        (f"/assets/{1_500 * 'a/'}", 404),
        (f"{API}/file=%00", 404),
        (f"{API}/file=/etc/passwd/a", 403),
        (f"/?{5_000 * 'a'}", 414),
        (f"{API}/call/predict/unknown", 404),
        (f"{API}/call/v2/predict/unknown", 404),
        (f"{API}/call/predict/{65 * 'a'}", 400),
        (f"{API}/queue/data?session_hash=unknown", 404),
        (f"{API}/queue/data", 400),
        (f"{API}/upload_progress?upload_id=unknown", 404),
        (f"{API}/queue/join", 405),
        (f"{API}/mcp/messages?session_id=unknown", 405),
        ("//evil.example/", 404),
    ],
)
def test_odd_addresses_are_refused(attacked: App, path: str, status: int) -> None:
    answer = httpx.get(attacked.url + path, timeout=60, verify=NO_TLS)
    assert answer.status_code == status
    assert all(name in answer.headers for name in PROMISED)
    assert "\n" not in answer.text.strip()
    assert 0 < len(answer.text) < 300


@pytest.mark.parametrize("query", ["page=nothing", "page=%00", "deep_link=..%2f..", "deep_link=" + 200 * "a"])
def test_odd_queries_change_nothing(attacked: App, query: str) -> None:
    for path in ("/", "/config", f"{API}/info"):
        assert httpx.get(f"{attacked.url}{path}?{query}", timeout=60, verify=NO_TLS).status_code == 200


@pytest.fixture(scope="module", name="clip")
def fixture_clip(attacked: App) -> str:
    """The address of an upload of ten bytes."""
    files = {"files": ("a.wav", b"0123456789")}
    (path,) = httpx.post(f"{attacked.url}{API}/upload", files=files, timeout=60, verify=NO_TLS).json()
    return f"{attacked.url}{API}/file={path}"


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("BYTES = 7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=4-999", 206, b"456789"),
        ("bytes=10-20", 416, None),
        ("bytes=5-1", 400, None),
        ("bytes=1-2-3", 400, None),
        ("bytes=a-b", 400, None),
        ("bytes=²-³", 400, None),
        ("bytes=-", 400, None),
        ("lines=0-1", 400, None),
        ("bytes=0-" + 400 * "9", 400, None),
        ("bytes=" + ",".join(200 * ["0-1"]), 400, None),
    ],
)
def test_ranges_of_files(clip: str, asked: str, status: int, content: bytes | None) -> None:
    headers = {b"Range": asked.encode(), b"X-Secret": b"told to nobody", b"Cookie": b"a=b"}
    answer = httpx.get(clip, headers=headers, timeout=60, verify=NO_TLS)
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
    elif status == 416:
        assert answer.headers["content-range"] == "bytes */10"
        assert sentence(answer) == programs.RANGE_BEYOND
    assert all(name in answer.headers for name in PROMISED)
    assert not {"x-secret", "cookie", "range", "user-agent", "host"} & set(answer.headers), (
        "only the answer's own headers"
    )
