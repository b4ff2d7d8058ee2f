"""Several files at once."""

import base64
import csv
import io
from pathlib import Path

from instrument_model import InstrumentClassifier
from interface import strings
from interface.server.limits import Limits
from interface.tabs import files
from tests.support.app_server import EXAMPLES


def test_several_files_are_answered_one_by_one(bundled: InstrumentClassifier, tmp_path: Path) -> None:
    broken = tmp_path / "=broken.mp3"
    broken.write_text("no sound")
    paths = [str(EXAMPLES / "piano.mp3"), str(broken), str(EXAMPLES / "flute.mp3")]
    pages = list(files.recognise_files(bundled, paths, Limits(max_files=2)))
    assert len(pages) == 3
    assert "1 of 2" in pages[1]
    assert strings.FILES_TOO_MANY.format(count=2, total=3) in pages[-1]
    uri = pages[-1].split('href="data:text/csv;base64,')[1].split('"')[0]
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(uri).decode())))
    assert [row["file"] for row in rows] == ["piano.mp3", "'=broken.mp3"]
    assert rows[0]["error"] == ""
    assert "No sound" in rows[1]["error"]
