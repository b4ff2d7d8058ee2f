"""Runs the command lines of training, within this process or as programs, with what they print."""

import contextlib
import importlib
import io
import os
import subprocess
import sys
from typing import NamedTuple
from unittest.mock import patch

from tests.support.app_server import HANG_SECONDS, ROOT


class Outcome(NamedTuple):
    """What a command line leaves behind."""

    status: int
    out: str
    error: str


def run(module: str, arguments: list[str], token: str | None = None) -> Outcome:
    """Calls a module's `main`, logged in to the Hub with this token."""
    out, error = io.StringIO(), io.StringIO()
    login = {"HF_TOKEN": token} if token else {}
    with patch.dict(os.environ, login), contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        status = importlib.import_module(module).main(arguments)
    return Outcome(status, out.getvalue(), error.getvalue())


def run_program(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a module as a program of its own."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
