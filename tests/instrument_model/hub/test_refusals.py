"""A Hub that refuses, and models that we refuse."""

from concurrent.futures import ProcessPoolExecutor

import pytest

from instrument_model.errors import ModelError
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE
from tests.support.downloads import Download, load_with
from tests.support.hub_server import HubServer

TERABYTE = 10**12


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


def test_something_else_in_the_hubs_place(hub: HubServer, download: Download, repo: str) -> None:
    hub.fail("", "status", status=200)
    assert download.failure(repo).startswith("What answers in the Hub's place")


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
        ('"format_version": 3', '"format_version": 4', "This model has format 4, and this version"),
        ('"format_version": 3', '"architectures": ["Bert"]', "does not belong to a model of this library"),
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
