"""What was uploaded is removed when its time has come, and nothing else."""

import os
from pathlib import Path

from interface.server.cleanup import Sweeper
from interface.server.uploads import SETTING, UploadFolder


def test_nothing_stays(tmp_path: Path) -> None:
    now = 0.0
    uploads = UploadFolder.choose({SETTING: str(tmp_path / "temporary")})
    uploads.create()
    files = uploads.files
    remembered = {str(files / "a" / "clip.wav"), "elsewhere"}
    sweeper = Sweeper(uploads, keep_seconds=100, unfinished_seconds=10, remembered=[remembered], clock=lambda: now)
    outside = tmp_path / "outside.txt"
    outside.write_text("stays")
    (files / "a").mkdir()
    clip, unfinished, link = files / "a" / "clip.wav", files / "tmpupload", files / "a" / "link"
    for path in (clip, unfinished):
        path.write_bytes(b"sound")
    link.symlink_to(outside)
    sweeper.sweep()
    os.utime(clip, (0, 0))  # handed out again, on a machine whose clock says 1970
    now = 50.0
    sweeper.sweep()
    assert clip.exists()
    assert link.is_symlink()
    assert not unfinished.exists(), "an upload that was cut off"
    now = 120.0
    sweeper.sweep()
    assert clip.exists(), "it was handed out again"
    assert not link.is_symlink()
    now = 151.0
    sweeper.sweep()
    assert not clip.exists()
    assert remembered == {"elsewhere"}
    os.utime(files / "a", (0, 0))
    sweeper.sweep()
    assert list(files.iterdir()) == []
    assert outside.read_text() == "stays"
