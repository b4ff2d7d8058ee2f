"""What the README tells people to type works, and its settings are those that a Space reads."""

import re
import subprocess
import sys

import pytest
from huggingface_hub import metadata_load
from PIL import Image

from tests.support.app_server import ROOT

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_python_example_runs() -> None:
    source = next(block for block in blocks("python") if "InstrumentClassifier" in block)
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cello ")


def test_the_settings_of_the_space_fit_what_is_installed() -> None:
    settings = metadata_load(ROOT / "README.md") or {}
    assert len(settings["short_description"]) <= 60
    assert (ROOT / settings["app_file"]).is_file()
    assert f"gradio[mcp]=={settings['sdk_version']}" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_the_calls_are_those_of_the_page() -> None:
    from interface.views.snippets import snippets

    page = dict(snippets("http://127.0.0.1:7860", "clip.mp3"))
    (javascript,) = blocks("js")
    assert javascript.strip() == page["JavaScript"].split("\n", 1)[1]
    assert any(page["curl"] == block.strip() for block in blocks("sh"))


def test_the_picture_is_light() -> None:
    path = ROOT / "docs" / "screenshot.webp"
    assert path.stat().st_size < 300_000
    assert Image.open(path).width >= 1200


def test_make_knows_the_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?\bmake ([a-z-]+)", README)) - {"and"}
    assert named >= {"run", "test"}
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)
