"""The real app in a process of its own, and a real browser to look at it."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Apps speak plain HTTP here; reading the list of certificate authorities takes longer than a request."""
LAST_WORDS = b"To create a public link"
"""What Gradio prints at the end of its start."""
OWN_REQUESTS_SECONDS = 120.0
HANG_SECONDS = 1800.0
"""What has not ended by now hangs, however busy the machine is."""
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@dataclass(frozen=True)
class App:
    """A running app.

    Attributes:
        url: Where it answers.
        log: What it has written.
        uploads: Where it keeps what visitors upload.
        process: The server.
    """

    url: str
    log: Path
    uploads: Path
    process: subprocess.Popen[bytes]


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port on which one server may listen, and that no other program is given meanwhile.

    A socket that is bound and does not listen keeps the port: the system gives it to nobody who asks for any port or
    connects to somewhere, while a server that names it, with SO_REUSEADDR as servers have, can listen on it.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]


@contextmanager
def running_app(
    environment: Mapping[str, str] | None = None, folder: Path = ROOT, prefix: Sequence[str] = ()
) -> Iterator[App]:
    """Starts `python app.py` of this folder on a free port, waits until it answers, and stops it.

    Args:
        environment: Variables that are set besides those of this process.
        folder: Where `app.py` is.
        prefix: What is put in front of the command, such as a program that starts it in a namespace of its own.
    """
    with reserved_port() as port, tempfile.TemporaryDirectory(prefix="app-") as temporary:
        log, uploads = Path(temporary, "log"), Path(temporary, "uploads")
        settings = {"PORT": str(port), "PYTHONUNBUFFERED": "1", "GRADIO_TEMP_DIR": str(uploads), "HF_HUB_OFFLINE": "1"}
        settings |= environment or {}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*prefix, sys.executable, "app.py"],
                cwd=folder,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        app = App(f"http://127.0.0.1:{port}", log, uploads, process)
        try:
            _wait(app)
            yield app
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(app: App) -> None:
    end = time.monotonic() + HANG_SECONDS
    while time.monotonic() < end:
        if app.process.poll() is not None:
            break
        try:
            if httpx.get(f"{app.url}/config", timeout=5, verify=NO_TLS).status_code == 200:
                _wait_for_own_requests(app)
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start:\n{app.log.read_text(encoding='utf-8', errors='replace')}")


def _wait_for_own_requests(app: App) -> None:
    """Wait until Gradio has asked its own server whether it is there, which a test must not come between."""
    end = time.monotonic() + OWN_REQUESTS_SECONDS
    while LAST_WORDS not in app.log.read_bytes() and time.monotonic() < end:
        time.sleep(0.02)


@contextmanager
def running_browser(flags: Sequence[str] = ()) -> "Iterator[Browser]":
    """Debian's Chromium without a window.

    Raises:
        RuntimeError: There is none; `make test` installs it.
    """
    from playwright.sync_api import sync_playwright  # here, so that `make stress` needs no browser

    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("Chromium is missing; install Debian's package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
