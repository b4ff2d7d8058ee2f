"""The API as programs use it: Python, JavaScript, curl, MCP, and the descriptions they go by."""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from instrument_model import InstrumentClassifier
from instrument_model.labels import LABEL_NAMES
from interface.server.limits import Limits
from interface.views.snippets import snippets
from tests.support.app_server import EXAMPLES, HANG_SECONDS, ROOT, App
from tests.support.sounds import beat, tone, write
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow

ANSWER = {
    "file", "duration", "instrument", "confidence", "top",
    "probabilities", "detected", "resembles", "segments", "remarks", "model",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return patient_client(app.url)


def test_predict_answers_as_the_library_does(client: Client) -> None:
    answer = client.predict(handle_file(str(EXAMPLES / "cello.mp3")), api_name="/predict")
    expected = InstrumentClassifier.from_pretrained().predict(EXAMPLES / "cello.mp3")

    assert set(answer) == ANSWER
    assert answer["file"] == "cello.mp3"
    assert list(answer["probabilities"]) == list(LABEL_NAMES)
    assert [set(guess) for guess in answer["top"]] == [{"label", "probability", "relative"}] * 3
    assert all(set(part) == {"start", "end", "label", "probability", "detected"} for part in answer["segments"])
    assert answer["model"] == {"source": "bundled", "revision": None, "sha256": expected.model.sha256}
    assert answer["duration"] == pytest.approx(expected.duration, abs=1e-6)
    assert [guess["label"] for guess in answer["top"]] == [guess.label for guess in expected.top]
    for label, probability in expected.probabilities.items():
        assert answer["probabilities"][label] == pytest.approx(probability, abs=1e-4)


def test_none_comes_with_what_it_resembles(client: Client, tmp_path: Path) -> None:
    for name in ("/predict", "/timeline"):
        found = client.predict(handle_file(str(beat(tmp_path))), api_name=name)["resembles"]
        assert {"drum_kit", "drum_machine", "bass_drum"} & {one["label"] for one in found}
        assert all(set(one) == {"label", "display", "score"} for one in found)


def test_timeline_gives_every_label_at_every_moment(client: Client) -> None:
    answer = client.predict(handle_file(str(EXAMPLES / "ensemble.mp3")), api_name="/timeline")

    assert set(answer) == {"file", "duration", "times", "probabilities", "stretches", "resembles", "model"}
    assert list(answer["probabilities"]) == list(LABEL_NAMES)
    assert all(len(values) == len(answer["times"]) for values in answer["probabilities"].values())
    ends = [(part["start"], part["end"]) for part in answer["stretches"]]
    assert ends[0][0] == 0
    assert ends[-1][1] == pytest.approx(answer["duration"])
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_a_microphone_recording_is_read(client: Client, tmp_path: Path) -> None:
    clip = write(tmp_path / "recording.webm", np.stack([tone(2.0, 48_000)] * 2, axis=1), 48_000)
    assert client.predict(handle_file(str(clip)), api_name="/predict")["duration"] == pytest.approx(2.0, abs=0.1)


def make_bad(folder: Path, kind: str) -> Path:
    """A file that is no recording."""
    path = folder / f"{kind}.mp3"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("These are words and not sounds.\n" * 50)
    elif kind == "picture":
        shutil.copyfile(ROOT / "interface" / "assets" / "lora.woff2", path)
    elif kind == "one sample":
        path = write(folder / "one sample.wav", np.zeros(1, np.float32), 44_100)
    return path


@pytest.mark.parametrize("kind", ["empty", "text", "picture", "one sample"])
def test_bad_files_get_one_sentence(client: Client, tmp_path: Path, kind: str) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(str(make_bad(tmp_path, kind))), api_name="/predict")
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert "\n" not in sentence


def test_a_file_name_is_not_markup(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "it's <b>bold<b> & loud.mp3"
    path.write_text("no sound")
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(str(path)), api_name="/predict")
    assert "<b>" not in str(caught.value)


