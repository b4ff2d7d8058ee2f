"""What tests of synthesis share."""

from pathlib import Path

import pytest

from tests.support.training.scores import write_score
from training.synthesis.render import find_midi


@pytest.fixture
def midi(tmp_path: Path) -> list[Path]:
    write_score(tmp_path / "midi/one.mid")
    write_score(tmp_path / "midi/two.midi", seconds=20)
    return find_midi([tmp_path / "midi"])
