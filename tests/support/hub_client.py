"""The Hub on 127.0.0.1 and a second process in which its client is imported with this Hub in its environment.

The client reads HF_* when it is imported, once, and the process of the tests may have imported it already.
"""

import itertools
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.support.app_server import ROOT
from tests.support.hub_server import HubServer

_numbers = itertools.count()


def client_environment(hub: HubServer, home: Path, **more: str) -> dict[str, str]:
    """An environment whose Hub is the given one and whose cache is empty."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MODEL_", "GRADIO_"))}
    return kept | {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",  # the storage protocol of hf_xet needs a server of its own
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "OMP_NUM_THREADS": "1",  # the models are small, and a test is not alone on the machine
        "PYTHONPATH": str(ROOT),
        **more,
    }


@contextmanager
def client_process(environment: dict[str, str]) -> Iterator[ProcessPoolExecutor]:
    """A process that runs functions of this test suite; what they return or raise comes back."""
    with patch.dict(os.environ, environment, clear=True):
        executor = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        executor.submit(os.getpid).result()  # starts it
    with executor:
        yield executor


@pytest.fixture(scope="session", name="running_hub")
def fixture_running_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    with HubServer(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture(name="hub")
def fixture_hub(running_hub: HubServer) -> Iterator[HubServer]:
    """A Hub in good health that has not been asked anything yet."""
    running_hub.requests.clear()
    yield running_hub
    running_hub.heal()


@pytest.fixture(scope="session", name="client")
def fixture_client(running_hub: HubServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessPoolExecutor]:
    """A process whose Hub this is."""
    with client_process(client_environment(running_hub, tmp_path_factory.mktemp("home"))) as client:
        yield client


@pytest.fixture(scope="session", name="model_files")
def fixture_model_files(model_folder: Path) -> dict[str, bytes]:
    """The files of a valid model, as small as the format allows."""
    return {path.name: path.read_bytes() for path in model_folder.iterdir()}


@pytest.fixture(name="repo")
def fixture_repo() -> str:
    """The name of a repository of this test alone, which no other has put into the cache."""
    number = next(_numbers)
    return f"owner/model-{number}"
