"""Killed in the middle of a write, out of room, without a home, without a network: nothing acknowledged is lost."""

from pathlib import Path

import httpx
import psutil
import pytest
from gradio_client import handle_file

from stress.faults import full_disk, killed
from stress.stores import STORES
from tests.support.app_server import EXAMPLES, running_app
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", STORES)
def test_nothing_half_written_is_read_after_a_kill(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    assert killed(name, folder, rounds=3, seed=1) == []
    assert STORES[name].read(folder) >= 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("checkpoint", "TrainingError: The checkpoint cannot be written to "),
        ("model", "ModelError: The model cannot be written to "),
        ("decoded audio", "TrainingError: "),
        ("feedback", "OSError: "),
    ],
)
def test_a_full_disk_leaves_what_was_there(name: str, sentence: str, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    said, version = full_disk(name, folder)
    assert said.startswith(sentence)
    assert version == 0


def test_the_app_needs_no_home_no_network_and_survives_a_full_disk(tmp_path: Path) -> None:
    """Nobody, not even root, may write below /proc; port 9 answers nothing."""
    nowhere = dict.fromkeys(("HOME", "HF_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "FONTCONFIG_PATH"), "/proc/nowhere")
    settings = {
        **nowhere,
        "HF_HUB_OFFLINE": "0",
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "MODEL_REPO": "nobody/nothing",
        "FEEDBACK_FOLDER": str(tmp_path / "feedback"),
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "no_proxy": "127.0.0.1,localhost",
    }
    with running_app(settings) as app:
        clip = handle_file(str(EXAMPLES / "cello.mp3"))
        assert patient_client(app.url).predict(clip, api_name="/predict")["instrument"] == "cello"
        process = psutil.Process(app.process.pid)
        before = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (50_000, before[1]))  # no file may grow further, as on a full disk
        content = (EXAMPLES / "flute.mp3").read_bytes()
        refused = httpx.post(f"{app.url}/gradio_api/upload", files={"files": ("flute.mp3", content)}, timeout=60)
        assert refused.status_code >= 400
        assert "Traceback" not in refused.text
        process.rlimit(psutil.RLIMIT_FSIZE, before)
        clip = handle_file(str(EXAMPLES / "flute.mp3"))
        assert patient_client(app.url).predict(clip, api_name="/predict")["instrument"] == "flute"
