"""A short run through the page in Firefox: a recording, a selection, several files, Live."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, HANG_SECONDS, ROOT, App

pytestmark = pytest.mark.slow


def test_the_page_works_in_firefox(app: App, recordings: dict[str, Path]) -> None:
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    assert firefox, "Firefox is missing; install Debian's package firefox-esr"
    files = [str(recordings["webm"]), str(recordings["ogg"]), str(EXAMPLES / "cello.mp3")]
    done = subprocess.run(
        ["node", "tests/support/firefox.mjs", firefox, app.url, *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["headlines"][-1] == "Cello"
    assert ENGLISH.card.error_headline not in told["headlines"]
    assert told["selected"] == "From 0:00.0 to 0:01.0"
    assert told["row"].startswith("cello.mp3")
    assert told["live"] in {"", ENGLISH.microphone.no_output}  # it listens, or says why it cannot
    assert told["faults"] == []
