"""The structure of the code: small files, small folders, and imports in one direction."""

import ast
import re
import subprocess
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import instrument_model
from tests.support.app_server import ROOT

MAX_LINES = 250
MAX_MODULES = 16
WINGS = {"instrument_model", "interface", "training"}


def python_files(*folders: str) -> list[Path]:
    """The project's Python files, relative to its root."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [Path(line) for line in listed.splitlines() if (ROOT / line).is_file()]
    return [path for path in paths if not folders or path.parts[0] in folders]


def module_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports() -> dict[str, set[str]]:
    """Which modules of the project each module imports, anywhere in its code."""
    paths = {module_of(path): path for path in python_files("instrument_model", "interface", "training")}
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        names: set[str] = set()
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                origin = ".".join([*base, *([node.module] if node.module else [])])
                inner = {f"{origin}.{alias.name}" for alias in node.names} & paths.keys()
                names |= inner or {origin}
        found[module] = names & paths.keys() - {module}
    return found


def test_files_are_short() -> None:
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_folders_hold_few_modules() -> None:
    folders: dict[Path, int] = {}
    for path in python_files():
        folders[path.parent] = folders.get(path.parent, 0) + (not path.name.startswith("__"))
    assert {str(folder): count for folder, count in folders.items() if count > MAX_MODULES} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_go_from_the_page_and_training_to_the_library() -> None:
    allowed = {"instrument_model": set(), "interface": {"instrument_model"}, "training": {"instrument_model"}}
    wrong = [
        f"{module} -> {name}"
        for module, names in imports().items()
        for name in names
        if name.split(".")[0] not in allowed[module.split(".")[0]] | {module.split(".")[0]}
    ]
    assert wrong == []


def test_versions_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## [{instrument_model.__version__}]" in changelog
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {instrument_model.__version__}\n" in citation


def test_every_package_of_the_library_is_installed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    packages = {str(path.parent).replace("/", ".") for path in python_files("instrument_model")}
    assert set(listed) == packages | {"instrument_model.bundled"}  # which is the folder of weights


def test_the_documents_name_files_that_exist() -> None:
    for document in (ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"):
        for name in re.findall(
            r"`((?:instrument_model|interface|training|tests|docs|weights)/[\w/.]*)`",
            document.read_text(encoding="utf-8"),
        ):
            assert (ROOT / name).exists(), f"{document.name} names {name}"
