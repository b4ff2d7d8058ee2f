"""An instrument more in the project's own list is one line, and its sounds."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app_server import ROOT
from tests.support.training.library import make_class_folders

pytestmark = pytest.mark.slow

LINE = '        Label("voice", "Singing voice", "voice", answer=False),\n'
SCRIPT = """
import sys
from pathlib import Path
from instrument_model import InstrumentClassifier
from instrument_model.labels import LABELS, LABEL_NAMES
from instrument_model.network.model import load_network, with_labels
from interface.model_card import recognises
from interface.strings import ENGLISH
from training.data.sources import folder
from training.evaluation.answers import Answers
import training.train, training.calibrate, training.evaluate, training.render, training.prepare

assert "viola" in LABEL_NAMES and "viola" in recognises(ENGLISH, LABELS)
bundled = InstrumentClassifier.from_pretrained()
assert "viola" not in bundled.config.labels.names  # it was not trained for it, and is read as before
assert with_labels(load_network(Path("weights")), LABELS).config.labels == LABELS
clips = folder.read(Path(sys.argv[1]))
assert ("viola",) in {clip.labels for clip in clips}
print("fine")
"""


def test_a_line_is_enough(tmp_path: Path) -> None:
    for name in ("instrument_model", "interface", "training", "weights"):
        shutil.copytree(ROOT / name, tmp_path / name)
    labels = tmp_path / "instrument_model" / "labels.py"
    source = labels.read_text(encoding="utf-8")
    assert LINE in source
    labels.write_text(source.replace(LINE, '        Label("viola", "Viola", "strings"),\n' + LINE), encoding="utf-8")
    sounds = make_class_folders(tmp_path / "sounds", takes=2, seconds=0.5)
    (sounds / "violin").rename(sounds / "viola")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(sounds)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "fine\n", done.stderr
