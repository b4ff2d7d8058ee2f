"""Measures models on the same recordings: `python -m training.evaluate MODEL … --data LIBRARY --out FOLDER`."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES

from .clips import Clip
from .errors import TrainingError

if TYPE_CHECKING:
    from .recognisers import Recogniser

TEN = len(INSTRUMENT_NAMES)


@dataclass(frozen=True)
class Answers:
    """A model's answers to clips.

    Attributes:
        clips: What was asked.
        probabilities: (clips, labels).
    """

    clips: list[Clip]
    probabilities: npt.NDArray[np.float64]

    def where(self, keep: npt.NDArray[np.bool_]) -> "Answers":
        """The answers to some of the clips."""
        return Answers([clip for clip, kept in zip(self.clips, keep, strict=True) if kept], self.probabilities[keep])

    @property
    def targets(self) -> npt.NDArray[np.int64]:
        """(clips, labels), 1 for every label that sounds."""
        return np.array([[label in clip.labels for label in LABEL_NAMES] for clip in self.clips], dtype=np.int64).reshape(-1, len(LABEL_NAMES))

    @property
    def single(self) -> npt.NDArray[np.bool_]:
        """(clips,), whether the clip is one of the ten instruments alone."""
        return np.array([len(clip.labels) == 1 and clip.labels[0] in INSTRUMENT_NAMES for clip in self.clips], dtype=bool)

    @property
    def negative(self) -> npt.NDArray[np.bool_]:
        """(clips,), whether the clip holds none of the ten."""
        return np.array([clip.complete and not set(clip.labels) & set(INSTRUMENT_NAMES) for clip in self.clips], dtype=bool)


def group_figures(answers: Answers, thresholds: npt.NDArray[np.float64], resamples: int = 1000) -> dict[str, Any]:
    """Every figure of one group of clips."""
    from . import metrics

    singles, negatives = answers.where(answers.single), answers.where(answers.negative)
    ten = singles.probabilities[:, :TEN]
    classes = singles.targets[:, :TEN].argmax(axis=1)
    clusters = np.array([f"{clip.source}/{clip.group}" for clip in singles.clips])
    hits = {k: metrics.hits_at(ten, classes, k) for k in (1, 3)}
    decisions = np.eye(TEN, dtype=np.int64)[ten.argmax(axis=1)] if len(ten) else np.zeros((0, TEN), np.int64)
    top1, top3 = (metrics.top_k(ten, classes, k) for k in (1, 3))
    return {
        "clips": {"instruments": len(singles.clips), "none_of_the_ten": len(negatives.clips), "all": len(answers.clips)},
        "top1": top1,
        "top3": top3,
        "interval": {
            f"top{k}": metrics.bootstrap_interval(lambda i, h=hits[k]: metrics.mean_per_class(h[i], classes[i]), clusters, resamples)
            for k in (1, 3)
        },
        "per_class_top1": {name: float(hits[1][classes == c].mean()) for c, name in enumerate(INSTRUMENT_NAMES) if (classes == c).any()},
        "classification": metrics.precision_recall_f1(singles.targets[:, :TEN], decisions, INSTRUMENT_NAMES),
        "detection": metrics.precision_recall_f1(answers.targets, (answers.probabilities >= thresholds).astype(np.int64), LABEL_NAMES),
        "confusion": metrics.confusion(ten, classes).tolist(),
        "map": metrics.mean_average_precision(answers.probabilities, answers.targets),
        "lrap": metrics.label_ranking_average_precision(answers.probabilities, answers.targets),
        "auroc": metrics.rejection_auroc(ten, negatives.probabilities[:, :TEN]),
        "calibration": metrics.calibration(ten.max(axis=1, initial=0.0), hits[1]),
    }


def _read_manifest(folder: Path) -> tuple[list[Clip], set[str]]:
    import csv

    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    mixed = {"mixed_violin_clarinet_sax_bassoon": ("clarinet", "saxophone", "violin"), "mixed_string_orchestra": ("cello", "violin")}
    clips = []
    for row in rows:
        labels = (row["label"],) if row["label"] in LABEL_NAMES else mixed.get(row["detail"], ())
        complete = row["label"] != "mix" or bool(labels)
        clips.append(
            Clip(folder / "audio" / row["path"], labels, row["kind"], row["split"], row["source"], row["origin"], row["detail"], complete)  # type: ignore[arg-type]
        )
    return clips, {clip.source for clip in clips if clip.split == "train"}


def _read_audio(path: Path) -> npt.NDArray[np.float32]:
    import soundfile

    waveform, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != 32_000:
        raise TrainingError(f"{path} has {rate} Hz.")
    mono: npt.NDArray[np.float32] = waveform.mean(axis=1)
    return mono


def evaluate(recogniser: "Recogniser", clips: Sequence[Clip], waveforms: Sequence[npt.NDArray[np.float32]]) -> Answers:
    """Asks a recogniser about clips."""
    from tqdm import tqdm

    from .recognisers import clip_probabilities

    rows = [clip_probabilities(recogniser, waveform) for waveform in tqdm(waveforms, desc=recogniser.name, unit="clip", disable=None)]
    return Answers(list(clips), np.array(rows).reshape(-1, len(LABEL_NAMES)))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("models", nargs="*", help="model folder, yamnet.npz, EfficientAT checkpoint, or several joined by + to average them")
    parser.add_argument("--model", dest="more", action="append", default=[], help="the same, by name")
    parser.add_argument("--data", type=Path, required=True, help="library with a manifest.csv")
    parser.add_argument("--split", default="dev")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    try:
        _run(options)
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    from .recognisers import load_recogniser

    clips, seen = _read_manifest(options.data)
    clips = [clip for clip in clips if clip.split == options.split and clip.kind == "phrase"]
    waveforms = [_read_audio(clip.path) for clip in clips]
    results = {}
    for spec in [*options.models, *options.more]:
        start = time.perf_counter()
        recogniser = load_recogniser(spec)
        answers = evaluate(recogniser, clips, waveforms)
        unseen = np.array([clip.source not in seen for clip in clips])
        results[spec] = {
            "unseen": group_figures(answers.where(unseen), recogniser.thresholds),
            "seen": group_figures(answers.where(~unseen), recogniser.thresholds),
        }
        for name, figures in results[spec].items():
            low, high = figures["interval"]["top1"]
            print(
                f"{recogniser.name} {name}: {figures['clips']} top-1 {figures['top1']['per_class_mean']:.3f} [{low:.3f}, {high:.3f}] "
                f"top-3 {figures['top3']['per_class_mean']:.3f} micro {figures['top1']['micro']:.3f} AUROC {figures['auroc']:.3f} "
                f"ECE {figures['calibration']['ece']:.3f} LRAP {figures['lrap']:.3f} ({time.perf_counter() - start:.0f} s)"
            )
            print("   ", {k: round(v, 2) for k, v in figures["per_class_top1"].items()})
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "metrics.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
