"""Make training items once, with the answers of a teacher, so that several runs can share them.

    python -m training.prepare --library LIBRARY --rendered PHRASES --teacher weights+yamnet.npz --out runs/items
    python -m training.train --prepared runs/items --library LIBRARY --out runs/first

The teacher hears each part of an item alone, before they are mixed and room, noise and file format are added; the
network that learns from it hears all of that. `--teacher runs/teacher.json:2+weights+runs/linear` has the first of
three count half.
"""

import argparse
import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cli import Command, add_items, add_out, add_seed, add_workers
from .config import SAMPLE_RATE
from .data.arguments import add_data_arguments, load_audio, load_clips
from .errors import TrainingError
from .learning.arguments import add_batch_size, add_memory, add_teacher

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .data.precomputed import Item
    from .models.taggers import Recogniser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_data_arguments(parser)
    add_out(parser, "folder to write, about 0.14 MB an item")
    add_items(parser, 48_000)
    add_batch_size(parser)
    add_seed(parser, "of the items")
    parser.add_argument(
        "--band-share",
        type=float,
        metavar="SHARE",
        help="of the items with an instrument of ours or a voice, in front of a rendered band (default: 0.4)",
    )
    parser.add_argument(
        "--music",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="songs without labels, heard by the teacher alone; may be repeated",
    )
    parser.add_argument(
        "--music-share", type=float, metavar="SHARE", help="of the items, cut from --music (default: 0.5)"
    )
    add_teacher(parser)
    add_memory(parser)
    add_workers(parser, "processes that make items")


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The data or the teacher cannot be used, or the folder not be written.
        ModelError: The teacher's folder cannot be loaded.
    """
    from torch.utils.data import DataLoader, Subset
    from tqdm import tqdm

    from .data.examples import BAND_SHARE, MUSIC_SHARE, Items
    from .data.precomputed import prepare
    from .data.sources import music
    from .learning.distillation import load_teacher
    from .learning.forgetting import Memory

    band_share = _share("--band-share", arguments.band_share, BAND_SHARE)
    music_share = _share("--music-share", arguments.music_share, MUSIC_SHARE)
    if arguments.music and not arguments.teacher:
        raise TrainingError("Nothing says what sounds in --music but a teacher; give a --teacher, or leave it out.")
    songs = [clip for folder in arguments.music for clip in music.read(folder)]
    clips, audio = load_audio(arguments, load_clips(arguments) + songs, SAMPLE_RATE)
    items = Items(
        [clip for clip in clips if clip.split == "train"],
        audio,
        length=arguments.items,
        batch_size=arguments.batch_size,
        seed=arguments.seed,
        sample_rate=SAMPLE_RATE,
        band_share=band_share,
        music_share=music_share,
    )
    recogniser = load_teacher(arguments.teacher) if arguments.teacher else None
    teacher = functools.partial(_answers, recogniser) if recogniser else None
    memory = Memory(arguments.memory) if arguments.memory else None

    def batches(done: int) -> Iterator[dict[str, Any]]:
        ahead = Subset(items, range(done * arguments.batch_size, len(items)))
        loader = DataLoader(ahead, arguments.batch_size, num_workers=arguments.workers, drop_last=True)
        bar.update(done)
        for batch in loader:
            yield {name: tensor.numpy() for name, tensor in batch.items()}

    settings = {"items": arguments.items, "seed": arguments.seed, "teacher": recogniser.sha256 if recogniser else ""}
    settings |= {"clips": len(clips), "band_share": band_share, "memory": memory.sha256 if memory else ""}
    settings |= {"music_share": music_share} if songs else {}
    with tqdm(total=arguments.items // arguments.batch_size, unit="batch") as bar:
        prepare(arguments.out, items, batches, teacher, settings, bar.update, memory.answers_array if memory else None)
    print(f"Wrote {json.dumps(settings)} to {arguments.out}")


def _share(argument: str, value: float | None, default: float) -> float:
    share = default if value is None else value
    if not 0 <= share <= 1:
        raise TrainingError(f"{argument} is {share:g}; give a share from 0 to 1.")
    return share


def _answers(recogniser: "Recogniser", batch: "Item") -> "NDArray[np.float32]":
    import torch

    from .learning.distillation import teach

    answers: NDArray[np.float32] = teach(
        recogniser, {name: torch.from_numpy(value) for name, value in batch.items()}
    ).numpy()
    return answers


main = Command("training.prepare", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
