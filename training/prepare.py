"""Makes training items once, with the answers of a teacher, so that several runs can share them.

    python -m training.prepare --library LIBRARY --rendered PHRASES --teacher weights+yamnet.npz --out runs/items
    python -m training.train --prepared runs/items ...

The teacher hears each item before room, noise and file format are added, the network that learns from it afterwards.
"""

import argparse
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cli import run_command
from .config import TrainSettings
from .data.arguments import add_data_arguments, load_audio, load_clips

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .models.taggers import Recogniser

SAMPLE_RATE = 32_000


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description="Makes training items once.")
    add_data_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder to write, about 0.14 MB an item")
    parser.add_argument("--items", type=int, default=48_000, help="how many (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=TrainSettings.batch_size, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--teacher", default="", help="model folders or networks, joined by +")
    parser.add_argument("--memory", type=Path, metavar="CHECKPOINT", help="pretrained network for train --remember")
    parser.add_argument("--workers", type=int, default=1, help="processes that make items (default: %(default)s)")
    arguments = parser.parse_args()
    return run_command(lambda: run(arguments))


def run(arguments: argparse.Namespace) -> None:
    """Runs the command.

    Raises:
        TrainingError: The data or the teacher cannot be used, or the folder not be written.
        ModelError: The teacher's folder cannot be loaded.
    """
    from torch.utils.data import DataLoader, Subset
    from tqdm import tqdm

    from .data.examples import Items
    from .data.precomputed import prepare
    from .learning.forgetting import Memory
    from .models.taggers import load_recogniser

    clips, audio = load_audio(arguments, load_clips(arguments), SAMPLE_RATE)
    items = Items(
        [clip for clip in clips if clip.split == "train"],
        audio,
        length=arguments.items,
        batch_size=arguments.batch_size,
        seed=arguments.seed,
        sample_rate=SAMPLE_RATE,
    )
    recogniser = load_recogniser(arguments.teacher) if arguments.teacher else None
    teacher = functools.partial(_answers, recogniser) if recogniser else None
    memory = Memory(arguments.memory) if arguments.memory else None

    def batches(done: int) -> Iterator[dict[str, Any]]:
        ahead = Subset(items, range(done * arguments.batch_size, len(items)))
        loader = DataLoader(ahead, arguments.batch_size, num_workers=arguments.workers, drop_last=True)
        bar.update(done)
        for batch in loader:
            yield {name: tensor.numpy() for name, tensor in batch.items()}

    settings = {"items": arguments.items, "seed": arguments.seed, "teacher": recogniser.sha256 if recogniser else ""}
    settings |= {"clips": len(clips), "memory": memory.sha256 if memory else ""}
    with tqdm(total=arguments.items // arguments.batch_size, unit="batch") as bar:
        prepare(arguments.out, items, batches, teacher, settings, bar.update, memory and memory.answers_array)
    print(f"Wrote {json.dumps(settings)} to {arguments.out}")


def _answers(recogniser: "Recogniser", waveform: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import torch

    with torch.inference_mode():
        answers: NDArray[np.float32] = recogniser.window_probabilities(torch.from_numpy(waveform)).numpy()
        return answers


if __name__ == "__main__":
    raise SystemExit(main())
