"""Settings with which the app cannot start: one sentence that names the setting, and exit status 1."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from instrument_model.errors import InstrumentModelError
from interface.server.middleware import root_path
from interface.server.start import check_address, check_numbers
from tests.support.app_server import ROOT


def started(**settings: str) -> tuple[int, str]:
    """(exit status, what it says) of the app."""
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1", **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stderr + done.stdout


@pytest.mark.parametrize("name", ["GRADIO_SERVER_PORT", "HF_HUB_DOWNLOAD_TIMEOUT"])
@pytest.mark.slow
def test_numbers_that_are_none(name: str) -> None:
    status, said = started(**{name: "abc"})
    assert (status, said) == (1, f"error: {name} is 'abc'; set it to a whole number or leave it out.\n")


def test_every_number_is_checked() -> None:
    check_numbers({"GRADIO_SERVER_PORT": "8080", "PORT": "abc"})
    for text in ("", "1.5", "-1", "٣", "9" * 50):
        with pytest.raises(InstrumentModelError, match="HF_HUB_ETAG_TIMEOUT"):
            check_numbers({"HF_HUB_ETAG_TIMEOUT": text})


@pytest.mark.slow
def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    """A port in use; folders for feedback and uploads that are files."""
    file = tmp_path / "file"
    file.write_text("mine")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, said = started(PORT=port)
        assert status == 1
        assert f"error: port {port} is in use; set PORT" in said
    for setting in ("FEEDBACK_FOLDER", "GRADIO_TEMP_DIR"):
        status, said = started(**{setting: str(file)})
        assert status == 1
        assert "error: " in said
        assert f"set {setting} to a folder" in said
        assert "Traceback" not in said
    assert file.read_text() == "mine"


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7", "a" * 300, "127.0.0.1:80"])
def test_unknown_addresses(host: str) -> None:
    with pytest.raises(InstrumentModelError, match=r"GRADIO_SERVER_NAME .* no address of this computer"):
        check_address(None, {"GRADIO_SERVER_NAME": host})


def test_addresses_of_this_computer() -> None:
    for host in ("", "127.0.0.1", "localhost"):
        check_address(None, {"GRADIO_SERVER_NAME": host})
    with pytest.raises(InstrumentModelError, match="from 1 to 65535"):
        check_address(None, {"GRADIO_SERVER_PORT": "123456"})


@pytest.mark.parametrize(
    ("text", "root"),
    [("", ""), ("/", ""), ("/music/", "/music"), ("https://example.org/a/b", "https://example.org/a/b")],
)
def test_paths_behind_a_proxy(text: str, root: str) -> None:
    assert root_path({"GRADIO_ROOT_PATH": text}) == root


@pytest.mark.parametrize("text", ["music", "//music", "/mu sic", "/music?a", "ftp://example.org", '/"><script>'])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(InstrumentModelError, match="set it to the path below which visitors see the app"):
        root_path({"GRADIO_ROOT_PATH": text})