def test_silence_is_an_answer(client: Client, tmp_path: Path) -> None:
    silence = write(tmp_path / "silence.wav", np.zeros(96_000, np.float32), 32_000)
    answer = client.predict(handle_file(str(silence)), api_name="/predict")
    assert answer["instrument"] is None
    assert answer["confidence"] == 0


def test_no_file_is_a_sentence(client: Client) -> None:
    with pytest.raises(AppError, match="No file was given"):
        client.predict(None, api_name="/predict")


def test_endpoints_are_described(client: Client, app: App) -> None:
    described = client.view_api(return_format="dict", print_info=False)
    assert isinstance(described, dict)
    assert set(described["named_endpoints"]) == {"/predict", "/timeline", "/cut", "/excerpt"}
    assert not described["unnamed_endpoints"]
    for endpoint in described["named_endpoints"].values():
        parameter = endpoint["parameters"][0]
        assert parameter["parameter_name"] == "audio"
        assert "audio file" in parameter["label"]
        assert f"{Limits().max_minutes} minutes" in parameter["label"]
    paths = httpx.get(f"{app.url}/gradio_api/openapi.json", timeout=60).json()["paths"]
    described_paths = " ".join(paths)
    assert "predict" in described_paths
    assert "timeline" in described_paths
    text = json.dumps(paths)
    assert "which musical instrument is playing" in text
    assert all(field in text for field in ANSWER - {"file"})


def test_uploads_over_the_limit_are_refused(app: App) -> None:
    response = httpx.post(f"{app.url}/gradio_api/upload", files={"files": ("big.wav", bytes(53_000_000))}, timeout=60)
    assert response.status_code == 413


def test_files_of_the_server_are_not_given_away(app: App) -> None:
    for path in ("/etc/passwd", str(ROOT / "app.py"), str(ROOT / "weights" / "config.json")):
        assert httpx.get(f"{app.url}/gradio_api/file={path}", timeout=60).status_code == 403
        data = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}]}
        event = httpx.post(f"{app.url}/gradio_api/call/predict", json=data, timeout=60).json()["event_id"]
        answer = httpx.get(f"{app.url}/gradio_api/call/predict/{event}", timeout=60).text
        assert "event: error" in answer


def run(language: str, source: str, folder: Path) -> str:
    """Runs a snippet from the page in `folder`; what it prints."""
    if language == "Python":
        command = [sys.executable, "-c", source]
    elif language == "JavaScript":
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "node_modules").symlink_to(ROOT / "tests" / "node_modules")
        (folder / "call.js").write_text(source)
        command = ["node", "call.js"]
    else:
        command = ["bash", "-c", source]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", ["Python", "JavaScript", "curl"])
def test_the_code_on_the_page_works(app: App, tmp_path: Path, language: str) -> None:
    shutil.copyfile(EXAMPLES / "violin.mp3", tmp_path / "my violin.mp3")
    source = dict(snippets(app.url, "my violin.mp3"))[language]
    assert "violin" in run(language, source, tmp_path)


async def ask_mcp(app: App) -> tuple[dict[str, Any], Any]:
    """The tools by name, and the answer of `predict` to an example."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    clip = base64.b64encode((EXAMPLES / "flute.mp3").read_bytes()).decode()
    async with (
        streamable_http_client(f"{app.url}/gradio_api/mcp/") as (read, write_, _),
        ClientSession(read, write_) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        name = next(name for name in tools if name.endswith("predict"))
        answer = await session.call_tool(name, {"audio": f"data:audio/mpeg;base64,{clip}"})
        return {key.rsplit("_", 1)[-1]: tool for key, tool in tools.items()}, answer


def test_an_assistant_can_ask_by_mcp(app: App) -> None:
    with ThreadPoolExecutor() as threads:  # a loop of its own
        tools, answer = threads.submit(asyncio.run, ask_mcp(app)).result(timeout=HANG_SECONDS)
    assert set(tools) == {"predict", "timeline", "cut", "excerpt"}
    assert "musical instrument" in tools["predict"].description
    assert "audio" in tools["predict"].inputSchema["properties"]
    assert not answer.isError
    said = json.loads(answer.content[0].text)
    assert said["instrument"] == "flute"
    assert set(said["probabilities"]) == set(LABEL_NAMES)
