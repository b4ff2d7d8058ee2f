"""What tests of synthesis share."""

from pathlib import Path

import pytest

from tests.support.training.scores import write_score
from training import render


@pytest.fixture
def midi(tmp_path: Path) -> list[Path]:
    write_score(tmp_path / "midi/one.mid")
    write_score(tmp_path / "midi/two.midi", seconds=20)
    return render.find_midi([tmp_path / "midi"])
