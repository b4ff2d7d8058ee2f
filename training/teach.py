"""Teach a model your own instruments from a folder of recordings, in minutes and without a GPU.

    python -m training.teach recordings --out mine          # then: MODEL=mine python app.py

The folder holds a folder for each class, and one called `other` with sounds that are none of them:

    recordings/bassoon/concert-1.wav      recordings/other/oboe.flac      recordings/other/speech/1.mp3

The body of the base stays as it is; its last layer is made anew for your classes, beginning with the rows of those
that the base knows. A fifth of the recordings are held out, and the figures in the model's card are from them alone.
The same command goes on from where it was stopped.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .cli import Command, add_out, add_seed
from .errors import TrainingError, writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instrument_model.labels import LabelSet

    from .data.clips import Clip
    from .evaluation.results import GroupResults
    from .publishing.provenance import Provenance
    from .teaching import base, embeddings

KEPT = "embeddings"
"""Folder within `--out` of what a stopped run goes on from."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="recordings, in a folder per class")
    add_out(parser, "model folder to write")
    parser.add_argument(
        "--base",
        type=Path,
        default=Path("weights"),
        metavar="MODEL",
        help="whose body to keep: a model folder, or mn04_as_mAP_432.pt (default: %(default)s)",
    )
    parser.add_argument(
        "--held-out",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="of the recordings, to measure the model by (default: %(default)s)",
    )
    parser.add_argument(
        "--licence", default="not stated", metavar="NAME", help="of the recordings (default: %(default)s)"
    )
    parser.add_argument(
        "--license", metavar="ID", help="of the weights, in the Hub's words (default: that of the base)"
    )
    add_seed(parser, "of the split, the folds and noise")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The recordings or the base cannot be used, or `--out` cannot be written.
        ModelError: The base is broken, or the folders' names cannot be labels.
    """
    if not 0 < options.held_out < 1:
        raise TrainingError(f"--held-out is {options.held_out:g}; give a share between 0 and 1.")
    from instrument_model.weights import WEIGHTS_FILE, file_sha256

    from .teaching import base, embeddings, model, recordings

    began = time.monotonic()
    if options.out.resolve() in {options.folder.resolve(), options.base.resolve()}:
        raise TrainingError(f"--out {options.out} would overwrite what it is made of; choose another folder.")
    clips, labels = recordings.read(options.folder, options.held_out, options.seed)
    for sentence in recordings.warnings(clips):
        print(sentence)
    start = base.load(options.base, labels)
    if known := [name for name in labels.names if name in start.rows]:
        print(f"The base knows {', '.join(known)}; these begin with its rows.")
    weights = options.base / WEIGHTS_FILE if options.base.is_dir() else options.base
    with writing(options.out):
        found = embeddings.hear(clips, start.classifier(), options.out / KEPT, file_sha256(weights), options.seed)
        heard = {clip: answer for clip, answer in found.items() if isinstance(answer, embeddings.Heard)}
        lost = {clip: answer for clip, answer in found.items() if isinstance(answer, str)}
        for clip, reason in lost.items():
            print(f"Left out: {clip.path} ({reason})", file=sys.stderr)
        recordings.check(list(heard))
        training = {clip: answer for clip, answer in heard.items() if clip.split == "train"}
        taught = model.teach(training | _stand_in(training, labels, start), labels, start, options.seed)
        hours = (time.monotonic() - began) / 3600
        origin = _provenance(options, list(training), hours)
        held_out = [clip for clip in heard if clip.split != "train"]
        results = model.write(options.out, taught, held_out, origin, options.seed)
        shutil.rmtree(options.out / KEPT)
    _report(results.groups[model.GROUP], options.out, time.monotonic() - began)


def _stand_in(
    training: "Mapping[Clip, embeddings.Heard]", labels: "LabelSet", start: "base.Base"
) -> "dict[Clip, embeddings.Heard]":
    """Return other sounds where the folder has none to learn from."""
    from .teaching import background

    if any(not clip.labels for clip in training):
        return {}
    return background.hear(labels, start.classifier(), next(iter(training)).source)


def _provenance(options: argparse.Namespace, clips: "Sequence[Clip]", hours: float) -> "Provenance":
    """Return what the base was made of, and these recordings."""
    from instrument_model.devices import usable_cores

    from .publishing.provenance import BASE_MODEL, NON_COMMERCIAL, PROVENANCE_FILE, Provenance, collection_of_clips

    path = options.base / PROVENANCE_FILE
    before = Provenance.read(path) if path.is_file() else Provenance(NON_COMMERCIAL, BASE_MODEL)
    added = collection_of_clips(clips, options.licence)
    return Provenance(
        license=options.license or before.license,
        base_model=before.base_model,
        collections=(*added, *before.collections),
        rendered=before.rendered,
        hardware=f"{usable_cores()} CPU cores" + (f", after {before.hardware}" if before.hardware else ""),
        hours=before.hours + hours,
        watts=before.watts,
    )


def _report(found: "GroupResults", out: Path, seconds: float) -> None:
    from .evaluation.report import table

    scores = found.classification.per_label
    rows = [
        {
            "class": name,
            "held out": scores[name].support,
            "recognised": found.per_class_top1.get(name, float("nan")),
            "precision": scores[name].precision,
        }
        for name in scores
    ]
    print(table(rows))
    print(
        f"{found.clips.one_instrument} held-out clips of your classes: {found.top1.per_class_mean:.1%} recognised, as "
        "the mean over classes."
    )
    if found.clips.none_of_them:
        print(f"{found.clips.none_of_them} of others: {found.rejection.others_rejected:.1%} answered with none.")
    print(f"Taught in {seconds / 60:.1f} minutes. Try it: MODEL={out} python app.py")


main = Command("training.teach", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
