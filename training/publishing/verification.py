"""Downloads what has been published and compares it with what was sent."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import onnxruntime

from instrument_model.classifier import InstrumentClassifier
from instrument_model.hub.download import download
from instrument_model.weights import WEIGHTS_FILE, file_sha256

from ..errors import TrainingError
from .hub import hub_api
from .onnx_model import ONNX_FILE, PROBABILITIES, WAVEFORM

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo
    from numpy.typing import NDArray

TOLERANCE = 1e-6
"""How much a probability may change on the way to the Hub and back."""

ONNX_TOLERANCE = 1e-4
"""How much the probabilities of `onnx/model.onnx` may differ from the library's."""

SECONDS = 3


class Differences(NamedTuple):
    """The largest differences between probabilities."""

    library: float
    onnx: float


def verify(staged: Path, model: Path, repo: str, commit: str) -> Differences:
    """Download a commit and compare it with the model that it was made from.

    Args:
        staged: The folder that was sent.
        model: The model folder.
        repo: `owner/name`.
        commit: What was made of the staged folder.

    Raises:
        ModelError: It cannot be downloaded, or our loader refuses it.
        TrainingError: A file is missing or another one, or answers differently.
    """
    where = f"{repo} at {commit}"
    published = download(repo, commit).folder
    if file_sha256(published / WEIGHTS_FILE) != file_sha256(model / WEIGHTS_FILE):
        raise TrainingError(f"{where} holds other weights than {model}; publish it again.")
    with hub_api(repo) as api:
        info = api.model_info(repo, revision=commit, files_metadata=True)
        graph = Path(api.hf_hub_download(repo, ONNX_FILE, revision=commit))
    if odd := _other_files(staged, info):
        raise TrainingError(f"{where} lacks {odd[0]} or holds another one than was sent; publish it again.")
    if file_sha256(graph) != file_sha256(staged / ONNX_FILE):
        raise TrainingError(f"{ONNX_FILE} of {where} did not arrive whole; publish it again.")
    ours = InstrumentClassifier.from_pretrained(model)
    rate = ours.config.frontend.sample_rate
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, SECONDS * rate).astype(np.float32)
    expected = _answer(ours, noise)
    theirs = _answer(InstrumentClassifier.from_pretrained(published), noise)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    heard = session.run([PROBABILITIES], {WAVEFORM: noise[np.newaxis]})[0][0]
    found = Differences(*(float(np.abs(answer - expected).max()) for answer in (theirs, heard)))
    for name, difference, tolerance in zip(("it", ONNX_FILE), found, (TOLERANCE, ONNX_TOLERANCE), strict=True):
        if difference > tolerance:
            raise TrainingError(
                f"{where}: {name} answers differently from {model} (by {difference:.1g}); publish it again."
            )
    return found


def _answer(classifier: InstrumentClassifier, waveform: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """Return the probabilities of one window, (labels,)."""
    probabilities = classifier.predict((waveform, classifier.config.frontend.sample_rate)).probabilities
    return np.array([probabilities[label] for label in classifier.config.labels.names])


def _other_files(staged: Path, info: "ModelInfo") -> list[str]:
    """Return the files that the Hub lacks, or has with another checksum."""
    there = {
        sibling.rfilename: (sibling.blob_id, sibling.lfs.sha256 if sibling.lfs else None)
        for sibling in info.siblings or ()
    }
    odd = []
    for path in sorted(path for path in staged.rglob("*") if path.is_file()):
        name, content = path.relative_to(staged).as_posix(), path.read_bytes()
        blob = hashlib.sha1(
            b"blob %d\0" % len(content) + content, usedforsecurity=False
        ).hexdigest()  # Git's name for it
        git, sha256 = there.get(name, (None, None))
        if (sha256 or git) != (file_sha256(path) if sha256 else blob):
            odd.append(name)
    return odd
