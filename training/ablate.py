"""Measure what each augmentation is worth: one short run with all of them, and one without each.

    python -m training.ablate --library LIBRARY --out runs/ablation --items 20000 --seeds 0 1

Every run has a folder of its own below `--out` and is continued, or not repeated, when the command is given again.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from instrument_model.atomic import whole

from .cli import Command
from .config import TrainSettings
from .data.augmentation_names import AUGMENTATIONS
from .errors import writing
from .train import add_run_arguments, read_settings, train

COLUMNS = ("top1", "top3", "auroc", "short", "noisy", "total")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told: everything that a run is, and what to leave out."""
    add_run_arguments(parser)
    parser.add_argument("--names", nargs="+", choices=AUGMENTATIONS, default=AUGMENTATIONS, help="default: all")
    parser.add_argument("--seeds", type=int, nargs="+", default=(0,), help="runs of each; their mean is reported")


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: As `training.train`, or the table cannot be written.
    """
    settings = read_settings(arguments)
    rows = [_mean_score(arguments, settings, "", arguments.out)]
    rows += [_mean_score(arguments, settings, name, arguments.out) for name in arguments.names]
    path = arguments.out / "ablation.csv"
    with writing(path), whole(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("without", *COLUMNS, "difference"))
        for name, scores in zip(("nothing", *arguments.names), rows, strict=True):
            difference = scores[-1] - rows[0][-1]
            writer.writerow((name, *(f"{score:.4f}" for score in scores), f"{difference:+.4f}"))
    print(path.read_text(encoding="utf-8"))


def _mean_score(arguments: argparse.Namespace, settings: TrainSettings, name: str, out: Path) -> Sequence[float]:
    """Return the last score of each run, averaged over the seeds."""
    totals = [0.0] * len(COLUMNS)
    for seed in arguments.seeds:
        run_settings = replace(settings, seed=seed, without=tuple(sorted({*settings.without, name} - {""})))
        folder = out / f"without-{name or 'nothing'}-seed{seed}"
        progress = train(argparse.Namespace(**vars(arguments) | asdict(run_settings) | {"out": folder}))
        last = progress.scores[-1][1]
        totals = [total + last[column] / len(arguments.seeds) for total, column in zip(totals, COLUMNS, strict=True)]
    return totals


main = Command("training.ablate", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
