"""Classifiers in other processes, on other devices and in memory: what they share and what they leave alone."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from instrument_model import InstrumentClassifier, ModelError
from instrument_model.onnx.runtime import OnnxRuntime
from instrument_model.weights import Model
from tests.support.app_server import HANG_SECONDS, ROOT
from tests.support.sounds import noise


def run(script: str) -> str:
    """Run a program in the project's folder; return what it printed."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, check=True, timeout=HANG_SECONDS, capture_output=True, text=True).stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.slow
def test_a_fork_predicts_while_other_threads_did() -> None:
    run("""
import os, sys, threading
from instrument_model import InstrumentClassifier
classifier = InstrumentClassifier.from_pretrained()
expected = classifier.predict("examples/cello.mp3").top
busy = threading.Event()
def keep_predicting():
    while not busy.wait(0):
        classifier.predict("examples/flute.mp3")
threads = [threading.Thread(target=keep_predicting) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(5):
    if not (child := os.fork()):
        os._exit(classifier.predict("examples/cello.mp3").top != expected)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        busy.set()
        sys.exit("a child answered otherwise")
busy.set()
""")


def test_a_classifier_can_be_pickled(bundled: InstrumentClassifier) -> None:
    copy = pickle.loads(pickle.dumps(bundled))  # noqa: S301 - our own
    assert copy.identity == bundled.identity
    assert copy.predict((noise(4.0), 32_000)).to_dict() == bundled.predict((noise(4.0), 32_000)).to_dict()


@pytest.mark.parametrize(
    "script",
    [
        "from instrument_model import InstrumentClassifier as C; C.from_pretrained().predict('examples/cello.mp3').top",
        "from instrument_model.cli import main; assert main(['examples/cello.mp3']) == 0",
        "import app, interface.analysis.listening, instrument_model.hub.download, instrument_model.batch.labelling",
    ],
    ids=["library", "command line", "app"],
)
@pytest.mark.slow
def test_neither_pytorch_nor_what_it_brings_is_loaded(script: str) -> None:
    heavy = {"torch", "torchaudio", "librosa", "matplotlib", "scipy", "sklearn", "onnx"}
    loaded = run(f"import sys; {script}; print(*{{name.split('.')[0] for name in sys.modules}})")
    assert not heavy & set(loaded.splitlines()[-1].split())


def test_loading_leaves_random_states_alone() -> None:
    before, numpys = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    for device in (None, "cpu-torch"):
        InstrumentClassifier.from_pretrained(device=device)
    assert torch.equal(torch.random.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpys)  # type: ignore[index] # noqa: NPY002


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "meta", "", "cuda;rm"])
def test_a_device_that_does_not_exist(device: str) -> None:
    with pytest.raises(ModelError, match=r"^There is no device .*; give cuda"):
        InstrumentClassifier.from_pretrained(device=device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_this_computer_lacks() -> None:
    with pytest.raises(ModelError, match=r"^PyTorch cannot use the device cuda.*leave device out"):
        InstrumentClassifier.from_pretrained(device="cuda")


def test_a_device_without_pytorch() -> None:
    output = run("""
import sys
sys.modules["torch"] = None  # as if it were not installed
from instrument_model import InstrumentClassifier, ModelError
InstrumentClassifier.from_pretrained().predict("examples/cello.mp3")
try:
    InstrumentClassifier.from_pretrained(device="cuda")
except ModelError as error:
    print(error)
""")
    assert output == 'The device cuda needs PyTorch; install it with: pip install "instrument-model[torch]"\n'


def test_a_model_in_memory_is_not_changed(bundled: InstrumentClassifier) -> None:
    before = {name: tensor.copy() for name, tensor in bundled.model.tensors.items()}
    runtime = OnnxRuntime(Model(replace(bundled.config), bundled.model.tensors))
    runtime.network(np.zeros((2, 1, 128, 300), np.float32))
    for name, tensor in bundled.model.tensors.items():
        np.testing.assert_array_equal(tensor, before[name])
