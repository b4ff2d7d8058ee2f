"""What tests of publication share: a measured model, and the command that publishes it."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.support.command_line import Outcome, run
from tests.support.hub_server import HubServer
from tests.support.training.measured_model import write_evaluation, write_provenance
from training.publishing.wheel import build_wheel


@pytest.fixture(scope="module")
def evaluation(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation")
    write_evaluation(folder, model_folder)
    return folder


@pytest.fixture(scope="module")
def provenance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("provenance") / "provenance.json"
    write_provenance(path)
    return path


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def push(
    client: ProcessPoolExecutor,
    hub: HubServer,
    repo: str,
    model_folder: Path,
    evaluation: Path,
    provenance: Path,
    wheel: Path,
) -> Callable[..., Outcome]:
    """Runs the command with these arguments on top of the usual ones, of which the last of each counts."""

    def command(*arguments: str, model: Path = model_folder, token: str | None = hub.token) -> Outcome:
        usual = [model, "--repo", repo, "--evaluation", evaluation, "--provenance", provenance, "--wheel", wheel]
        return client.submit(run, "training.publishing.push_model", [*map(str, usual), *arguments], token).result()

    return command
