"""Publication that is refused or fails: nothing is left half done, and one sentence says why."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, file_sha256, load_model
from tests.support.app_server import ROOT
from tests.support.hub_client import client_environment
from tests.support.hub_server import HubServer
from tests.support.training.publication import Push
from training.errors import TrainingError
from training.publishing.onnx_model import ONNX_FILE, onnx_model
from training.publishing.verification import verify

pytestmark = pytest.mark.slow
MAIN = "refs/heads/main"


def test_login_is_needed(push: Push, hub: HubServer, repo: str) -> None:
    outcome = push(token=None)
    assert outcome.error == f"error: Publishing {repo} needs a login; log in with `hf auth login` or set HF_TOKEN.\n"
    assert hub.requests == []


def test_refusals_before_anything_is_sent(
    push: Push, hub: HubServer, model_folder: Path, evaluation: Path, tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    other = tmp_path / "other"
    shutil.copytree(evaluation, other)
    metrics = (other / "metrics.json").read_text()
    (other / "metrics.json").write_text(metrics.replace(file_sha256(model_folder / WEIGHTS_FILE), 64 * "0"))
    mismatch = tmp_path / "mismatch"
    shutil.copytree(model_folder, mismatch)
    config = (mismatch / CONFIG_FILE).read_text()
    (mismatch / CONFIG_FILE).write_text(config.replace('"width": 0.1', '"width": 0.4'))
    for arguments, sentence in (
        (["--evaluation", nothing], f"{nothing} holds no evaluation; make one with `python -m training.evaluate`."),
        (["--evaluation", other], f"{other / 'metrics.json'} measures other weights than {model_folder} holds"),
        ([mismatch], f"{mismatch / WEIGHTS_FILE} does not fit its config.json"),
        ([nothing], f"{nothing} holds no config.json"),
        (["--provenance", nothing], f"{nothing} does not say what the model was made of"),
        (["--wheel", str(nothing)], f"{nothing} is not a wheel of instrument-model"),
        (["--branch", "a", "--pull-request"], "A pull request goes to the main branch"),
    ):
        model = arguments[0] if isinstance(arguments[0], Path) else model_folder
        outcome = push(*[str(argument) for argument in arguments if argument != model], model=model)
        assert outcome.status == 1
        assert outcome.error.startswith(f"error: {sentence}")
        assert outcome.error.count("\n") == 1
    assert hub.requests == []


@pytest.mark.parametrize(
    ("request_line", "status", "sentence"),
    [
        ("POST /api/repos/create", 500, "The Hub has a fault of its own (500)"),
        ("POST /api/validate-yaml", 400, "The Hub does not accept what is to be published"),
        ("POST .*/preupload/", 403, "The Hub refuses access to"),
        ("POST .*/objects/batch", 401, "The Hub does not accept your token"),
        ("PUT /[0-9a-f]{64}", 403, "The Hub refuses access to"),
        ("PUT /[0-9a-f]{64}", 400, "The Hub refuses the request for"),
        ("POST /lfs/verify", 404, "The Hub does not find something that belongs to"),
        ("POST .*/commit/", 500, "The Hub has a fault of its own (500)"),
        ("POST .*/commit/", 412, "The Hub refuses the request for"),
    ],
)
def test_failed_upload_leaves_the_branch_as_it_was(
    push: Push,
    hub: HubServer,
    repo: str,
    model_folder: Path,
    request_line: str,
    status: int,
    sentence: str,
) -> None:
    first = hub.put(repo, {"README.md": b"Something that was there before"})
    # What the storage has already would not be sent again.
    hub.storage.object(file_sha256(model_folder / WEIGHTS_FILE)).unlink(missing_ok=True)
    hub.fail(request_line, "status", status=status)
    outcome = push()
    assert outcome.status == 1
    assert outcome.error.startswith("error: ")
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1
    assert hub.model(repo).refs == {"refs/heads/main": first}


def test_connection_cut_after_the_commit(push: Push, hub: HubServer, repo: str) -> None:
    hub.fail("POST .*/commit/", "cut", times=1)
    outcome = push()
    assert outcome.error == f"error: The connection to the Hub was cut on the way from or to {repo}; try again.\n"
    commit = hub.model(repo).refs["refs/heads/main"]
    outcome = push()
    assert outcome.status == 0, outcome.error
    assert hub.model(repo).refs["refs/heads/main"] == commit, "there was nothing left to do"


def test_upload_that_arrives_broken_is_noticed(push: Push, hub: HubServer) -> None:
    hub.fail("GET /[0-9a-f]{64}", "corrupt", times=1)
    outcome = push()
    assert outcome.error.startswith(f"error: {WEIGHTS_FILE} arrived from the Hub with a wrong checksum")


def test_an_onnx_file_that_arrives_broken_is_noticed(push: Push, hub: HubServer, model_folder: Path) -> None:
    content = onnx_model(load_model(model_folder), file_sha256(model_folder / WEIGHTS_FILE))
    hub.fail(f"GET /{hashlib.sha256(content).hexdigest()}", "corrupt", times=1)
    assert f"{ONNX_FILE} of " in (error := push().error)
    assert error.endswith(" did not arrive whole; publish it again.\n")


def logged_in_verify(token: str, staged: Path, model: Path, repo: str, commit: str) -> None:
    """In the client's process."""
    with patch.dict(os.environ, HF_TOKEN=token):
        verify(staged, model, repo, commit)


@pytest.mark.parametrize("name", ["modeling_instrument_model.py", "examples/cello.mp3", CONFIG_FILE])
def test_a_file_that_is_another_one_on_the_hub_is_noticed(
    push: Push, hub: HubServer, repo: str, model_folder: Path, client: ProcessPoolExecutor, tmp_path: Path, name: str
) -> None:
    assert push().status == 0
    sent = {path: hub.content(hub.model(repo), path) for path in hub.model(repo).files(hub.model(repo).refs[MAIN])}
    for path, content in sent.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    commit = hub.put(repo, sent | {name: sent[name] + b"\n"})
    with pytest.raises(TrainingError, match=f"lacks {name} or holds another one than was sent; publish it again"):
        client.submit(logged_in_verify, hub.token, tmp_path, model_folder, repo, commit).result()
    commit = hub.put(repo, {path: content for path, content in sent.items() if path != "README.md"})
    with pytest.raises(TrainingError, match=r"lacks README\.md or"):
        client.submit(logged_in_verify, hub.token, tmp_path, model_folder, repo, commit).result()


def test_a_publication_that_is_killed_leaves_nothing_half_done(
    hub: HubServer, repo: str, model_folder: Path, evaluation: Path, provenance: Path, wheel: Path, tmp_path: Path
) -> None:
    first = hub.put(repo, {"README.md": b"Something that was there before"})
    before = {path: path.read_bytes() for path in model_folder.iterdir()}
    hub.fail("POST .*/commit/", "hang")
    environment = client_environment(hub, tmp_path / "home", HF_TOKEN=hub.token, TMPDIR=str(tmp_path))
    options = ["--repo", repo, "--evaluation", evaluation, "--provenance", provenance, "--wheel", wheel]
    command = [sys.executable, "-m", "training.publishing.push_model", *map(str, [model_folder, *options])]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as program:
        while not any("/commit/" in request.line for request in hub.requests):
            assert program.poll() is None
            time.sleep(0.05)
        program.kill()
    assert hub.model(repo).refs == {MAIN: first}
    assert {path: path.read_bytes() for path in model_folder.iterdir()} == before
