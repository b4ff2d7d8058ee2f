"""What tests of the evaluation share."""

from pathlib import Path

import pytest

from tests.support.training.library import make_library
from training.evaluation import answers, conditions


@pytest.fixture
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MIXTURES", 4)
    monkeypatch.setattr(answers, "RESAMPLES", 20)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))
