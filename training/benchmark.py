"""Run published protocols: `python -m training.evaluate MODEL --irmas FOLDER`.

Windows are aggregated as the library does (the mean of their probabilities) and as Han et al. did. Thresholds are the
model's own, one for all classes, and one for each class; the latter two are chosen on the training clips alone, whereas
several published rows chose them on the test set.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instrument_model.atomic import write_text

from .config import SAMPLE_RATE
from .data.arguments import load_audio
from .data.benchmark_sets import Benchmark, Items, read_csv, read_irmas, read_openmic
from .errors import TrainingError, writing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .models.taggers import Recogniser

BENCHMARK_FILE = "benchmark.json"
SHOWN = ("micro_precision", "micro_recall", "micro_f1", "macro_precision", "macro_recall", "macro_f1", "lrap")

Rows = list[dict[str, Any]]


def add_benchmark_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the test sets; IRMAS is one of training's sources already."""
    group = parser.add_argument_group("benchmarks (--irmas alone is one, too)")
    group.add_argument("--openmic", type=Path, metavar="FOLDER", help="OpenMIC-2018, unpacked")
    group.add_argument("--multilabel", type=Path, metavar="CSV", help="one's own: columns path, labels (a;b) and split")


def asked_for(options: argparse.Namespace) -> list[Benchmark]:
    """Return the benchmarks on the command line; IRMAS where it is the only data and no split is asked for.

    Raises:
        TrainingError: One of them is missing or broken.
    """
    others = options.library or options.rendered or options.folder or options.split
    found = [read_irmas(root) for root in options.irmas] if not others else []
    found += [read_openmic(options.openmic)] if options.openmic else []
    return found + ([read_csv(options.multilabel)] if options.multilabel else [])


def run(options: argparse.Namespace, benchmarks: Sequence[Benchmark], names: Sequence[str]) -> None:
    """Measure all models on all benchmarks.

    Args:
        options: What the command was told.
        benchmarks: What to ask.
        names: Of the labels, which all models share.

    Raises:
        TrainingError: The data cannot be used, or the figures cannot be written.
        ModelError: A model cannot be loaded.
    """
    from .evaluation import report
    from .models.taggers import load_recogniser

    if options.out:
        report.prepare(options.out)
    results: dict[str, dict[str, Rows]] = {}
    for benchmark in benchmarks:
        results[benchmark.name] = {}
        outputs = benchmark.outputs(names)
        _introduce(benchmark, outputs)
        for spec in dict.fromkeys(options.models):
            results[benchmark.name][spec] = measure(load_recogniser(spec), benchmark, outputs, options)
        print(report.table(list(_table(results[benchmark.name], benchmark))), flush=True)
    if options.out:
        path = options.out / BENCHMARK_FILE
        with writing(path):
            write_text(path, report.to_json(results))
        print(f"Wrote {path}")


def measure(
    recogniser: "Recogniser",
    benchmark: Benchmark,
    outputs: Mapping[str, tuple[int, ...]],
    options: argparse.Namespace,
) -> Rows:
    """Return the figures of one model, a row for each aggregation and kind of thresholds.

    Args:
        recogniser: The model.
        benchmark: What to ask it.
        outputs: The classes that it can answer with, and its labels for each.
        options: `cache` and `seed`.

    Raises:
        TrainingError: No recording of the test set can be read.
    """
    from .evaluation import benchmark as protocol

    columns = [benchmark.classes.index(name) for name in outputs]
    test_windows, test = _ask(recogniser, benchmark.test, outputs, columns, options)
    if not len(test):
        raise TrainingError(f"No recording of {benchmark.name} can be read; check its folder.")
    train_windows, train = _ask(recogniser, benchmark.train, outputs, columns, options)
    own = np.array([max(recogniser.thresholds[list(labels)]) for labels in outputs.values()])
    rows = []
    for name, how in protocol.AGGREGATIONS.items():
        scores, known = (protocol.aggregated(windows, how, len(outputs)) for windows in (test_windows, train_windows))
        kinds = {"the model's": own}
        if len(train):
            kinds["one"] = protocol.global_threshold(known, train)
            kinds["one a class"] = protocol.class_thresholds(known, train)
        for kind, thresholds in kinds.items():
            values = protocol.figures(scores, test, thresholds, options.seed)
            rows.append({"windows": name, "thresholds": kind, "excerpts": len(test)} | values)
    return rows


