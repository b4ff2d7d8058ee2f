"""The code that the page shows, for recordings with awkward names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from interface.views.snippets import snippets
from tests.support.app_server import EXAMPLES, App


@pytest.mark.parametrize("name", ["a,b;c.mp3", 'it\'s "here".mp3', "back\\slash.mp3", "-x $HOME.mp3"])
def test_curl_sends_files_of_any_name(app: App, tmp_path: Path, name: str) -> None:
    shutil.copy(EXAMPLES / "cello.mp3", tmp_path / name)
    source = dict(snippets(app.url, name))["curl"]
    done = subprocess.run(["bash", "-c", source], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True)
    assert '"instrument": "cello"' in done.stdout
