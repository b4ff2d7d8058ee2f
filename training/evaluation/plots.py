"""Plots of an evaluation, as PNG files."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from instrument_model.labels import LABELS, LabelSet

from .results import Accuracies, Calibration, Conditions, Ranking, Results

DPI = 120


def draw(folder: Path, result: Results, labels: LabelSet = LABELS) -> list[Path]:
    """Draw the plots of one model's results.

    Args:
        folder: Must exist.
        result: As `evaluate.measure` returns them.
        labels: Of the model.

    Returns:
        The files.
    """
    main = next(iter(result.groups.values()))
    plots = {
        "confusion": confusion(main.confusion, labels),
        "per_class_accuracy": per_class(main.per_class_top1, labels),
        "reliability": reliability(main.calibration),
    }
    if result.conditions:
        plots["conditions"] = conditions(result.conditions)
    for name, figure in plots.items():
        figure.savefig(folder / f"{name}.png", dpi=DPI)
    return [folder / f"{name}.png" for name in plots]


def _plain(text: str) -> str:
    """Return a text that Matplotlib does not take for a formula."""
    return text.replace("$", r"\$")


def confusion(matrix: list[list[int]], labels: LabelSet = LABELS) -> Figure:
    """Draw the confusion matrix: rows are the truth, shades are shares of a row, numbers are clips."""
    counts = np.array(matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(7, 6.4), layout="constrained")
    axes = figure.subplots()
    names = [_plain(labels.displays[name]) for name in labels.instruments]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="most probable instrument", ylabel="instrument")
    for row, column in np.argwhere(counts):
        axes.text(
            column,
            row,
            counts[row, column],
            ha="center",
            va="center",
            color="white" if shares[row, column] > 0.5 else "black",
        )
    return figure


def per_class(accuracies: dict[str, float], labels: LabelSet = LABELS) -> Figure:
    """Draw a bar for each instrument."""
    shown = [label for label in labels if label.name in accuracies]
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([_plain(label.display) for label in shown], [accuracies[label.name] for label in shown])
    axes.bar_label(bars, fmt="%.2f", padding=2)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.1), xlabel="top-1 accuracy")
    return figure


def reliability(calibration: Calibration) -> Figure:
    """Draw accuracy against confidence, and how many clips there are at each confidence."""
    confidence = [row.confidence for row in calibration.bins]
    figure = Figure(figsize=(5, 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color="grey", linestyle=":")
    upper.plot(confidence, [row.accuracy for row in calibration.bins], marker="o")
    upper.set(
        xlim=(0, 1),
        ylim=(0, 1.02),
        ylabel="share of clips that are right",
        title=f"expected calibration error {calibration.ece:.3f}",
    )
    lower.bar(confidence, [row.count for row in calibration.bins], width=0.04)
    lower.set(xlabel="probability of the most probable instrument", ylabel="clips")
    return figure


def conditions(measured: Conditions) -> Figure:
    """Draw accuracy against noise and length, and ranking against the number of instruments."""
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    noise, length, instruments = figure.subplots(1, 3)
    for colour, levels in (("white", measured.noise.white), ("pink", measured.noise.pink)):
        _lines(
            noise,
            {"clean": measured.noise.clean} | levels,
            (("top1", f"{colour}, top-1"), ("top3", f"{colour}, top-3")),
        )
    noise.set(xlabel="signal-to-noise ratio", ylabel="accuracy")
    _lines(length, measured.length, (("top1", "top-1"), ("top3", "top-3")))
    length.set(xlabel="loudest part of the clip")
    _lines(instruments, measured.instruments, (("lrap", "ranking precision"), ("recall_at_k", "recall at k")))
    instruments.set(xlabel="instruments sounding")
    return figure


def _lines(
    axes: Axes, rows: Mapping[str, Accuracies] | Mapping[str, Ranking], series: tuple[tuple[str, str], ...]
) -> None:
    for key, label in series:
        axes.plot(list(rows), [getattr(row, key) for row in rows.values()], marker="o", label=label)
    axes.set_ylim(0, 1.02)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
