"""Every limit is documented, comes from the environment, and a bad value is refused with one sentence."""

import ast
import os
import subprocess
import sys
from dataclasses import fields

import pytest

from instrument_model.errors import InstrumentModelError
from interface.server import limits_page
from interface.server.deadlines import Patience
from interface.server.limits import Limits, port
from interface.strings import ENGLISH
from tests.support.app_server import HANG_SECONDS, ROOT


def test_the_page_about_limits_is_that_of_the_code() -> None:
    assert set(limits_page.meanings()) >= {field.name for field in fields(Limits)}
    assert (ROOT / "docs" / "limits.md").read_text(encoding="utf-8") == limits_page.markdown()


def test_every_limit_is_used() -> None:
    sources = [ROOT / "app.py", *(ROOT / "interface").rglob("*.py")]
    used = {
        node.attr
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert used >= {field.name for field in fields(Limits)} - {"max_minutes"} | {"max_seconds"}


@pytest.mark.parametrize("field", [field.name.upper() for field in fields(Limits)])
@pytest.mark.parametrize("bad", ["0", "-1", "many", "1e3", "1.5", "99999999", "9" * 5000, "٣", "1 2"])
def test_a_bad_value_is_one_sentence(field: str, bad: str) -> None:
    with pytest.raises(InstrumentModelError, match=rf"^{field} is [^\n]*; set it to a whole number [^\n]*\.$"):
        Limits.from_environment({field: bad})


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InstrumentModelError, match=r"^UPLOAD_MB is 50, more than UPLOADS_MB with 20; [^\n]*\.$"):
        Limits.from_environment({"UPLOADS_MB": "20"})


def test_the_port() -> None:
    assert port({}) is None
    assert port({"PORT": " 80 "}) == 80
    for bad in ("0", "65536", "http", "-1", "9" * 5000):
        with pytest.raises(InstrumentModelError, match=r"^PORT is [^\n]*\.$"):
            port({"PORT": bad})


@pytest.mark.slow
def test_the_app_says_so_and_does_not_start() -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "WORKERS": "lots"},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: WORKERS is 'lots'; ")
    assert "Traceback" not in done.stderr


def test_patience_ends_by_its_own_clock() -> None:
    now = 0.0
    patience = Patience(5, clock=lambda: now)
    now = 4.9
    patience.check(0.3)
    now = 5.1
    with pytest.raises(InstrumentModelError, match=ENGLISH.errors.request_late.format(seconds=5)):
        patience.check()
