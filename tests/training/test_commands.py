"""All commands of training: one skeleton, one spelling of each argument, one sentence for what is wrong."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from tests.support.app_server import ROOT
from training.__main__ import COMMANDS, summary
from training.cli import MISUSED, REFUSED, Command

PATHS = {"--base", "--cache", "--checkpoint", "--evaluation", "--folder", "--irmas", "--library", "--memory", "--out"}
PATHS |= {"--openmic", "--prepared", "--provenance", "--rendered", "--soundfont"}
WRONG = {
    "irmas": "nowhere --training-only --url http://127.0.0.1:9/nothing",
    "backbone": "--checkpoint nowhere.pt --out here",
    "render": "nowhere --soundfont nowhere.sf2 --out here",
    "prepare": "--library nowhere --out here",
    "train": "--library nowhere --out here --backbone nowhere",
    "teach": "nowhere --out here",
    "ablate": "--library nowhere --out here --backbone nowhere",
    "interpolate": "nowhere nowhere --library nowhere --out here",
    "open_set": "nowhere --prepared nowhere --out here",
    "linear_head": "--backbone nowhere --library nowhere --out here",
    "fit_teacher": "nowhere.pt --library nowhere --out here.json",
    "calibrate": "nowhere --library nowhere --out here",
    "evaluate": "nowhere --library nowhere --out here",
    "resemblance": "nowhere --memory nowhere.pt --library nowhere --out here",
    "provenance": "--library nowhere --out here",
    "model_card": "nowhere --out here",
    "push_model": "nowhere --repo owner/name --dry-run",
    "push_space": "--repo owner/name --revision v1 --dry-run",
}


def command(name: str) -> Command:
    found = importlib.import_module(COMMANDS[name]).main
    assert isinstance(found, Command)
    return found


def options_of(name: str) -> list[argparse.Action]:
    return [action for action in command(name).parser()._actions if action.dest != "help"]


def written_commands() -> list[tuple[str, str]]:
    """(command, its arguments) wherever documents and docstrings write one down with arguments."""
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "training").rglob("*.md")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*documents, *(ROOT / "training").rglob("*.py")))
    text = text.replace("\\\n", " ")
    lines = re.findall(r"^ *(?:python|accelerate launch) -m (training[\w.]*) +(.*)$", text, re.MULTILINE)
    names = {module: name for name, module in COMMANDS.items()}
    return sorted({(names[module], re.sub(r"  +#.*", "", rest)) for module, rest in lines})


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_with_what_the_command_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command(name)(["--help"])
    assert ended.value.code == 0
    assert command(name).module == COMMANDS[name]
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: python -m {COMMANDS[name]} ")
    assert summary(COMMANDS[name]) in shown
    assert re.fullmatch(r"[A-Z][a-z]+ .{10,110}\.", summary(COMMANDS[name]))


def test_every_argument_is_spelled_once_and_means_one_thing() -> None:
    meanings: dict[str, set[tuple[object, object]]] = {}
    for name in COMMANDS:
        for action in options_of(name):
            assert len(action.option_strings) <= 1, "one spelling, and no letters"
            assert action.help, (name, action.dest)
            for option in action.option_strings:
                meanings.setdefault(option, set()).add((action.type, action.metavar))
    assert {option: kinds for option, kinds in meanings.items() if len(kinds) > 1} == {}
    assert {option for option, kinds in meanings.items() if {kind for kind, _ in kinds} == {Path}} >= PATHS
    assert meanings.keys().isdisjoint({"--model", "--output", "--outdir", "--path", "--jobs", "--num-workers"})


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_arguments_get_one_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command(name)(["--no-such-argument"])
    assert ended.value.code == MISUSED
    assert re.fullmatch(
        rf"error: .*; python -m {COMMANDS[name]} --help lists the arguments\.\n", capsys.readouterr().err
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_input_gets_one_sentence(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("training.data.sources.download.ATTEMPTS", 1)
    assert command(name)(WRONG[name].split()) == REFUSED
    assert re.fullmatch(r"error: [^\n]+[.]\n", capsys.readouterr().err)


@pytest.mark.parametrize(("name", "arguments"), written_commands())
def test_the_command_lines_in_documents_and_docstrings_are_accepted(name: str, arguments: str) -> None:
    assert command(name).parser().parse_intermixed_args(shlex.split(arguments))


def test_all_commands_have_a_line_in_documents_or_docstrings() -> None:
    assert {name for name, _ in written_commands()} == COMMANDS.keys()
