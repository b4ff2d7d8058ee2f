"""What the repository holds and has ever held."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.support.app_server import ROOT
from training.publishing.wheel import EPOCH

MAX_BYTES = 10_000_000  # a Space wants large-file storage for more
PICKLES = {".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth"}


def git(*arguments: str, text: str = "") -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def history() -> list[tuple[str, int, str]]:
    """Every file of every commit as (object, bytes, path); of a shallow clone, those that it has."""
    objects = [line.partition(" ") for line in git("rev-list", "--objects", "--all")]
    paths = {name: path for name, _, path in objects if path}
    sizes = git("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", text="\n".join(paths))
    found = [line.split() for line in sizes]
    return [(name, int(size), paths[name]) for name, kind, size in found if kind == "blob"]


def test_history_is_there(history: list[tuple[str, int, str]]) -> None:
    paths = {path for _, _, path in history}
    assert {"instrument_model/hub/download.py", "weights/model.safetensors"} <= paths


def test_nothing_is_large(history: list[tuple[str, int, str]]) -> None:
    assert [(path, size) for _, size, path in history if size > MAX_BYTES] == []


def test_no_pickle(history: list[tuple[str, int, str]]) -> None:
    """Neither by name nor by content: a pickle of protocol 2 or later begins with 0x80 and the protocol's number."""
    assert [path for _, _, path in history if Path(path).suffix in PICKLES] == []
    binary = [(name, path) for name, _, path in history if Path(path).suffix not in {".py", ".md", ".txt", ".json"}]
    for name, path in binary:
        blob = subprocess.run(["git", "cat-file", "blob", name], cwd=ROOT, capture_output=True, check=True).stdout
        assert not (blob[:1] == b"\x80" and blob[1:2] <= b"\x05" and blob[-1:] == b"."), path
        assert b"data.pkl" not in blob, f"{path} is a PyTorch checkpoint"


def test_what_others_publish_is_pinned_by_digest() -> None:
    """A tag can be moved to other code; a digest cannot."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    actions = [match for path in workflows for match in re.findall(r"uses: *(.+)", path.read_text(encoding="utf-8"))]
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", action)] == []
    images = re.findall(r"^FROM (.+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert images
    assert [image for image in images if not re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", image)] == []


WRITES = {("release.yml", "release"): {"contents": "write"}, ("release.yml", "pypi"): {"id-token": "write"}}
"""The jobs that may change something, and what."""


def workflows() -> dict[str, dict[str, Any]]:
    paths = (ROOT / ".github" / "workflows").glob("*.yml")
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(paths)}


def test_workflows_may_read_and_nothing_else() -> None:
    for name, workflow in workflows().items():
        assert workflow["permissions"] in ({}, {"contents": "read"}), name
        for job, steps in workflow["jobs"].items():
            allowed = WRITES.get((name, job), {"contents": "read"})
            assert steps.get("permissions", allowed) == allowed, f"{name}: {job}"


def test_a_release_is_built_once_tested_everywhere_and_needs_no_stored_token() -> None:
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    jobs = workflows()["release.yml"]["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert (jobs["test"]["needs"], jobs["release"]["needs"], jobs["pypi"]["needs"]) == ("build", "test", "test")
    assert jobs["pypi"]["environment"] == "pypi"
    built = {step["env"]["SOURCE_DATE_EPOCH"] for step in jobs["build"]["steps"] if "env" in step}
    assert built == {EPOCH}, "as of a wheel that is built here"
