"""What tests of collections share."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from instrument_model.batch.recordings import Recording
from instrument_model.batch.workers import Labeller


@pytest.fixture
def folder(recordings: dict[str, Path], tmp_path: Path) -> Path:
    """Two recordings, a damaged one, and what is no recording."""
    folder = tmp_path / "recordings"
    (folder / "deep" / "er").mkdir(parents=True)
    shutil.copy(recordings["wav"], folder / "one.WAV")
    shutil.copy(recordings["mp3"], folder / "deep" / "er" / "two.mp3")
    (folder / "bad.flac").write_bytes(b"fLaC, it says")
    (folder / "cover.jpg").write_bytes(b"picture")
    (folder / ".hidden.wav").write_bytes(b"")
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The local engine in this process, which starts at once; the files that it was given."""
    given: list[str] = []
    label = Labeller.__call__

    def noted(self: Labeller, recording: Recording) -> list[dict[str, Any]]:
        given.append(recording.file)
        return label(self, recording)

    monkeypatch.setattr(Labeller, "__call__", noted)
    return given
