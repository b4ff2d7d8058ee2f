"""An instrument more in the project's own list is one line, and its sounds."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from instrument_model.labels import LABELS
from tests.support.app_server import ROOT
from tests.support.training.library import make_class_folders
from training.data.precomputed import LABELS_FILE, SETTINGS_FILE

pytestmark = pytest.mark.slow

LINE = '        Label("voice", "Singing voice", "voice", answer=False),\n'
SCRIPT = """
import sys
from pathlib import Path
import torch
from instrument_model import InstrumentClassifier
from instrument_model.labels import LABELS, LABEL_NAMES
from instrument_model.network.model import load_network, with_labels
from interface.model_card import recognises
from interface.strings import ENGLISH
from training.data.precomputed import PreparedItems
from training.data.sources import folder, irmas, manifest
from training.errors import TrainingError
from training.evaluation.answers import Answers
from training.learning.distillation import load_teacher
from training.learning.losses import lead_loss
from training.models.taggers import AudioSetNetwork
from training.models.audioset import row_of
from training.synthesis.general_midi import RENDERED_LABELS, VOICES
import training.train, training.calibrate, training.evaluate, training.render, training.prepare

assert "harp" in LABEL_NAMES and "harp" in recognises(ENGLISH, LABELS)
bundled = InstrumentClassifier.from_pretrained()
assert "harp" not in bundled.config.labels.names  # it was not trained for it, and is read as before
assert with_labels(load_network(Path("weights")), LABELS).config.labels == LABELS
clips = folder.read(Path(sys.argv[1]))
assert ("harp",) in {clip.labels for clip in clips}
other, mix = manifest.read(Path(sys.argv[2]))
assert (other.labels, mix.labels) == (("harp",), ("cello", "harp"))  # which was none of the labels, or unnamed
assert {voice.label for voice in VOICES if voice.detail == "harp"} == {"harp"} <= set(RENDERED_LABELS)
target = torch.tensor([[float(name == "harp") for name in LABEL_NAMES]])
assert lead_loss(20 * target, target) < 0.01 < 1 < lead_loss(-20 * target, target)  # it stands behind the voice
assert len(irmas.CLASSES) == 11 and "harp" not in irmas.CLASSES
answers = torch.zeros(1, 527)
answers[:, row_of("harp")] = 0.7
network = AudioSetNetwork(Path("weights/config.json"), {name: row_of(name) for name in LABEL_NAMES if name != "cello"})
assert network.best_of(answers)[0].tolist() == [float(name == "harp") * answers.max().item() for name in LABEL_NAMES]
items = {"length": 2, "batch_size": 2, "seed": 0}
for call in (lambda: load_teacher("weights"), lambda: PreparedItems([Path(sys.argv[3])], **items)):
    try:
        call()
        raise AssertionError("items or answers of other labels were taken")
    except TrainingError as error:
        assert "other labels" in str(error)
print("fine")
"""


def test_a_line_is_enough(tmp_path: Path) -> None:
    for name in ("instrument_model", "interface", "training", "weights"):
        shutil.copytree(ROOT / name, tmp_path / name)
    labels = tmp_path / "instrument_model" / "labels.py"
    source = labels.read_text(encoding="utf-8")
    assert LINE in source
    labels.write_text(source.replace(LINE, LINE + '        Label("harp", "Harp", "strings"),\n'), encoding="utf-8")
    sounds = make_class_folders(tmp_path / "sounds", takes=2, seconds=0.5)
    (sounds / "violin").rename(sounds / "harp")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "manifest.csv").write_text(
        "path,label,detail,kind,split,source,origin\n"
        "a.ogg,other,harp,note,train,studio,a.wav\nb.ogg,mix,mixed_harp_cello,phrase,dev,studio,b.wav\n"
    )
    (tmp_path / "items").mkdir()
    settings = {"done": 1, "batch_size": 2, "lengths": [4], "taught": False}
    (tmp_path / "items" / SETTINGS_FILE).write_text(json.dumps(settings))
    np.zeros((2, 3, len(LABELS)), np.float32).tofile(tmp_path / "items" / LABELS_FILE)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(sounds), "library", "items"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "fine\n", done.stderr
