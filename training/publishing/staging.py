"""Puts into a folder exactly what is to be published of a model."""

import shutil
from dataclasses import replace
from pathlib import Path

from instrument_model.classifier import InstrumentClassifier
from instrument_model.weights import WEIGHTS_FILE, load_model

from ..evaluation.results import write_results
from ..resembling import measure as resembling
from .measured_model import EVALUATION, MeasuredModel
from .model_card import model_card
from .onnx_model import ONNX_FILE, onnx_model
from .provenance import Provenance
from .publication import EXAMPLE_CLIPS, EXAMPLES, Publication
from .transformers_files import write_transformers_files
from .wheel import PROJECT


def stage(measured: MeasuredModel, provenance: Provenance, publication: Publication, wheel: Path, folder: Path) -> None:
    """Fill an empty folder: the model for this library, for Transformers and for ONNX Runtime, wheel, card, figures.

    Args:
        measured: The model with its evaluation.
        provenance: What it was made of.
        publication: Where it goes.
        wheel: The library's wheel.
        folder: Is filled.
    """
    shutil.copy(measured.folder / WEIGHTS_FILE, folder)
    write_transformers_files(folder, measured.config)  # config.json among them
    graph = folder / ONNX_FILE
    graph.parent.mkdir()
    graph.write_bytes(onnx_model(load_model(measured.folder), measured.sha256))
    shutil.copy(wheel, folder)
    clips = folder / EXAMPLES
    clips.mkdir()
    for name in EXAMPLE_CLIPS:
        shutil.copy(PROJECT / EXAMPLES / f"{name}.mp3", clips)
    _stage_evaluation(measured, publication.repo, folder / EVALUATION)
    card = model_card(measured, provenance, publication, _widgets(measured.folder, publication))
    (folder / "README.md").write_text(f"{card}\n", encoding="utf-8")


def _stage_evaluation(measured: MeasuredModel, repo: str, folder: Path) -> None:
    folder.mkdir()
    # Paths of this computer are nobody else's business.
    lost = measured.results.unreadable
    published = replace(measured.results, unreadable=lost if isinstance(lost, int) else len(lost))
    write_results(folder, {repo: published})
    if found := measured.resembling:
        resembling.write(folder, found)
    for path in measured.plots:
        shutil.copy(path, folder)


def _widgets(model: Path, publication: Publication) -> list[dict[str, object]]:
    """Return clips with the model's answers, in the form in which the Hub shows them on the model's page."""
    classifier = InstrumentClassifier.from_pretrained(model)
    widgets: list[dict[str, object]] = []
    for name in EXAMPLE_CLIPS:
        path = f"{EXAMPLES}/{name}.mp3"
        top = classifier.predict(PROJECT / path).top
        answers = [{"label": guess.label, "score": round(guess.probability, 4)} for guess in top]
        widgets.append({"example_title": name.capitalize(), "src": publication.url(path), "output": answers})
    return widgets
