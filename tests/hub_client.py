"""A second process in which the Hub's client is imported with an environment of our choice: it reads HF_* only then."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from hub_server import HubServer

PROJECT = Path(__file__).resolve().parent.parent


def client_environment(hub: HubServer, home: Path, **more: str) -> dict[str, str]:
    """An environment whose Hub is the given one and whose cache is empty; short time limits keep the tests short."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MODEL_", "GRADIO_"))}
    return kept | {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",  # the storage protocol of hf_xet needs a server of its own
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DOWNLOAD_TIMEOUT": "1",
        "HF_HUB_ETAG_TIMEOUT": "1",
        "PYTHONPATH": str(PROJECT),
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
