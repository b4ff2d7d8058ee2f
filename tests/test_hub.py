"""Downloads of models, with the real client over HTTP from a Hub that fails in every way that we could think of."""

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest
from hub_client import client_environment, client_process
from hub_server import HubServer

from instrument_model import hub as library
from instrument_model.errors import ModelError
from instrument_model.hub import Snapshot
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE

TERABYTE = 10**12


def load(repo: str, revision: str | None, timeout: float) -> tuple[str, str]:
    """In the client process: downloads a model and loads it."""
    from instrument_model.weights import load_model

    snapshot = library.download(repo, revision, timeout=timeout)
    load_model(snapshot.folder)
    return str(snapshot.folder), snapshot.commit


@pytest.fixture
def download(client: ProcessPoolExecutor) -> "Download":
    return Download(client)


class Download:
    def __init__(self, client: ProcessPoolExecutor) -> None:
        self._client = client

    def __call__(self, repo: str, revision: str | None = None, timeout: float = 60.0) -> Snapshot:
        folder, commit = self._client.submit(load, repo, revision, timeout).result()
        return Snapshot(Path(folder), commit)

    def failure(self, repo: str, revision: str | None = None, timeout: float = 60.0) -> str:
        with pytest.raises(ModelError) as caught:
            self(repo, revision, timeout)
        sentence = str(caught.value)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert "http" not in sentence, "an address may be signed"
        return sentence


def test_model_arrives_as_it_was_published(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    commit = hub.put(repo, {**model_files, "pytorch_model.bin": b"a pickle", "README.md": b"# Card"})
    folder, found = download(repo)
    assert found == commit
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == model_files, "nothing else is downloaded"


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


def test_private_repository_is_not_admitted_to_exist(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    hub.put(repo, model_files, private=True)
    assert download.failure(repo).startswith(
        f"The Hub has no {repo}, or does not show it to you; check the name, or log in"
    )


def test_missing_repository(download: Download, repo: str) -> None:
    assert download.failure(repo).startswith(
        f"The Hub has no {repo}, or does not show it to you; check the name, or log in"
    )


def test_gated_repository(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, model_files, gated=True)
    assert "is for those who accept its conditions" in download.failure(repo)


def test_missing_revision(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, model_files)
    assert download.failure(repo, "v9").startswith(f"{repo} has no revision v9")
    assert download.failure(repo, 40 * "0").startswith(f"{repo} has no revision 0000")


@pytest.mark.parametrize("wrong", ["no/such/name", "a b/c", "/etc", "owner/..", "owner/name--x", ""])
def test_wrong_name(download: Download, wrong: str) -> None:
    assert "is not the name of a Hub repository, such as owner/name" in download.failure(wrong)


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (401, {}, "The Hub does not accept your token"),
        (403, {}, "The Hub refuses access to"),
        (429, {"Retry-After": "77"}, "for now; try again in 77 seconds."),
        (429, {}, "for now; try again later."),
        (500, {}, "The Hub has a fault of its own (500)"),
        (504, {}, "The Hub has a fault of its own (504)"),
        (418, {}, "The Hub refuses the request"),
    ],
)
def test_refusals(
    hub: HubServer,
    download: Download,
    repo: str,
    model_files: dict[str, bytes],
    status: int,
    headers: dict[str, str],
    sentence: str,
) -> None:
    hub.put(repo, model_files)
    hub.fail("", "status", status=status, headers=headers)
    assert sentence in download.failure(repo)
    hub.heal()
    download(repo)


