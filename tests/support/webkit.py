"""WebKitGTK without a screen, driven as W3C's WebDriver says: https://www.w3.org/TR/webdriver2/."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.app_server import HANG_SECONDS, NO_TLS

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name under which WebDriver passes elements
SHIFT, ARROW_RIGHT = "\ue008", "\ue014"
POLL_SECONDS = 0.1


class WebKit:
    """One page in a session of its own."""

    def __init__(self, driver: str, arguments: tuple[str, ...]) -> None:
        self._client = httpx.Client(base_url=driver, timeout=HANG_SECONDS, verify=NO_TLS)
        wanted = {"webkitgtk:browserOptions": {"binary": _browser(), "args": ["--automation", *arguments]}}
        session = self._ask("POST", "/session", capabilities={"alwaysMatch": wanted})
        self._session = f"/session/{session['sessionId']}"

    def _ask(self, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 - whatever the browser answers
        answer = self._client.request(method, path, json=body if method == "POST" else None)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value

    def go(self, url: str) -> None:
        """Open a page, and count from now on what goes wrong in it."""
        self._ask("POST", f"{self._session}/url", url=url)
        self.run(
            "window.faults = [];"
            "addEventListener('error', ({ message }) => faults.push(message));"
            "addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));"
        )

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401
        """Return what a function of this body returns."""
        return self._ask("POST", f"{self._session}/execute/sync", script=script, args=list(arguments))

    def wait(self, expression: str) -> Any:  # noqa: ANN401
        """Return an expression's value as soon as it is true."""
        end = time.monotonic() + HANG_SECONDS
        while time.monotonic() < end:
            if value := self.run(f"return {expression}"):
                return value
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"WebKit waited for {expression}")

    def text(self, selector: str) -> str:
        """Return what is written in an element."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector)).strip()

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as soon as nothing covers it."""
        middle = (
            f"const node = document.querySelector({json.dumps(selector)}); node.scrollIntoView({{ block: 'center' }});"
            "const box = node.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;"
        )
        self.wait(f"(() => {{ {middle} return node.contains(document.elementFromPoint(x, y)) }})()")
        self._ask("POST", f"{self._session}/element/{self._find(selector)}/click")

    def tab(self, name: str) -> None:
        """Open a tab of the page."""
        tab = f"[...document.querySelectorAll('[role=tab]')].find((tab) => tab.innerText.trim() == {json.dumps(name)})"
        self.wait(tab)
        self.run(f"{tab}.click()")

    def give(self, selector: str, path: Path) -> None:
        """Choose a file."""
        self._ask("POST", f"{self._session}/element/{self._find(selector)}/value", text=str(path))

    def press(self, *keys: str) -> None:
        """Press keys together."""
        actions = [{"type": "keyDown", "value": key} for key in keys]
        actions += [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self._ask("POST", f"{self._session}/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def drag(self, selector: str, start: float, end: float) -> None:
        """Drag the mouse over an element, from and to these shares of its width."""
        x, y, width = self.run(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [box.x, box.y + 40, box.width]",
            selector,
        )
        stops = [{"type": "pointerMove", "x": round(x + share * width), "y": round(y)} for share in (start, end)]
        actions = [stops[0], {"type": "pointerDown", "button": 0}, stops[1], {"type": "pointerUp", "button": 0}]
        self._ask("POST", f"{self._session}/actions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def close(self) -> None:
        """End the session and its browser."""
        self._ask("DELETE", self._session)
        self._client.close()

    def _find(self, selector: str) -> str:
        found = self._ask("POST", f"{self._session}/element", using="css selector", value=selector)
        return str(found[ELEMENT])


def _browser() -> str:
    """Return the small browser that comes with the library."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    assert found, "WebKitGTK is missing; install Debian's package webkit2gtk-driver"
    return str(found[-1])


@contextmanager
def running_webkit(*arguments: str) -> Iterator[WebKit]:
    """A screen in memory, and WebKitGTK's small browser on it with these further arguments."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    assert driver, "WebKitGTK is missing; install Debian's package webkit2gtk-driver"
    assert screen, "Xvfb is missing; install Debian's package xvfb"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [screen, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as display:
        assert display.stdout
        number = display.stdout.readline().decode().strip()
        with subprocess.Popen(
            [driver, f"--port={port}"],
            env={**os.environ, "DISPLAY": f":{number}", "NO_AT_BRIDGE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait_for(port)
                browser = WebKit(f"http://127.0.0.1:{port}", arguments)
                yield browser
                browser.close()
            finally:
                process.terminate()
                display.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + HANG_SECONDS
    while time.monotonic() < end:
        with socket.socket() as attempt:
            if not attempt.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(POLL_SECONDS)
    raise AssertionError("WebKitWebDriver does not answer")
