"""The app as a Space: what is published, and that it runs from nothing but that."""

import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from gradio_client import handle_file
from huggingface_hub import metadata_load

from tests.support.app_server import ROOT, running_app
from tests.support.command_line import Outcome, run
from tests.support.hub_client import client_environment
from tests.support.hub_server import HubServer
from tests.support.strangers import patient_client
from training.errors import TrainingError
from training.publishing.push_space import FILES, FOLDERS, stage

pytestmark = pytest.mark.slow

Push = Callable[..., Outcome]


@pytest.fixture
def push(client: ProcessPoolExecutor, hub: HubServer) -> Push:
    def command(*arguments: str) -> Outcome:
        return client.submit(
            run, "training.publishing.push_space", ["--repo", "owner/app", *arguments], hub.token
        ).result()

    return command


def published(hub: HubServer, name: str = "owner/app") -> set[str]:
    space = hub.space(name)
    return set(space.files(space.refs["refs/heads/main"]))


def metadata(hub: HubServer, folder: Path) -> dict[str, Any]:
    """What the Hub reads on top of the Space's README.md."""
    path = folder / "README.md"
    path.write_bytes(hub.content(hub.space("owner/app"), "README.md"))
    found = metadata_load(path)
    assert found is not None
    return found


def test_just_what_a_space_needs(push: Push, hub: HubServer, tmp_path: Path) -> None:
    outcome = push("--hardware", "cpu-basic")
    assert outcome.status == 0, outcome.error
    assert outcome.out.endswith(f"{hub.url}/spaces/owner/app\n")
    assert hub.token not in outcome.out + outcome.error
    space = hub.space("owner/app")
    assert (space.sdk, space.variables, space.private) == ("gradio", {}, False)
    files = published(hub)
    assert {
        "app.py",
        "README.md",
        "requirements.txt",
        "weights/model.safetensors",
        "instrument_model/hub/download.py",
    } <= files
    allowed = {"app.py", "README.md", "requirements.txt", "packages.txt", "LICENSE", ".gitattributes"}
    folders = ("examples/", "instrument_model/", "interface/", "weights/")
    assert [path for path in files if path not in allowed and not path.startswith(folders)] == []
    assert [path for path in files if "__pycache__" in path or "evaluation" in path] == []
    assert {Path(path).suffix for path in files if path.startswith("examples/")} == {".mp3", ".md"}
    found = metadata(hub, tmp_path)
    assert (found["sdk"], found["app_file"]) == ("gradio", "app.py")
    assert f"gradio[mcp]=={found['sdk_version']}" in (ROOT / "requirements.txt").read_text()
    assert found["python_version"] == "3.12.12"  # what ZeroGPU offers
    assert found["suggested_hardware"] == "cpu-basic"  # runs on ZeroGPU, and does not need its GPU
    assert set(found) >= {"title", "emoji", "colorFrom", "colorTo", "short_description", "license", "tags"}


def test_model_is_pinned_by_its_commit(
    push: Push, hub: HubServer, repo: str, model_files: dict[str, bytes], tmp_path: Path
) -> None:
    commit = hub.put(repo, model_files)
    outcome = push(repo, "--revision", "main", "--private")
    assert outcome.status == 0, outcome.error
    assert hub.space("owner/app").variables == {"MODEL_REPO": repo, "MODEL_REVISION": commit}
    found = metadata(hub, tmp_path)
    assert found["models"] == [repo]
    assert found["preload_from_hub"] == [f"{repo} config.json,model.safetensors {commit}"]
    # The same again changes nothing: each change of a variable or a file restarts a Space.
    before = hub.space("owner/app")
    assert push(repo).status == 0
    assert hub.space("owner/app") == before
    # And without a model, the bundled weights answer.
    assert push().status == 0
    assert hub.space("owner/app").variables == {}
    assert "preload_from_hub" not in metadata(hub, tmp_path)


def test_dry_run(push: Push, hub: HubServer, repo: str, model_files: dict[str, bytes]) -> None:
    commit = hub.put(repo, model_files)
    outcome = push(repo, "--repo", "owner/none", "--dry-run")
    assert outcome.status == 0, outcome.error
    assert hub.storage.find("space", "owner/none") is None
    assert "bytes  app.py\n" in outcome.out
    assert f"MODEL_REPO={repo} MODEL_REVISION={commit}\nNothing was uploaded to owner/none.\n" in outcome.out


def test_refusals(push: Push, hub: HubServer, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, {**model_files, "model.safetensors": b"something else"})
    for arguments, sentence in (
        (("--revision", "main"), "--revision is that of a model on the Hub; give both or neither."),
        (("owner/missing",), "The Hub has no owner/missing"),
        ((repo,), "is damaged or not a safetensors file"),
        (("--repo", "someone/app"), "The Hub refuses access to someone/app"),
        (("--repo", "no name"), "'no name' is not the name of a Hub repository"),
    ):
        outcome = push(*arguments)
        assert outcome.status == 1
        assert outcome.error.startswith("error: ")
        assert sentence in outcome.error
        assert outcome.error.count("\n") == 1


def test_image_holds_what_a_space_holds() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = {name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]}
    assert copied == {*FILES, *FOLDERS, "LICENSE"}
    listed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert listed == copied


def test_incomplete_project(tmp_path: Path) -> None:
    project, folder = tmp_path / "project", tmp_path / "space"
    project.mkdir()
    folder.mkdir()
    shutil.copy(ROOT / "app.py", project)
    with pytest.raises(TrainingError, match="is not a whole copy of the project"):
        stage(project, folder)


def test_space_answers_while_the_hub_does_not(
    push: Push, hub: HubServer, repo: str, model_files: dict[str, bytes], tmp_path: Path
) -> None:
    """Started from the published files alone, with the Space's variables, and a Hub that never answers."""
    hub.put(repo, model_files)
    assert push(repo).status == 0
    folder = tmp_path / "space"
    for path in published(hub):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(hub.content(hub.space("owner/app"), path))
    hub.fail("", "hang")
    hub.requests.clear()
    environment = client_environment(hub, tmp_path / "home", HF_HUB_OFFLINE="", PYTHONPATH="")
    with running_app({**environment, **hub.space("owner/app").variables}, folder) as app:
        client = patient_client(app.url)
        answer = client.predict(handle_file(folder / "examples" / "violin.mp3"), api_name="/predict")
        log = app.log.read_text(encoding="utf-8")
    assert answer["model"]["source"] == "bundled"
    assert len(answer["top"]) == 3
    assert f"The bundled model answers until {repo} at " in log
    assert f"GET /api/models/{repo}/revision/{hub.space('owner/app').variables['MODEL_REVISION']}" in {
        request.line for request in hub.requests
    }
