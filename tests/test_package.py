"""The wheel: built from the checkout, installed into empty environments elsewhere, and used there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.app_server import EXAMPLES, ROOT
from training.publishing.wheel import build_wheel

MAX_BYTES = 10_000_000
VERSIONS = ("3.11", "3.12", "3.13")
USE = """
import importlib.util, sys
from instrument_model import InstrumentClassifier, ModelError, __version__
prediction = InstrumentClassifier.from_pretrained().predict(sys.argv[1])
print(prediction.instrument, prediction.model.source, __version__)
assert not {"torch", "gradio", "librosa"} & set(sys.modules)
assert importlib.util.find_spec("torch") is None
try:
    InstrumentClassifier.from_pretrained(device="cuda")
except ModelError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_what_is_in_it(wheel: Path) -> None:
    assert wheel.stat().st_size < MAX_BYTES
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "instrument_model").rglob("*.py")}
    model = {f"instrument_model/bundled/{name}" for name in ("README.md", "config.json", "model.safetensors")}
    assert names >= code | model | {"instrument_model/py.typed"}
    assert {name.split("/")[0] for name in names} == {"instrument_model", f"{wheel.name.split('-py3')[0]}.dist-info"}


def test_the_same_code_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def interpreter(version: str) -> str | None:
    """A Python of this version that starts."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    path = shutil.which(f"python{version}")
    if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
        return path
    root = (
        shutil.which("pyenv") and subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout
    )
    found = sorted(Path(root.strip(), "versions").glob(f"{version}.*/bin/python")) if root else []
    return str(found[-1]) if found else None


@pytest.mark.parametrize("version", VERSIONS)
def test_in_an_empty_environment(wheel: Path, version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}

    def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert run(python, "-m", "venv", "empty").returncode == 0
    programs = tmp_path / "empty" / "bin"
    installed = run(programs / "pip", "install", "--quiet", wheel)
    if "Failed to establish a new connection" in installed.stderr:
        pytest.skip("there is no package index here")
    assert installed.returncode == 0, installed.stderr
    clip = EXAMPLES / "cello.mp3"
    used = run(programs / "python", "-c", USE, clip)
    assert used.returncode == 0, used.stderr
    answer, without_torch = used.stdout.splitlines()
    assert answer == "cello bundled 1.0.0"
    assert without_torch.endswith('pip install "instrument-model[torch]"')
    command_line = run(programs / "instrument-model", clip)
    assert command_line.returncode == 0, command_line.stderr
    assert "* Cello" in command_line.stdout
    (tmp_path / "clips").mkdir()
    shutil.copy(clip, tmp_path / "clips")
    for arguments, extra in (
        (["clips", "--out", "table.parquet"], "parquet"),
        (["clips", "--out", "table.csv", "--engine", "ray"], "ray"),
    ):
        refused = run(programs / "instrument-model", *arguments)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1, refused.stderr
        assert f"instrument-model[{extra}]" in refused.stderr
