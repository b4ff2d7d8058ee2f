"""A Hub that is slow, silent, cut off or damages what it sends."""

from concurrent.futures import ProcessPoolExecutor
from unittest.mock import patch

import pytest

from instrument_model.errors import ModelError
from instrument_model.hub import download as library
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE
from tests.support.downloads import Download, load, load_with
from tests.support.hub_server import HubServer

pytestmark = pytest.mark.slow


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


def test_no_network(client: ProcessPoolExecutor, repo: str) -> None:
    nobody = {"ENDPOINT": "http://127.0.0.1:9"}
    with pytest.raises(ModelError, match=f"The Hub cannot be reached for {repo}; check the connection"):
        client.submit(load_with, repo, {}, nobody).result()