def test_missing_file_behind_an_announced_one(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    hub.put(repo, model_files)
    hub.fail(f"/{repo}/resolve/.*safetensors", "status", status=404)
    assert "The Hub does not find something that belongs to" in download.failure(repo)
    hub.heal()
    download(repo)


def test_hub_that_never_answers(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, model_files)
    hub.fail("", "hang", times=1)
    assert (
        download.failure(repo, timeout=0.5)
        == f"{repo} did not arrive from the Hub within 0.5 seconds; try again later."
    )


def load_from_impatient_client(repo: str) -> None:
    """In the client process."""
    with patch.object(library, "ANSWER_SECONDS", 0.5):
        load(repo, None, 60.0)


def test_hub_that_does_not_say_what_it_has(hub: HubServer, client: ProcessPoolExecutor, repo: str) -> None:
    hub.fail("GET /api/models", "hang")
    with pytest.raises(ModelError, match=f"The Hub did not answer in time when asked for {repo}; check the connection"):
        client.submit(load_from_impatient_client, repo).result()


def test_download_that_goes_on_after_the_time_limit_is_joined(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    """A server that asks for patience gets it, but not from whoever waits for the model."""
    hub.put(repo, model_files)
    hub.fail("/resolve/.*json", "status", status=429, headers={"Retry-After": "1"}, times=2)
    assert "within 0.3 seconds" in download.failure(repo, timeout=0.3)
    download(repo)
    assert sum(request.line == f"GET /api/models/{repo}" for request in hub.requests) == 1


def test_silent_file(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, model_files)
    hub.fail("/resolve/.*safetensors", "hang")
    assert "within 1 seconds" in download.failure(repo, timeout=1)


def test_slow_file(hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]) -> None:
    """A byte every now and then defeats the client's own limit."""
    hub.put(repo, model_files)
    hub.fail("GET /[0-9a-f]{64}", "slow")
    assert "within 2 seconds" in download.failure(repo, timeout=2)


def test_cut_connection_is_resumed(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    hub.put(repo, model_files)
    hub.fail("GET /[0-9a-f]{64}", "cut", times=1)
    folder, _ = download(repo)
    assert (folder / WEIGHTS_FILE).read_bytes() == model_files[WEIGHTS_FILE]


def test_connection_that_is_cut_again_and_again(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    hub.put(repo, model_files)
    hub.fail("GET /[0-9a-f]{64}", "cut")
    assert download.failure(repo) == f"The connection to the Hub was cut on the way from or to {repo}; try again."
    hub.heal()
    download(repo)


@pytest.mark.parametrize(
    ("file", "path"), [(CONFIG_FILE, "GET /api/resolve-cache"), (WEIGHTS_FILE, "GET /[0-9a-f]{64}")]
)
def test_wrong_checksum(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], file: str, path: str
) -> None:
    hub.put(repo, model_files)
    hub.fail(path, "corrupt", times=1)
    assert download.failure(repo).startswith(f"{file} arrived from the Hub with a wrong checksum")
    download(repo)


def test_file_damaged_in_the_cache_is_downloaded_again(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    commit = hub.put(repo, model_files)
    folder, _ = download(repo, commit)
    blob = (folder / WEIGHTS_FILE).resolve()
    blob.write_bytes(blob.read_bytes()[:-100])
    assert download(repo, commit).commit == commit
    assert (folder / WEIGHTS_FILE).read_bytes() == model_files[WEIGHTS_FILE]


def test_pickle_is_never_downloaded(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    hub.put(repo, {CONFIG_FILE: model_files[CONFIG_FILE], "pytorch_model.bin": b"a pickle"})
    assert download.failure(repo).startswith(
        f"{repo} holds only a pickle (pytorch_model.bin), which could run any code"
    )
    assert not any("pytorch_model" in request.line for request in hub.requests)


@pytest.mark.parametrize("missing", [CONFIG_FILE, WEIGHTS_FILE])
def test_repository_of_something_else(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], missing: str
) -> None:
    hub.put(repo, {path: content for path, content in model_files.items() if path != missing})
    assert download.failure(repo).startswith(f"{repo} holds no {missing}, so it is no model of this library")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"width": 0.1', '"width": 100000.0', "network.width is 100000, which is outside"),
        ('"format_version": 1', '"format_version": 2', "This model has format 2, and this version"),
        ('"format_version": 1', '"architectures": ["Bert"]', "does not belong to a model of this library"),
        ("{", "[", "is not valid JSON"),
    ],
)
def test_config_is_checked_before_the_weights_are_asked_for(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], old: str, new: str, sentence: str
) -> None:
    config = model_files[CONFIG_FILE].decode()
    assert old in config
    hub.put(repo, {**model_files, CONFIG_FILE: config.replace(old, new, 1).encode()})
    assert sentence in download.failure(repo)
    assert not any("safetensors" in request.line for request in hub.requests)


@pytest.mark.parametrize("huge", [CONFIG_FILE, WEIGHTS_FILE])
def test_terabyte_is_refused_before_it_is_downloaded(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes], huge: str
) -> None:
    hub.put(repo, model_files, announced={huge: TERABYTE})
    assert f"announces {TERABYTE} bytes of {huge}" in download.failure(repo)
    assert not any(huge in request.line for request in hub.requests)


def test_weights_of_another_width_are_refused(
    hub: HubServer, download: Download, repo: str, model_files: dict[str, bytes]
) -> None:
    wider = model_files[CONFIG_FILE].replace(b'"width": 0.1', b'"width": 1.0')
    hub.put(repo, {**model_files, CONFIG_FILE: wider})
    assert "does not fit its config.json" in download.failure(repo)


def test_something_else_in_the_hubs_place(hub: HubServer, download: Download, repo: str) -> None:
    hub.fail("", "status", status=200)
    assert download.failure(repo).startswith("What answers in the Hub's place")


def load_with(repo: str, variables: dict[str, str], constants: dict[str, str]) -> None:
    """In the client process: with other environment variables, and other values of those that were read before."""
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, variables))
        for name, value in constants.items():
            stack.enter_context(patch(f"huggingface_hub.constants.{name}", value))
        load(repo, None, 60.0)


def test_token_stays_with_the_hub(
    hub: HubServer, client: ProcessPoolExecutor, repo: str, model_files: dict[str, bytes]
) -> None:
    """The storage of large files is another host, to which the address alone gives access; it refuses a token."""
    hub.put(repo, model_files, private=True)
    client.submit(load_with, repo, {"HF_TOKEN": hub.token}, {}).result()
    of_the_hub = [request for request in hub.requests if "/resolve" in request.line or "/api/" in request.line]
    assert all(request.authorized for request in of_the_hub)
    assert not any(request.authorized for request in hub.requests if request not in of_the_hub)
    assert len(hub.requests) > len(of_the_hub) > 3


def test_invalid_token(hub: HubServer, client: ProcessPoolExecutor, repo: str, model_files: dict[str, bytes]) -> None:
    hub.put(repo, model_files)
    token = "hf_" + "0" * 34
    with pytest.raises(ModelError, match="The Hub does not accept your token") as caught:
        client.submit(load_with, repo, {"HF_TOKEN": token}, {}).result()
    assert token not in str(caught.value)


def test_no_network(client: ProcessPoolExecutor, repo: str) -> None:
    nobody = {"ENDPOINT": "http://127.0.0.1:9"}
    with pytest.raises(ModelError, match=f"The Hub cannot be reached for {repo}; check the connection"):
        client.submit(load_with, repo, {}, nobody).result()


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
