"""Trains a model; run it again to go on from where it was stopped.

python -m training.train --library LIBRARY --rendered PHRASES --out runs/first
accelerate launch -m training.train ...        # several GPUs or machines
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from .cli import run_command
from .config import Start, Trained, TrainSettings
from .data.arguments import add_data_arguments, load_audio, load_clips, unseen_sources
from .data.augmentation_names import AUGMENTATIONS
from .errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instrument_model.network.model import InstrumentNetwork

    from .data.audio_cache import AudioCache
    from .data.clips import Clip
    from .data.examples import Items
    from .data.precomputed import PreparedItems
    from .learning.trainer import Progress


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description="Trains a model.")
    add_run_arguments(parser)
    arguments = parser.parse_args()
    return run_command(lambda: _train_and_say(arguments))


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that a run needs to know."""
    add_data_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument(
        "--backbone", type=Path, default=Path("weights"), help="model folder to start from (default: %(default)s)"
    )
    parser.add_argument(
        "--teacher", default="", help="what --distil learns from: model folders or networks, joined by +"
    )
    parser.add_argument(
        "--memory", type=Path, metavar="CHECKPOINT", help="what --remember keeps: the pretrained network, mn04_as_….pt"
    )
    parser.add_argument(
        "--prepared",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="items of training.prepare instead of fresh ones; may be repeated",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that make items (default: %(default)s)")
    parser.add_argument("--cpu", action="store_true", help="do not use a GPU")
    group = parser.add_argument_group("settings")
    choices = {"start": get_args(Start), "trained": get_args(Trained), "without": AUGMENTATIONS}
    for field in fields(TrainSettings):
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=str if field.name in choices else type(field.default),
            choices=choices.get(field.name),
            nargs="+" if field.name == "without" else None,
            default=field.default,
            help="default: %(default)s",
        )


def read_settings(arguments: argparse.Namespace) -> TrainSettings:
    """The settings among the arguments."""
    values: dict[str, Any] = {field.name: getattr(arguments, field.name) for field in fields(TrainSettings)}
    return TrainSettings(**values | {"without": tuple(values["without"])})


def _train_and_say(arguments: argparse.Namespace) -> None:
    progress = train(arguments)
    print(f"Best score {progress.best:.4f}, at step {progress.best_step}; model in {arguments.out / 'model'}")
    if not progress.best_step:
        print(
            f"No step has improved on the weights that training began with, and {arguments.out / 'model'} holds these "
            "unchanged; give more data or steps, or another --learning-rate. The last weights are in "
            f"{arguments.out / 'last'}.",
            file=sys.stderr,
        )


def train(arguments: argparse.Namespace) -> "Progress":
    """Trains to the end, from wherever the run stands.

    Raises:
        TrainingError: Data, settings or checkpoint cannot be used.
        ModelError: The backbone cannot be loaded.
    """
    from .evaluation.validation import Development
    from .learning.forgetting import Memory
    from .learning.trainer import Run
    from .models.taggers import load_recogniser

    settings = read_settings(arguments)
    untaught = settings.distil and not (arguments.teacher or arguments.prepared)
    if untaught or (arguments.teacher and not settings.distil):
        raise TrainingError(
            "--distil and a teacher, --teacher or that of --prepared, go together; give both or neither."
        )
    if bool(settings.remember) != bool(arguments.memory):
        raise TrainingError("--remember and --memory go together; give both or neither.")
    memory = Memory(arguments.memory) if arguments.memory else None
    model = _start_model(arguments.backbone, settings)
    config = model.config
    clips, audio = load_audio(arguments, load_clips(arguments), config.frontend.sample_rate)
    items = _items(arguments, settings, clips, audio)
    if settings.distil and not arguments.teacher and not getattr(items, "taught", False):
        raise TrainingError(
            "The --prepared items were made without a teacher; make some with one, or leave out --distil."
        )
    if memory and arguments.prepared and getattr(items, "memory", "") != memory.sha256:
        raise TrainingError(
            "The --prepared items were made with another --memory or none; make some with this one, or leave it out."
        )
    chosen = unseen_sources(clips) or [clip for clip in clips if clip.split == "dev"]
    development = Development(chosen, audio, config.frontend.sample_rate, config.window.seconds)
    teacher = load_recogniser(arguments.teacher) if arguments.teacher else None
    run = Run(
        model,
        items,
        development,
        settings,
        arguments.out,
        teacher=teacher,
        memory=memory,
        workers=arguments.workers,
        cpu=arguments.cpu,
    )
    return run.train()


def _items(
    arguments: argparse.Namespace, settings: TrainSettings, clips: "Sequence[Clip]", audio: "AudioCache"
) -> "Items | PreparedItems":
    from .data.examples import Items
    from .data.precomputed import PreparedItems

    common = {"length": settings.items, "batch_size": settings.batch_size, "seed": settings.seed}
    if arguments.prepared:
        if settings.without or arguments.teacher:
            raise TrainingError("Prepared items are heard as they are; leave out --without and --teacher.")
        return PreparedItems(arguments.prepared, **common)
    training = [clip for clip in clips if clip.split == "train"]
    return Items(training, audio, sample_rate=audio.sample_rate, without=settings.without, **common)


def _start_model(backbone: Path, settings: TrainSettings) -> "InstrumentNetwork":
    import torch

    from instrument_model.network.model import InstrumentNetwork, load_network
    from instrument_model.weights import load_config

    if settings.start == "pretrained":
        return load_network(backbone)
    torch.manual_seed(settings.seed)
    return InstrumentNetwork(load_config(backbone))


if __name__ == "__main__":
    raise SystemExit(main())
