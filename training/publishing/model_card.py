"""Write a model's README.md: metadata for the Hub, figures of its evaluation, and what it was made of.

python -m training.publishing.model_card weights --evaluation runs/evaluation --out weights/README.md
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from instrument_model.atomic import write_text
from instrument_model.config import CalibrationConfig

from ..cli import Command, add_out
from ..errors import writing
from ..evaluation.results import Accuracies, Conditions, GroupResults
from .measured_model import EVALUATION, MeasuredModel, add_model_arguments, read_model_arguments
from .provenance import Provenance
from .publication import Publication

if TYPE_CHECKING:
    from huggingface_hub import EvalResult, ModelCard

TEMPLATE = Path(__file__).with_name("model_card.md.j2")


def model_card(
    measured: MeasuredModel,
    provenance: Provenance,
    publication: Publication | None = None,
    widgets: Sequence[Mapping[str, object]] = (),
) -> "ModelCard":
    """Return the card of a model.

    Args:
        measured: The model with its figures.
        provenance: What it was made of.
        publication: Where it is on the Hub; None for the bundled model, whose card has no snippets.
        widgets: Clips with their answers, for its page on the Hub.
    """
    from huggingface_hub import ModelCard, ModelCardData

    config = measured.config
    labels = config.labels
    emissions = {
        "emissions": round(provenance.grams_of_co2, 1),
        "source": "hours of training, an assumed power draw and the world's average mix of electricity",
        "training_type": "fine-tuning",
        "hardware_used": provenance.hardware or "unknown",
    }
    data = ModelCardData(
        model_name="Musical instrument recogniser",
        license=provenance.license,
        # What the Hub's own button shows: Transformers, which the files beside a published model serve.
        library_name="transformers" if publication else "instrument-model",
        pipeline_tag="audio-classification",
        tags=[
            "music",
            "musical-instruments",
            "instrument-recognition",
            "audio",
            "safetensors",
            *(["onnx"] if publication else []),
        ],
        datasets=["agkphysics/AudioSet"],
        metrics=["accuracy", "f1", "roc_auc"],
        eval_results=_eval_results(measured),
        co2_eq_emissions=emissions if provenance.hours else None,
        widget=list(widgets) or None,
    )
    card: ModelCard = ModelCard.from_template(
        data,
        template_path=str(TEMPLATE),
        publication=publication,
        config=config,
        length=round(config.window.seconds * config.frontend.sample_rate),
        hop=round(config.window.hop_seconds * config.frontend.sample_rate),
        sha256=measured.sha256,
        parameters=measured.parameters,
        provenance=provenance,
        clips=sum(collection.clips for collection in provenance.collections),
        minutes=round(sum(collection.minutes for collection in provenance.collections)),
        share_alike=[collection.name for collection in provenance.collections if collection.share_alike],
        unstated=[collection.name for collection in provenance.collections if not collection.stated],
        instruments=[instrument.display.lower() for instrument in labels if instrument.answer],
        noticed=[labels.displays[name].lower() for name in labels.noticed],
        group=measured.group,
        split=measured.results.split,
        calibrated=_is_calibrated(measured.config.calibration),
        held_out=_number(measured.held_out_calibration_error),
        main=measured.main,
        figures=_main_figures(measured.main),
        per_class=_per_class(measured),
        short_names=[_cell(labels.displays[name]) for name in labels.instruments],
        confusion=[
            [_cell(labels.displays[name]), *row]
            for name, row in zip(labels.instruments, measured.main.confusion, strict=True)
        ],
        calibration=_number(measured.main.calibration.ece),
        resembling=measured.resembling,
        further=[display.lower() for display in config.resemblance.classes.values()] if config.resemblance else [],
        limits=_limits(measured.results.conditions),
        plots=[(plot.stem.replace("_", " "), f"{EVALUATION}/{plot.name}") for plot in measured.plots],
    )
    return card


def _cell(text: str) -> str:
    """Return a text that neither ends a cell of a Markdown table nor is markup."""
    return re.sub(r"([\\|<>*_\[\]&])", r"\\\1", text)


def _eval_results(measured: MeasuredModel) -> "list[EvalResult]":
    from huggingface_hub import EvalResult

    main = measured.main
    metrics = (
        ("accuracy", "Top-1, mean over the instruments", main.top1.per_class_mean),
        ("accuracy", "Top-3, mean over the instruments", main.top3.per_class_mean),
        ("f1", "Macro F1", main.classification.macro.f1),
        ("roc_auc", "One of the instruments against none of them", main.rejection.auroc),
        ("expected_calibration_error", "Expected calibration error", main.calibration.ece),
    )
    return [
        EvalResult(
            task_type="audio-classification",
            task_name="Musical instrument recognition",
            dataset_type="recordings",
            dataset_name=f"Recorded phrases, {measured.group}",
            dataset_split="validation",
            metric_type=kind,
            metric_name=name,
            metric_value=round(value, 4),
        )
        for kind, name, value in metrics
        if isfinite(value)
    ]


def _is_calibrated(calibration: CalibrationConfig) -> bool:
    return calibration.temperature != 1 or any(calibration.bias.values())


def _main_figures(main: GroupResults) -> list[tuple[str, str]]:
    rows = []
    for name, top in (("Top-1", main.top1), ("Top-3", main.top3)):
        low, high = map(_percent, top.interval)
        rows.append((name, f"{_percent(top.per_class_mean)} (95 % interval {low} to {high})"))
    return [
        *rows,
        ("Macro F1", _number(main.classification.macro.f1)),
        ("Mean average precision, all labels", _number(main.map)),
        ("Label-ranking average precision", _number(main.lrap)),
        ("AUROC of one of the instruments against none", _number(main.rejection.auroc)),
        ("Recordings of the instruments that are named", _percent(main.rejection.instruments_named)),
        ("Others that are answered with none of these", _percent(main.rejection.others_rejected)),
        ("Expected calibration error", _number(main.calibration.ece)),
    ]


def _per_class(measured: MeasuredModel) -> list[list[str]]:
    scores = measured.main.classification.per_label
    accuracies = measured.main.per_class_top1
    thresholds = measured.config.calibration.thresholds
    return [
        [
            _cell(label.display),
            str(scores[label.name].support),
            _percent(accuracies.get(label.name)),
            _number(scores[label.name].precision),
            _number(scores[label.name].recall),
            _number(scores[label.name].f1),
            f"{thresholds[label.name]:.2f}",
        ]
        for label in measured.config.labels
        if label.answer
    ]


def _limits(conditions: Conditions | None) -> list[tuple[str, list[list[str]]]]:
    """Return tables of accuracy against noise and length, and of ranking against the number of instruments."""
    if not conditions:
        return []
    noise = conditions.noise
    colours = (("white", noise.white), ("pink", noise.pink))
    accuracy = ["top-1", "top-3"]
    return [
        (
            "Noise",
            [["noise", *accuracy], ["none", *_accuracies(noise.clean)]]
            + [
                [f"{colour}, {snr}", *_accuracies(value)] for colour, levels in colours for snr, value in levels.items()
            ],
        ),
        (
            "Length",
            [["loudest part", *accuracy]] + [[name, *_accuracies(value)] for name, value in conditions.length.items()],
        ),
        (
            "Several instruments at once",
            [["instruments", "label-ranking average precision", "recall among as many guesses as instruments"]]
            + [[name, _number(row.lrap), _percent(row.recall_at_k)] for name, row in conditions.instruments.items()],
        ),
    ]


def _accuracies(found: Accuracies) -> list[str]:
    return [_percent(found.top1), _percent(found.top3)]


def _percent(share: float | None) -> str:
    return "–" if share is None or not isfinite(share) else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None or not isfinite(value) else f"{value:.3f}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model_arguments(parser)
    add_out(parser, "file to write (default: README.md in the model folder)", required=False)


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        ModelError: The model is broken.
        TrainingError: There is no evaluation or provenance of it, or the card cannot be written.
    """
    measured, provenance = read_model_arguments(options)
    out = options.out or options.model / "README.md"
    with writing(out):
        write_text(out, f"{model_card(measured, provenance)}\n")
    print(f"Wrote {out}")


main = Command("training.publishing.model_card", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
