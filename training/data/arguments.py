"""Which data a command works on: the arguments that name it, and the clips with their decoded audio."""

import argparse
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from instrument_model.labels import LABELS, LabelSet

from ..errors import TrainingError
from .audio_cache import AudioCache
from .clips import MUSIC, Clip, check_split
from .sources import folder, irmas, manifest, music, rendered

SOURCES = {
    "library": "library with a manifest.csv",
    "rendered": "phrases made by training.render",
    "folder": "folder with a folder per class",
    "irmas": "IRMAS as downloaded by training.data.sources.irmas",
}
"""The kinds of source, and what each is."""


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one argument for each kind of source, and the cache."""
    add_sources(parser, tuple(SOURCES))
    parser.add_argument(
        "--irmas-protocol", choices=get_args(irmas.Protocol), default="eleven-class", help="with or without the voice"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path("data/cache"), metavar="FOLDER", help="decoded audio (default: %(default)s)"
    )


def add_sources(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Add one argument for each of these kinds of source."""
    group = parser.add_argument_group("data (each may be given several times)")
    for name in names:
        group.add_argument(f"--{name}", type=Path, action="append", default=[], metavar="FOLDER", help=SOURCES[name])


def load_clips(arguments: argparse.Namespace, labels: LabelSet = LABELS) -> list[Clip]:
    """Return the clips of all sources named on the command line.

    Args:
        arguments: What the command was told.
        labels: Of the model; the folders of a folder per class are named after them.

    Raises:
        TrainingError: No source is named, one is broken, or a recording stands on two sides of a split.
    """
    clips: list[Clip] = []
    for name, read in (
        ("library", manifest.read),
        ("rendered", rendered.read),
        ("folder", functools.partial(folder.read, labels=labels.names)),
        ("irmas", functools.partial(irmas.read, protocol=arguments.irmas_protocol)),
    ):
        for root in getattr(arguments, name):
            clips += read(root)
    if not clips:
        raise TrainingError("No data is named; give at least one of --library, --rendered, --folder and --irmas.")
    check_split(clips)
    return clips


def load_audio(arguments: argparse.Namespace, clips: Sequence[Clip], sample_rate: int) -> tuple[list[Clip], AudioCache]:
    """Decode what is not decoded yet.

    Returns:
        The clips that could be read, and their audio. What could not be read is counted and listed on the screen.
    """
    cache = AudioCache.build(arguments.cache, [clip for clip in clips if clip.kind != MUSIC], sample_rate)
    if songs := [clip for clip in clips if clip.kind == MUSIC]:
        cache = AudioCache.build(arguments.cache, songs, sample_rate, max_seconds=music.MAX_SECONDS)
    readable = cache.readable(clips)
    if len(readable) < len(clips):
        print(f"{len(clips) - len(readable)} of {len(clips)} clips are left out because they cannot be read:")
        for path, reason in cache.unreadable.items():
            print(f"  {path}: {reason}")
    return readable, cache


def unseen_sources(clips: Sequence[Clip]) -> list[Clip]:
    """Return the development clips of collections without training clips: only these tell how a model generalises."""
    trained = {clip.source for clip in clips if clip.split == "train"}
    return [clip for clip in clips if clip.split == "dev" and clip.source not in trained]
