"""The wheel: built from the checkout, installed into empty environments elsewhere, and used there."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

import instrument_model
from tests.support.app_server import EXAMPLES, ROOT
from training.publishing.wheel import build_wheel

pytestmark = pytest.mark.slow

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


def install(wheel: Path, version: str, folder: Path) -> subprocess.CompletedProcess[str] | None:
    """Install the wheel into an empty environment in a folder; None if this version of Python is not here."""
    python = interpreter(version)
    if python is None:
        return None
    # This environment's pip installs into the other, which saves the time of installing pip there first.
    run(folder, python, "-m", "venv", "--without-pip", folder).check_returncode()
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    return run(folder, *pip, "install", "--quiet", "--no-compile", wheel)


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder outside of the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def environments(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Environments with nothing but the wheel and what it requires, by version; made side by side."""
    folders = {version: tmp_path_factory.mktemp(f"python{version}-") for version in VERSIONS}
    with ThreadPoolExecutor() as pool:
        installed = dict(zip(VERSIONS, pool.map(partial(install, wheel), VERSIONS, folders.values()), strict=True))
    done = {version: process for version, process in installed.items() if process is not None}
    if any("Failed to establish a new connection" in process.stderr for process in done.values()):
        pytest.skip("there is no package index here")
    assert {version: process.stderr for version, process in done.items() if process.returncode} == {}
    yield {version: folders[version] for version in done}
    for folder in folders.values():
        shutil.rmtree(folder)  # a few hundred megabytes


@pytest.mark.parametrize("version", VERSIONS)
def test_in_an_empty_environment(environments: dict[str, Path], version: str, tmp_path: Path) -> None:
    if version not in environments:
        pytest.skip(f"there is no Python {version} here")
    programs = environments[version] / "bin"
    clip = EXAMPLES / "cello.mp3"
    used = run(tmp_path, programs / "python", "-c", USE, clip)
    assert used.returncode == 0, used.stderr
    answer, without_torch = used.stdout.splitlines()
    assert answer == f"cello bundled {instrument_model.__version__}"
    assert without_torch.endswith('pip install "instrument-model[torch]"')
    command_line = run(tmp_path, programs / "instrument-model", clip)
    assert command_line.returncode == 0, command_line.stderr
    assert "* Cello" in command_line.stdout
    (tmp_path / "clips").mkdir()
    shutil.copy(clip, tmp_path / "clips")
    for arguments, extra in (
        (["clips", "--out", "table.parquet"], "parquet"),
        (["clips", "--out", "table.csv", "--engine", "ray"], "ray"),
    ):
        refused = run(tmp_path, programs / "instrument-model", *arguments)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1, refused.stderr
        assert f'pip install "instrument-model[{extra}]"' in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["clips"], "nothing half written"
