"""What tests of data sources share."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.training.irmas_server import Handler, Server, training_archive, write_test_set
from training.data.sources import irmas
from training.data.sources.download import unpack


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.asked = []
        running.files = {"/IRMAS-TrainingData.zip": training_archive()}
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def irmas_root(tmp_path: Path) -> Path:
    (tmp_path / "training.zip").write_bytes(training_archive())
    unpack(tmp_path / "training.zip", tmp_path / irmas.TRAINING)
    write_test_set(tmp_path)
    return tmp_path
