"""Models from the Hub as they arrive, and from its cache afterwards."""

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from instrument_model.config import ModelConfig
from instrument_model.errors import ModelError
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, load_config
from tests.support.downloads import Download, load, load_with
from tests.support.hub_client import client_environment, client_process
from tests.support.hub_server import HubServer


def test_model_arrives_as_it_was_published(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    commit = hub.put(repo, {**model_files, "pytorch_model.bin": b"a pickle", "README.md": b"# Card"})
    folder, found = download(repo)
    assert found == commit
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == model_files, "nothing else is downloaded"


def test_a_repository_of_format_1_is_read(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    config = json.loads(model_files[CONFIG_FILE])
    old = {**config, "format_version": 1, "labels": [label["name"] for label in config["labels"]]}
    hub.put(repo, {**model_files, CONFIG_FILE: json.dumps(old).encode()})
    assert load_config(download(repo).folder) == ModelConfig.from_json(model_files[CONFIG_FILE].decode())


def test_known_commit_needs_no_request(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    commit = hub.put(repo, model_files)
    first = download(repo, commit)
    asked = [request.line for request in hub.requests]
    assert len([line for line in asked if line.startswith("GET /api/")]) <= 2  # what it holds, the small file
    assert len(asked) <= 8
    hub.requests.clear()
    assert download(repo, commit) == first
    assert hub.requests == []


def test_branch_and_tag_are_followed(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    first = hub.put(repo, model_files)
    repository = hub.model(repo)
    repository.refs["refs/tags/v1"] = first
    second = hub.storage.commit(repository, repository.files(first), "Nothing new", parent=first)
    assert download(repo, "v1").commit == first
    assert download(repo).commit == second
    assert download(repo, "main").commit == second


@pytest.mark.parametrize("status", [429, 500, 503])
def test_branch_is_found_in_the_cache_when_the_hub_is_down(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], status: int
) -> None:
    first = hub.put(repo, model_files)
    download(repo)
    hub.fail("", "status", status=status)
    assert download(repo).commit == first


def test_file_damaged_in_the_cache_is_downloaded_again(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    commit = hub.put(repo, model_files)
    folder, _ = download(repo, commit)
    blob = (folder / WEIGHTS_FILE).resolve()
    blob.write_bytes(blob.read_bytes()[:-100])
    assert download(repo, commit).commit == commit
    assert (folder / WEIGHTS_FILE).read_bytes() == model_files[WEIGHTS_FILE]


def test_cache_that_cannot_be_written(
    hub: HubServer, client: ProcessPoolExecutor, repo: str, model_files: dict[str, bytes], tmp_path: Path
) -> None:
    hub.put(repo, model_files)
    file = tmp_path / "cache"
    file.write_text("a file where the cache should be")
    with pytest.raises(ModelError, match=f"{repo} did not arrive whole or cannot be stored"):
        client.submit(load_with, repo, {}, {"HF_HUB_CACHE": str(file)}).result()


def test_offline(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], tmp_path: Path) -> None:
    hub.put(repo, model_files)
    folder, commit = download(repo)
    cache = folder.parents[2]
    shutil.copytree(cache, tmp_path / "hub", symlinks=True)
    hub.requests.clear()
    with client_process(client_environment(hub, tmp_path, HF_HUB_OFFLINE="1")) as client:
        for revision in (None, "main", commit):
            assert client.submit(load, repo, revision, 60.0).result()[1] == commit
        with pytest.raises(ModelError, match="owner/other is not in the cache, and HF_HUB_OFFLINE forbids asking"):
            client.submit(load, "owner/other", None, 60.0).result()
    assert hub.requests == []
