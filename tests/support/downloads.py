"""Downloads as the tests make them: in the process whose Hub is ours."""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from instrument_model.errors import ModelError
from instrument_model.hub.download import Snapshot
from instrument_model.hub.download import download as library_download


def load(repo: str, revision: str | None, timeout: float) -> tuple[str, str]:
    """In the client process: downloads a model and loads it."""
    from instrument_model.weights import load_model

    snapshot = library_download(repo, revision, timeout=timeout)
    load_model(snapshot.folder)
    return str(snapshot.folder), snapshot.commit


def load_with(repo: str, variables: dict[str, str], constants: dict[str, str]) -> None:
    """In the client process: with other environment variables, and other values of those that were read before."""
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, variables))
        for name, value in constants.items():
            stack.enter_context(patch(f"huggingface_hub.constants.{name}", value))
        load(repo, None, 60.0)


class Download:
    """Downloads and loads models in the client process."""

    def __init__(self, client: ProcessPoolExecutor) -> None:
        self._client = client

    def __call__(self, repo: str, revision: str | None = None, timeout: float = 60.0) -> Snapshot:
        folder, commit = self._client.submit(load, repo, revision, timeout).result()
        return Snapshot(Path(folder), commit)

    def failure(self, repo: str, revision: str | None = None, timeout: float = 60.0) -> str:
        """The sentence that a download ends with."""
        with pytest.raises(ModelError) as caught:
            self(repo, revision, timeout)
        sentence = str(caught.value)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert "http" not in sentence, "an address may be signed"
        return sentence


@pytest.fixture(name="download")
def fixture_download(client: ProcessPoolExecutor) -> Download:
    """Downloads from the Hub of the tests."""
    return Download(client)
