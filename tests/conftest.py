"""What several test modules need: recordings in every format, a small model that is not trained, the app, a Hub."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from instrument_model.classifier import InstrumentClassifier
from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.network.model import InstrumentNetwork, save_network
from tests.support.app_server import App, running_app
from tests.support.downloads import fixture_download
from tests.support.hub_client import fixture_client, fixture_hub, fixture_model_files, fixture_repo, fixture_running_hub
from tests.support.sounds import FORMATS, tone, write

# For networks this small, several threads only wait for each other, here and in the programs that tests start.
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"

__all__ = [
    "fixture_client",
    "fixture_download",
    "fixture_hub",
    "fixture_model_files",
    "fixture_repo",
    "fixture_running_hub",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the running app is slow, before `-m` chooses."""
    for item in items:
        if "app" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two seconds of A4 in stereo, at 48 kHz, for each suffix in `sounds.FORMATS`."""
    folder = tmp_path_factory.mktemp("recordings")
    left = tone(2.0, 48_000)
    stereo = np.stack([left, 0.5 * left], axis=1)
    return {suffix: write(folder / f"tone.{suffix}", stereo, 48_000) for suffix in FORMATS}


@pytest.fixture(scope="session")
def network() -> InstrumentNetwork:
    """A narrow network with seeded random weights."""
    torch.manual_seed(0)
    return InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1))).eval()


@pytest.fixture(scope="session")
def model_folder(network: InstrumentNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That network, saved."""
    folder = tmp_path_factory.mktemp("model")
    save_network(folder, network)
    return folder


@pytest.fixture(scope="session")
def classifier(model_folder: Path) -> InstrumentClassifier:
    """That network, loaded."""
    return InstrumentClassifier.from_pretrained(model_folder)


@pytest.fixture(scope="session")
def bundled() -> InstrumentClassifier:
    """The model that is published with the code."""
    return InstrumentClassifier.from_pretrained()


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    """The app with the bundled model, started once for all tests that need it."""
    with running_app() as running:
        yield running
