"""Downloads of models, with the real client over HTTP from a Hub that fails in every way that we could think of."""

import itertools
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hub_client import client_environment, client_process
from hub_server import HubServer

from instrument_model import hub
from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.errors import ModelError
from instrument_model.hub import Snapshot
from instrument_model.model import InstrumentNetwork
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, save_model

TERABYTE = 10**12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    with HubServer(tmp_path_factory.mktemp("hub")) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: HubServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessPoolExecutor]:
    with client_process(client_environment(server, tmp_path_factory.mktemp("home"))) as client:
        yield client


@pytest.fixture(autouse=True)
def _healthy(server: HubServer) -> Iterator[None]:
    server.requests.clear()
    yield
    server.heal()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a valid model, as small as the format allows."""
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1))))
    return {name: (folder / name).read_bytes() for name in (CONFIG_FILE, WEIGHTS_FILE)}


@pytest.fixture
def name(numbers: Iterator[int]) -> str:
    """A repository of this test alone, which no other has put into the cache."""
    return f"owner/model-{next(numbers)}"


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


def load(repo: str, revision: str | None, timeout: float) -> tuple[str, str]:
    """In the client process: downloads a model and loads it."""
    from instrument_model.weights import load_model

    snapshot = hub.download(repo, revision, timeout=timeout)
    load_model(snapshot.folder)
    return str(snapshot.folder), snapshot.commit


@pytest.fixture
def download(client: ProcessPoolExecutor) -> "Download":
    return Download(client)


class Download:
    def __init__(self, client: ProcessPoolExecutor) -> None:
        self._client = client

    def __call__(self, repo: str, revision: str | None = None, timeout: float = 20.0) -> Snapshot:
        folder, commit = self._client.submit(load, repo, revision, timeout).result()
        return Snapshot(Path(folder), commit)

    def failure(self, repo: str, revision: str | None = None, timeout: float = 20.0) -> str:
        with pytest.raises(ModelError) as caught:
            self(repo, revision, timeout)
        sentence = str(caught.value)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert "http" not in sentence, "an address may be signed"
        return sentence


def test_model_arrives_as_it_was_published(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    commit = server.put(name, {**files, "pytorch_model.bin": b"a pickle", "README.md": b"# Card"})
    folder, found = download(name)
    assert found == commit
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files, "nothing else is downloaded"


def test_known_commit_needs_no_request(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    commit = server.put(name, files)
    first = download(name, commit)
    asked = [request.line for request in server.requests]
    assert len([line for line in asked if line.startswith("GET /api/")]) <= 2  # what it holds, the small file
    assert len(asked) <= 8
    server.requests.clear()
    assert download(name, commit) == first
    assert server.requests == []


def test_branch_and_tag_are_followed(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    first = server.put(name, files)
    repository = server.model(name)
    repository.refs["refs/tags/v1"] = first
    second = server.storage.commit(repository, repository.files(first), "Nothing new", parent=first)
    assert download(name, "v1").commit == first
    assert download(name).commit == second
    assert download(name, "main").commit == second


@pytest.mark.parametrize("status", [429, 500, 503])
def test_branch_is_found_in_the_cache_when_the_hub_is_down(
    server: HubServer, download: Download, name: str, files: dict[str, bytes], status: int
) -> None:
    first = server.put(name, files)
    download(name)
    server.fail("", "status", status=status)
    assert download(name).commit == first


def test_private_repository_is_not_admitted_to_exist(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    server.put(name, files, private=True)
    assert download.failure(name).startswith(
        f"The Hub has no {name}, or does not show it to you; check the name, or log in"
    )


def test_missing_repository(download: Download, name: str) -> None:
    assert download.failure(name).startswith(
        f"The Hub has no {name}, or does not show it to you; check the name, or log in"
    )


def test_gated_repository(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, files, gated=True)
    assert "is for those who accept its conditions" in download.failure(name)


def test_missing_revision(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, files)
    assert download.failure(name, "v9").startswith(f"{name} has no revision v9")
    assert download.failure(name, 40 * "0").startswith(f"{name} has no revision 0000")


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
    server: HubServer,
    download: Download,
    name: str,
    files: dict[str, bytes],
    status: int,
    headers: dict[str, str],
    sentence: str,
) -> None:
    server.put(name, files)
    server.fail("", "status", status=status, headers=headers)
    assert sentence in download.failure(name)
    server.heal()
    download(name)


def test_missing_file_behind_an_announced_one(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    server.put(name, files)
    server.fail(f"/{name}/resolve/.*safetensors", "status", status=404)
    assert "The Hub does not find something that belongs to" in download.failure(name)
    server.heal()
    download(name)


def test_hub_that_never_answers(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, files)
    server.fail("", "hang", times=1)
    assert (
        download.failure(name, timeout=0.5)
        == f"{name} did not arrive from the Hub within 0.5 seconds; try again later."
    )


def test_download_that_goes_on_after_the_time_limit_is_joined(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    """A server that asks for patience gets it, but not from whoever waits for the model."""
    server.put(name, files)
    server.fail("/resolve/.*json", "status", status=429, headers={"Retry-After": "1"}, times=2)
    assert "within 0.3 seconds" in download.failure(name, timeout=0.3)
    download(name)
    assert sum(request.line == f"GET /api/models/{name}" for request in server.requests) == 1


def test_silent_file(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, files)
    server.fail("/resolve/.*safetensors", "hang")
    assert "within 1 seconds" in download.failure(name, timeout=1)


def test_slow_file(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    """A byte every now and then defeats the client's own limit."""
    server.put(name, files)
    server.fail("GET /[0-9a-f]{64}", "slow")
    assert "within 2 seconds" in download.failure(name, timeout=2)


