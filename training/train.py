"""Train a model, or go on with a run that was stopped.

    python -m training.train --library LIBRARY --rendered PHRASES --out runs/first
    accelerate launch -m training.train --library LIBRARY --out runs/first    # several GPUs or machines

The same command goes on from where the run was stopped.
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cli import Command, add_out, add_workers
from .config import TrainSettings
from .data.arguments import add_data_arguments, load_audio, load_clips, unseen_sources
from .errors import TrainingError
from .learning.arguments import add_memory, add_prepared, add_settings, add_teacher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instrument_model.network.model import InstrumentNetwork

    from .data.audio_cache import AudioCache
    from .data.clips import Clip
    from .data.examples import Items
    from .data.precomputed import PreparedItems
    from .learning.trainer import Progress


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add everything that a run needs to know."""
    add_data_arguments(parser)
    add_out(parser, "folder of the run")
    parser.add_argument(
        "--backbone",
        type=Path,
        default=Path("weights"),
        metavar="MODEL",
        help="what to start from: a model folder (default: %(default)s)",
    )
    add_teacher(parser)
    add_memory(parser)
    add_prepared(parser)
    add_workers(parser, "processes that make items")
    parser.add_argument("--cpu", action="store_true", help="do not use a GPU")
    add_settings(parser)


def read_settings(arguments: argparse.Namespace) -> TrainSettings:
    """Return the settings among the arguments."""
    values: dict[str, Any] = {field.name: getattr(arguments, field.name) for field in fields(TrainSettings)}
    return TrainSettings(**values | {"without": tuple(values["without"])})


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: Data, settings or checkpoint cannot be used.
        ModelError: The backbone cannot be loaded.
    """
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
    """Train to the end, from wherever the run stands.

    Raises:
        TrainingError: Data, settings or checkpoint cannot be used.
        ModelError: The backbone cannot be loaded.
    """
    from .evaluation.validation import Development
    from .learning.distillation import load_teacher
    from .learning.forgetting import Memory
    from .learning.trainer import Run

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
    if settings.distil and not arguments.teacher and not items.taught:
        raise TrainingError(
            "The --prepared items were made without a teacher; make some with one, or leave out --distil."
        )
    if memory and arguments.prepared and items.memory != memory.sha256:
        raise TrainingError(
            "The --prepared items were made with another --memory or none; make some with this one, or leave it out."
        )
    chosen = unseen_sources(clips) or [clip for clip in clips if clip.split == "dev"]
    development = Development(chosen, audio, config.frontend.sample_rate, config.window.seconds)
    teacher = load_teacher(arguments.teacher) if arguments.teacher else None
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

    from instrument_model.labels import LABELS
    from instrument_model.network.model import InstrumentNetwork, load_network, with_labels
    from instrument_model.weights import load_config

    if settings.start == "pretrained":
        return with_labels(load_network(backbone), LABELS)  # the project may have more labels than it had then
    torch.manual_seed(settings.seed)
    return with_labels(InstrumentNetwork(load_config(backbone)), LABELS)


main = Command("training.train", __doc__, add_run_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
