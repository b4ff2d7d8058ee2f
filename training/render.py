"""Render MIDI files to labelled phrases of about ten seconds.

    python -m training.render MIDI --soundfont FONT --out PHRASES

The same arguments always give the same phrases: a run that was killed goes on where it stopped, and a larger count adds
phrases to those that are there. FluidSynth (https://www.fluidsynth.org) plays them.
"""

import argparse
import shutil
import sys
from pathlib import Path

from .cli import Command, add_out, add_seed, add_workers
from .data.clips import OTHER
from .errors import TrainingError
from .synthesis.bands import draw_bands
from .synthesis.general_midi import RENDERED_LABELS
from .synthesis.plan import draw_plan
from .synthesis.render import find_midi, render, write_index

NO_FLUIDSYNTH = "The program fluidsynth is missing; install it (apt-get install fluidsynth)."
DEFAULT_COUNTS = dict.fromkeys(RENDERED_LABELS, 220) | {"voice": 100, OTHER: 700}


def _counts(words: list[str]) -> dict[str, int]:
    counts = dict(DEFAULT_COUNTS) if not words else {}
    for word in words:
        label, _, number = word.partition("=")
        if label not in RENDERED_LABELS or not number.isdigit():
            raise TrainingError(
                f"--count {word} is not of the form LABEL=NUMBER; labels are {', '.join(RENDERED_LABELS)}."
            )
        counts[label] = int(number)
    return counts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument("midi", nargs="+", type=Path, metavar="FOLDER", help="folders with MIDI files")
    parser.add_argument(
        "--soundfont",
        action="append",
        required=True,
        type=Path,
        metavar="FILE",
        help="an SF2 or SF3 sound font; may be repeated",
    )
    add_out(parser, "folder for the phrases and index.csv")
    parser.add_argument(
        "--count",
        action="append",
        default=[],
        metavar="LABEL=NUMBER",
        help=f"phrases of a label; may be repeated (default: 220, voice 100, {OTHER} 700)",
    )
    parser.add_argument(
        "--accompaniment",
        type=float,
        default=0.12,
        metavar="SHARE",
        help="of the phrases, with a second instrument (default: %(default)s)",
    )
    parser.add_argument(
        "--bands", type=int, default=0, metavar="NUMBER", help="accompaniments without a melody (default: %(default)s)"
    )
    add_seed(parser, "of the phrases")
    add_workers(parser, "phrases rendered at a time")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: FluidSynth is missing or fails, an input cannot be used, or the disk is full.
    """
    if shutil.which("fluidsynth") is None:
        raise TrainingError(NO_FLUIDSYNTH)
    midi, counts = find_midi(options.midi), _counts(options.count)
    plan = draw_plan(midi, options.soundfont, counts, options.accompaniment, options.seed)
    plan += draw_bands(midi, options.soundfont, options.bands, options.seed)
    silent = 0
    for number, (phrase, sounds) in enumerate(render(plan, options.out, workers=options.workers), start=1):
        silent += not sounds
        if number % 100 == 0:
            print(f"{number} rendered, {silent} of them left out; the last one was {phrase.detail}.", flush=True)
    print(f"{write_index(options.out, plan)} phrases are in {options.out}; {silent} were left out as silent.")


main = Command("training.render", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