def test_cut_connection_is_resumed(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, files)
    server.fail("GET /[0-9a-f]{64}", "cut", times=1)
    folder, _ = download(name)
    assert (folder / WEIGHTS_FILE).read_bytes() == files[WEIGHTS_FILE]


def test_connection_that_is_cut_again_and_again(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    server.put(name, files)
    server.fail("GET /[0-9a-f]{64}", "cut")
    assert download.failure(name) == f"The connection to the Hub was cut on the way from or to {name}; try again."
    server.heal()
    download(name)


@pytest.mark.parametrize(
    ("file", "path"), [(CONFIG_FILE, "GET /api/resolve-cache"), (WEIGHTS_FILE, "GET /[0-9a-f]{64}")]
)
def test_wrong_checksum(
    server: HubServer, download: Download, name: str, files: dict[str, bytes], file: str, path: str
) -> None:
    server.put(name, files)
    server.fail(path, "corrupt", times=1)
    assert download.failure(name).startswith(f"{file} arrived from the Hub with a wrong checksum")
    download(name)


def test_file_damaged_in_the_cache_is_downloaded_again(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    commit = server.put(name, files)
    folder, _ = download(name, commit)
    blob = (folder / WEIGHTS_FILE).resolve()
    blob.write_bytes(blob.read_bytes()[:-100])
    assert download(name, commit).commit == commit
    assert (folder / WEIGHTS_FILE).read_bytes() == files[WEIGHTS_FILE]


def test_pickle_is_never_downloaded(server: HubServer, download: Download, name: str, files: dict[str, bytes]) -> None:
    server.put(name, {CONFIG_FILE: files[CONFIG_FILE], "pytorch_model.bin": b"a pickle"})
    assert download.failure(name).startswith(
        f"{name} holds only a pickle (pytorch_model.bin), which could run any code"
    )
    assert not any("pytorch_model" in request.line for request in server.requests)


@pytest.mark.parametrize("missing", [CONFIG_FILE, WEIGHTS_FILE])
def test_repository_of_something_else(
    server: HubServer, download: Download, name: str, files: dict[str, bytes], missing: str
) -> None:
    server.put(name, {path: content for path, content in files.items() if path != missing})
    assert download.failure(name).startswith(f"{name} holds no {missing}, so it is no model of this library")


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
    server: HubServer, download: Download, name: str, files: dict[str, bytes], old: str, new: str, sentence: str
) -> None:
    config = files[CONFIG_FILE].decode()
    assert old in config
    server.put(name, {**files, CONFIG_FILE: config.replace(old, new, 1).encode()})
    assert sentence in download.failure(name)
    assert not any("safetensors" in request.line for request in server.requests)


@pytest.mark.parametrize("huge", [CONFIG_FILE, WEIGHTS_FILE])
def test_terabyte_is_refused_before_it_is_downloaded(
    server: HubServer, download: Download, name: str, files: dict[str, bytes], huge: str
) -> None:
    server.put(name, files, announced={huge: TERABYTE})
    assert f"announces {TERABYTE} bytes of {huge}" in download.failure(name)
    assert not any(huge in request.line for request in server.requests)


def test_weights_of_another_width_are_refused(
    server: HubServer, download: Download, name: str, files: dict[str, bytes]
) -> None:
    wider = files[CONFIG_FILE].replace(b'"width": 0.1', b'"width": 1.0')
    server.put(name, {**files, CONFIG_FILE: wider})
    assert "does not fit its config.json" in download.failure(name)


def test_something_else_in_the_hubs_place(server: HubServer, download: Download, name: str) -> None:
    server.fail("", "status", status=200)
    assert download.failure(name).startswith("What answers in the Hub's place")


def test_token_stays_with_the_hub(server: HubServer, name: str, files: dict[str, bytes], tmp_path: Path) -> None:
    """The storage of large files is another host, to which the address alone gives access; it refuses a token."""
    server.put(name, files, private=True)
    with client_process(client_environment(server, tmp_path, HF_TOKEN=server.token)) as client:
        client.submit(load, name, None, 20.0).result()
    assert all(
        request.authorized == ("/resolve" in request.line or "/api/" in request.line) for request in server.requests
    )


def test_offline(server: HubServer, download: Download, name: str, files: dict[str, bytes], tmp_path: Path) -> None:
    server.put(name, files)
    folder, commit = download(name)
    cache = folder.parents[2]
    shutil.copytree(cache, tmp_path / "hub", symlinks=True)
    server.requests.clear()
    with client_process(client_environment(server, tmp_path, HF_HUB_OFFLINE="1")) as client:
        for revision in (None, "main", commit):
            assert client.submit(load, name, revision, 5.0).result()[1] == commit
        with pytest.raises(
            ModelError, match="owner/other is not in the cache, and HF_HUB_OFFLINE forbids asking the Hub"
        ):
            client.submit(load, "owner/other", None, 5.0).result()
    assert server.requests == []


def test_no_network(tmp_path: Path) -> None:
    with HubServer(tmp_path / "hub") as server:
        environment = client_environment(server, tmp_path / "home")
    with (
        client_process(environment) as client,
        pytest.raises(ModelError, match="The Hub cannot be reached for owner/name"),
    ):
        client.submit(load, "owner/name", None, 5.0).result()


def test_cache_that_cannot_be_written(server: HubServer, name: str, files: dict[str, bytes], tmp_path: Path) -> None:
    server.put(name, files)
    (tmp_path / "hub").write_text("a file where the cache should be")
    with (
        client_process(client_environment(server, tmp_path)) as client,
        pytest.raises(ModelError, match="cannot be stored"),
    ):
        client.submit(load, name, None, 5.0).result()
