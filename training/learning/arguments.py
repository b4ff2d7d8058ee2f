"""The arguments about learning: what to learn from besides labels, prepared items, and the settings of a run."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import get_args

from ..config import Start, Trained, TrainSettings
from ..data.augmentation_names import AUGMENTATIONS

_CHOICES = {"start": get_args(Start), "trained": get_args(Trained), "without": AUGMENTATIONS}


def add_teacher(parser: argparse.ArgumentParser) -> None:
    """Add `--teacher`, whose answers stand beside the labels."""
    about = "what --distil learns from: model folders or networks, joined by +; one with :2 behind it counts twice"
    parser.add_argument("--teacher", default="", metavar="MODEL", help=about)


def add_memory(parser: argparse.ArgumentParser) -> None:
    """Add `--memory`, the network whose answers about AudioSet are to be kept."""
    about = "what --remember keeps: the pretrained network, mn04_as_mAP_432.pt"
    parser.add_argument("--memory", type=Path, metavar="CHECKPOINT", help=about)


def add_prepared(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add `--prepared`, items that were made before."""
    parser.add_argument(
        "--prepared",
        type=Path,
        action="append",
        required=required,
        default=None if required else [],
        metavar="FOLDER",
        help="items of training.prepare; may be repeated",
    )


def add_batch_size(parser: argparse.ArgumentParser) -> None:
    """Add `--batch-size`, which prepared items and the runs that use them have in common."""
    _add_setting(parser, "batch_size", TrainSettings.batch_size)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add an argument for each of the settings."""
    group = parser.add_argument_group("settings")
    for field in fields(TrainSettings):
        _add_setting(group, field.name, field.default)


def _add_setting(group: argparse._ActionsContainer, name: str, default: object) -> None:
    number = name not in _CHOICES
    group.add_argument(
        f"--{name.replace('_', '-')}",
        type=type(default) if number else str,
        choices=_CHOICES.get(name),
        nargs="+" if name == "without" else None,
        default=default,
        metavar="NUMBER" if number else None,
        help="default: %(default)s",
    )