def _ask(
    recogniser: "Recogniser",
    items: Items,
    outputs: Mapping[str, tuple[int, ...]],
    columns: list[int],
    options: argparse.Namespace,
) -> "tuple[list[NDArray[np.float64]], NDArray[np.int64]]":
    """Return every window's probabilities, (windows, classes) per recording, and the truth, (recordings, classes)."""
    from .models.inference import answer_windows

    if not items.clips:
        return [], items.targets[:, columns]
    clips, audio = load_audio(options, items.clips, SAMPLE_RATE)
    kept = [number for number, clip in enumerate(items.clips) if clip in audio]
    answers = answer_windows(
        recogniser.window_probabilities,
        (audio.waveform(clip) for clip in clips),
        audio.sample_rate,
        recogniser.window,
        recogniser.sample_rate,
        total=len(clips),
        title=recogniser.name,
    )
    groups = [list(labels) for labels in outputs.values()]
    windows = [np.stack([rows[:, labels].max(axis=1) for labels in groups], axis=1) for rows in answers]
    return windows, items.targets[kept][:, columns]


def _introduce(benchmark: Benchmark, outputs: Mapping[str, tuple[int, ...]]) -> None:
    print(f"{benchmark.name}: {len(benchmark.test.clips)} excerpts, {len(outputs)} of {len(benchmark.classes)} classes")
    missing = [name for name in benchmark.classes if name not in outputs]
    if missing:
        print(f"  not measured, because the model has no such label: {', '.join(missing)}")
    if not benchmark.train.clips:
        print("  no training clips, so the only thresholds are the model's own")


def _table(results: Mapping[str, Rows], benchmark: Benchmark) -> Iterator[dict[str, str]]:
    """Return rows to print: of each model, of the mean of several (seeds of one training), and as published."""
    for model, rows in results.items():
        for row in rows:
            yield _line(model, row, {name: f"{row[name]:.3f}" for name in SHOWN} | _intervals(row))
    if len(results) > 1:
        for same in zip(*results.values(), strict=True):
            values = {name: np.array([row[name] for row in same]) for name in SHOWN}
            shown = {name: f"{v.mean():.3f} ± {v.std(ddof=1):.3f}" for name, v in values.items()}
            yield _line(f"mean of {len(same)}", same[0], shown)
    for paper in benchmark.published:
        stated = {"micro_f1": paper.micro, "macro_f1": paper.macro, "lrap": paper.lrap}
        shown = {name: "not stated" if value is None else f"{value:.3f}" for name, value in stated.items()}
        yield _line(paper.name, {"windows": "published", "thresholds": ""}, shown)


def _line(model: str, row: Mapping[str, Any], shown: Mapping[str, str]) -> dict[str, str]:
    titles = {name: name.replace("_", " ").replace("f1", "F1").replace("lrap", "LRAP") for name in SHOWN}
    cells = {title: shown.get(name, "") for name, title in titles.items()}
    return {"model": model, "windows": row["windows"], "thresholds": row["thresholds"]} | cells


def _intervals(row: Mapping[str, Any]) -> dict[str, str]:
    shown = {}
    for name in ("micro_f1", "macro_f1", "lrap"):
        value, low, high = (row[name + end] for end in ("", "_low", "_high"))
        shown[name] = "not measured" if np.isnan(value) else f"{value:.3f} ({low:.3f}-{high:.3f})"
    return shown
