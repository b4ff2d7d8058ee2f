"""The end of the app: as the first process of a container, with visitors who wait, and while it starts."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import numpy as np
import pytest

from interface.server.uploads import PREFIX
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, NO_TLS, ROOT, App, running_app
from tests.support.sounds import tone, write

pytestmark = pytest.mark.slow

CONTAINER = ("unshare", *(() if os.getuid() == 0 else ("--user", "--map-root-user")), "--pid", "--kill-child")
"""What makes a program the first process of a namespace, as a container does."""

WAIT = 120.0  # seconds; a signal that is ignored would be waited for in vain


def first_process(app: App) -> int:
    """What this machine calls the process that thinks it is the first."""
    return int(Path(f"/proc/{app.process.pid}/task/{app.process.pid}/children").read_text(encoding="utf-8").split()[0])


@pytest.fixture(name="contained")
def fixture_contained() -> Iterator[App]:
    """The app as the first process of a namespace."""
    if not shutil.which("unshare") or subprocess.run([*CONTAINER, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows no namespaces")
    with running_app({"WORKERS": "1"}, prefix=CONTAINER) as app:
        yield app


def test_sigterm_ends_the_first_process_of_a_container(contained: App) -> None:
    os.kill(first_process(contained), signal.SIGTERM)
    assert contained.process.wait(WAIT) == 0
    assert list(contained.uploads.glob(f"{PREFIX}*")) == [], "what visitors have uploaded goes with it"
    assert "Traceback" not in contained.log.read_text(encoding="utf-8")


async def asked(client: httpx.AsyncClient, app: App, clip: Path) -> str:
    """The address at which the answer for a clip can be waited for."""
    answer = await client.post(f"{app.url}/gradio_api/upload", files={"files": (clip.name, clip.read_bytes())})
    data = {"data": [{"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}]}
    event = (await client.post(f"{app.url}/gradio_api/call/predict", json=data)).json()["event_id"]
    return f"{app.url}/gradio_api/call/predict/{event}"


async def answer_of(response: httpx.Response) -> tuple[str, str]:
    """(event, data) of an answer."""
    lines = (await response.aread()).decode().splitlines()
    event = next(line for line in lines if line in ("event: complete", "event: error"))
    return event, lines[lines.index(event) + 1]


def test_work_in_hand_is_finished_or_refused_with_a_sentence(contained: App, tmp_path: Path) -> None:
    long = write(tmp_path / "long.wav", tone(15 * 60.0, 16_000).astype(np.float32), 16_000)

    async def visits() -> list[tuple[str, str]]:
        async with httpx.AsyncClient(timeout=WAIT) as client, AsyncExitStack() as stack:
            addresses = [await asked(client, contained, clip) for clip in (EXAMPLES / "cello.mp3", *[long] * 8)]
            # Whoever has the head of an answer is connected; new connections are refused from the signal on.
            waiting = [await stack.enter_async_context(client.stream("GET", address)) for address in addresses]
            first = await answer_of(waiting[0])
            os.kill(first_process(contained), signal.SIGTERM)
            return [first, *await asyncio.gather(*map(answer_of, waiting[1:]))]

    first, *others = asyncio.run(visits())
    assert first[0] == "event: complete"
    assert json.loads(first[1].removeprefix("data: "))[0]["instrument"] == "cello"
    refused = [data for event, data in others if event == "event: error"]
    assert refused, "there was more than can be finished"
    assert all(ENGLISH.errors.ending in data for data in refused)
    assert contained.process.wait(WAIT) == 0


def test_an_open_page_does_not_hold_the_app_up() -> None:
    with (
        running_app() as app,
        httpx.stream("GET", f"{app.url}/gradio_api/heartbeat/visit", timeout=WAIT, verify=NO_TLS) as stream,
    ):
        lines = stream.iter_lines()
        next(lines)
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(WAIT) == 0


def test_sigterm_ends_the_app_while_it_starts() -> None:
    """Right after the settings, before what takes seconds to import."""
    source = "import interface.server.environment, time; print('ready', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
