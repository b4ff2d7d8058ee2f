"""What docs/reliability.md says can be repeated."""

import re
from importlib.metadata import version
from importlib.util import find_spec

from tests.support.app_server import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_the_commands_exist() -> None:
    modules = set(re.findall(r"python -m (stress\.\w+)", PAGE))
    assert modules == {"stress.damage", "stress.bombs", "stress.faults", "stress.load"}
    assert all(find_spec(module) for module in modules)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"-m {module}" in makefile for module in modules)
    named = set(re.findall(r"tests/[\w/]*test_\w+\.py", PAGE))
    assert named
    assert all((ROOT / path).is_file() for path in named)


def test_nothing_was_left_to_fill_in() -> None:
    assert "@" not in PAGE


def test_the_versions_are_those_that_are_installed_and_later_than_the_fixes() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \| ([\d.]+) \|", PAGE, re.MULTILINE)
    assert len(rows) > 10
    for name, here, fixed in rows:
        assert version(name).split("+")[0] == here, name
        assert [int(part) for part in here.split(".")] >= [int(part) for part in fixed.split(".")], name
