"""Measure models on the same recordings, and write a report.

    python -m training.evaluate weights --library LIBRARY --out runs/evaluation
    python -m training.evaluate weights runs/first/model yamnet.npz --library LIBRARY --out runs/comparison --quick

    python -m training.evaluate weights --irmas IRMAS                 # the published protocol (training.benchmark)

A model is a model folder, YAMNet's `.npz` (its class map beside it), an EfficientAT checkpoint `.pt`, or several
joined by `+`, whose logits are averaged; one with `:2` behind it counts twice.

Collections that one of the models was trained on count as seen. A model's provenance.json says which these are; of a
model without one, those that have training clips among the data.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from instrument_model.labels import LABELS, LabelSet

from . import benchmark
from .cli import Command, add_out, add_seed
from .config import SAMPLE_RATE
from .data.arguments import add_data_arguments, load_audio, load_clips
from .data.clips import Clip, Split
from .errors import TrainingError
from .models.specs import labels_of, members_of
from .publishing.provenance import PROVENANCE_FILE, Provenance

if TYPE_CHECKING:
    from .data.audio_cache import AudioCache
    from .evaluation.results import Results
    from .models.taggers import Recogniser

UNSEEN, AUDIBLE, LEADING, SEEN, ALL = (
    "unseen sources",
    "unseen sources without the silent clips",
    "unseen songs in which the instrument leads",
    "seen sources",
    "all sources",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument("models", nargs="+", metavar="MODEL", help="what to measure; several are compared")
    add_data_arguments(parser)
    benchmark.add_benchmark_arguments(parser)
    parser.add_argument("--split", choices=(*get_args(Split), "all"), help="default: dev")
    parser.add_argument("--unseen-only", action="store_true", help="leave out collections that a model was trained on")
    parser.add_argument("--quick", action="store_true", help="leave out noise, short clips and mixtures")
    add_seed(parser, "of noise, mixtures and bootstrap")
    add_out(parser, "folder for metrics.json, plots and report.md", required=False)


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The data cannot be used, or the report cannot be written.
        ModelError: A model cannot be loaded.
    """
    if found := benchmark.asked_for(options):
        benchmark.run(options, found, labels_of(options.models).names)
        return
    from .evaluation import report
    from .evaluation.answers import compare
    from .models.taggers import load_recogniser

    if options.out:
        report.prepare(options.out)
    split = options.split or "dev"
    recognisers = {spec: load_recogniser(spec) for spec in dict.fromkeys(options.models)}
    labels = labels_of(options.models)
    every = load_clips(options, labels)
    trained = seen_collections(options.models, every)
    wanted = [
        clip
        for clip in every
        if split in (clip.split, "all")
        and clip.kind == "phrase"
        and not (options.unseen_only and clip.source in trained)
    ]
    if not wanted:
        raise TrainingError(f"The data has no played music in the split {split}; choose another --split.")
    clips, audio = load_audio(options, wanted, SAMPLE_RATE)
    reasons = {str(path): reason for path, reason in audio.unreadable.items()}
    lost = [os.path.abspath(clip.path) for clip in wanted if clip not in audio]  # noqa: PTH100 - as the cache does
    unreadable = {path: reasons[path] for path in lost}
    results = {}
    for spec, recogniser in recognisers.items():
        measured = measure(recogniser, clips, audio, trained, quick=options.quick, seed=options.seed, labels=labels)
        results[spec] = replace(
            measured, sha256=recogniser.sha256, split=split, seed=options.seed, unreadable=unreadable
        )
        print(report.table(compare({spec: results[spec]})), flush=True)
    for group, figures in results[options.models[0]].groups.items():
        if not figures.clips.one_instrument:
            print(f"Every clip in {group} has several labels: read mAP, LRAP and the report's detection.")
        elif figures.without_clips:
            print(f"No clip of {', '.join(figures.without_clips)} in {group}: the means are over the others.")
    if options.out:
        report.write(options.out, results, labels)
        print(f"Wrote {options.out / report.REPORT_FILE}")


def seen_collections(models: Sequence[str], clips: Sequence[Clip]) -> set[str]:
    """Return the collections that at least one of the models was trained on.

    Args:
        models: As written on the command line.
        clips: Of the data; its training clips stand for what a model without provenance has seen.

    Raises:
        TrainingError: A model's provenance is broken.
    """
    folders = [Path(member) for model in models for member, _ in members_of(model)]
    seen: set[str] = set()
    for folder in folders:
        path = folder / PROVENANCE_FILE
        if path.is_file():
            seen |= {collection.name for collection in Provenance.read(path).collections}
        else:
            seen |= {clip.source for clip in clips if clip.split == "train"}
    return seen


def measure(
    recogniser: "Recogniser",
    clips: Sequence[Clip],
    audio: "AudioCache",
    trained: set[str],
    *,
    quick: bool = False,
    seed: int = 0,
    labels: LabelSet = LABELS,
) -> "Results":
    """Measure everything of one model.

    Args:
        recogniser: The model.
        clips: What to ask it.
        audio: Their waveforms.
        trained: Collections that the model has seen; figures are given apart for the others, which tell how it meets
            the world.
        quick: Leave out the conditions.
        seed: Of the conditions.
        labels: Of the model.

    Returns:
        Its results. Where every clip has several labels, figures of single instruments are NaN and there are no
        conditions.

    Raises:
        TrainingError: None of the clips has one of the instruments.
    """
    import numpy as np

    from .evaluation.answers import Answers, by_source, group_results
    from .evaluation.results import Results
    from .evaluation.robustness import Robustness
    from .models.inference import clip_probabilities

    probabilities = clip_probabilities(
        recogniser, (audio.waveform(clip) for clip in clips), audio.sample_rate, total=len(clips), title=recogniser.name
    )
    answers = Answers(clips, probabilities, labels)
    unseen = np.array([clip.source not in trained for clip in clips])
    answered = probabilities.max(axis=1) > 0
    leading = unseen & np.array([not clip.complete for clip in clips])
    every = np.ones(len(clips), bool)
    kept = {UNSEEN: unseen, AUDIBLE: unseen & answered, LEADING: leading, SEEN: ~unseen, ALL: every}
    if answered[unseen].all():
        del kept[AUDIBLE]
    if leading[unseen].all():
        del kept[LEADING]
    usable = answers.single if answers.single.any() else answers.targets[:, list(labels.answer_columns)].any(axis=1)
    groups = {name: answers.where(keep) for name, keep in kept.items() if (keep & usable).any()}
    if not groups:
        raise TrainingError("None of the clips is of one of the model's instruments; give data with such clips.")
    if SEEN not in groups or UNSEEN not in groups:
        del groups[ALL]
    main_group = UNSEEN if UNSEEN in groups else SEEN
    measured = None
    if not quick and answers.single.any():
        measured = Robustness(recogniser, groups[main_group], audio, seed).measure(main_group)
    return Results(
        groups={name: group_results(group, recogniser.thresholds) for name, group in groups.items()},
        sources=by_source(answers),
        silent=[str(clip.path) for clip, row in zip(clips, probabilities, strict=True) if not row.any()],
        conditions=measured,
    )


main = Command("training.evaluate", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
