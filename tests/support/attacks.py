"""Requests that no client of ours sends, to an app that only hostile clients use."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.app_server import NO_TLS, App, running_app

API = "/gradio_api"
PROMISED = ("x-content-type-options", "referrer-policy", "permissions-policy", "content-security-policy")
MARK = {"_type": "gradio.FileData"}
MEGABYTE = 1_048_576


@pytest.fixture(scope="module", name="attacked")
def fixture_attacked() -> Iterator[App]:
    """An app that only hostile clients use."""
    with running_app({"SESSIONS": "100"}) as app:
        yield app
        assert "Traceback" not in app.log.read_text(encoding="utf-8"), "for what a client did"


def post(app: App, route: str, body: Any = None) -> httpx.Response:  # noqa: ANN401 - whatever a client sends
    """Return the answer to a message; bytes are sent as they are."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    address = f"{app.url}{API}/{route}"
    if isinstance(body, bytes):
        return httpx.post(address, content=body, headers=headers, timeout=60, verify=NO_TLS)
    return httpx.post(address, json=body, headers=headers, timeout=60, verify=NO_TLS)


def sentence(answer: httpx.Response) -> str:
    """Return the one sentence of a refusal, which carries the promised headers."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert all(name in answer.headers for name in PROMISED)
    said = answer.json()
    text = said.get("detail") or said.get("error")
    assert isinstance(text, str)
    assert 0 < len(text) < 300
    return text
