"""The library as a wheel, with the bundled model in it."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from instrument_model.atomic import whole

from ..errors import TrainingError

PROJECT = Path(__file__).resolve().parents[2]
CONTENT = ("pyproject.toml", "LICENSE", "instrument_model", "weights")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
WHEEL_NAME = re.compile(r"instrument_model-[\w.+]+-py3-none-any\.whl")
ESSENTIAL = ("instrument_model/__init__.py", "instrument_model/bundled/model.safetensors")
EPOCH = "315532800"  # 1980, the beginning of time in zip files: the same code gives the same wheel, byte for byte


def build_wheel(folder: Path, project: Path = PROJECT) -> Path:
    """Build the wheel with this environment's setuptools, in a copy that leaves the project as it is.

    Args:
        folder: Where the wheel goes.
        project: A checkout.

    Returns:
        The wheel's path.

    Raises:
        TrainingError: The project is not complete, or setuptools fails.
    """
    with TemporaryDirectory() as temporary:
        copy, built = Path(temporary, "project"), Path(temporary, "wheel")
        copy.mkdir()
        try:
            for name in CONTENT:
                _copy(project / name, copy / name)
        except OSError as error:
            raise TrainingError(f"{project} is not a whole copy of the project ({error}); get it again.") from error
        built.mkdir()
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", BUILD, built],
            cwd=copy,
            env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        wheel = next(built.glob("*.whl"), None)
        if done.returncode or wheel is None:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise TrainingError(f"The wheel cannot be built ({reason}); install requirements-dev.txt and try again.")
        with whole(folder / wheel.name) as place:
            shutil.copy(wheel, place)
    return folder / wheel.name


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "evaluation"))
    else:
        shutil.copy2(source, target)


def check_wheel(path: Path) -> None:
    """Check that a file is a wheel of this library with a model in it.

    Raises:
        TrainingError: It is something else.
    """
    try:
        with zipfile.ZipFile(path) as wheel:
            names = set(wheel.namelist())
    except (OSError, zipfile.BadZipFile):
        names = set()
    if WHEEL_NAME.fullmatch(path.name) is None or not names >= set(ESSENTIAL):
        raise TrainingError(f"{path} is not a wheel of instrument-model; leave --wheel out to have one built.")
