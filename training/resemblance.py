"""Give a model a second head that says what a sound resembles, where none of its instruments is heard.

    python -m training.resemblance weights --memory mn04_as_mAP_432.pt --library LIBRARY --out weights

Its rows are those of the AudioSet checkpoint that the model's body began as, drawn towards the training clips of the
library that are none of the model's labels. How far, and from which score a class is named, is chosen on one half of
the development collections; what that reaches is measured on the other. The network and its answers stay the same bit
for bit, so an evaluation of the model stays true and is carried over, and its card is written anew.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .cli import Command, add_model, add_out
from .data.arguments import add_data_arguments, load_audio, load_clips
from .errors import writing

if TYPE_CHECKING:
    from instrument_model.weights import Model

    from .resembling.listening import Heard


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model(parser)
    parser.add_argument(
        "--memory", type=Path, required=True, metavar="CHECKPOINT", help="the published mn04_as_mAP_432.pt"
    )
    add_data_arguments(parser)
    add_out(parser, "model folder to write; may be the same")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The data or the checkpoint cannot be used, or `--out` cannot be written.
        ModelError: The model cannot be loaded or written.
    """
    from instrument_model.weights import load_model

    from .backbone import read_checkpoint
    from .evaluation.report import table
    from .resembling import measure, model

    state = read_checkpoint(options.memory)
    network = model.without_second_head(load_model(options.model))
    made, measured = model.make(network, state, _hear(options, network))
    print(table(measure.table(measured.details)))
    print(
        f"{measured.classes} classes. On {measured.measured.clips} clips of the other half, in which the model hears "
        f"none: the likeliest class is right for {measured.measured.top1:.1%} (with AudioSet's own rows "
        f"{measured.before.top1:.1%}), one of three for {measured.measured.top3:.1%} ({measured.before.top3:.1%}). "
        f"From a score of {measured.threshold:g}, something is named for {measured.named:.1%}, and the first name is "
        f"right for {measured.first_right:.1%} of these."
    )
    with writing(options.out):
        model.write(options.out, options.model, made, measured)
        if not model.write_card(options.out):
            print("There is no evaluation of it, or no provenance, so it has no card yet; run training.evaluate.")
    print(f"Wrote {options.out}")


def _hear(options: argparse.Namespace, model: "Model") -> "Heard":
    """Return the embeddings of the clips that have none of the model's labels and whose class is known.

    Raises:
        TrainingError: The data cannot be used.
    """
    from .resembling.classes import right_for
    from .resembling.listening import hear

    config = model.config
    own = set(config.labels.names)
    wanted = [
        clip
        for clip in load_clips(options, config.labels)
        if clip.split in ("train", "dev") and own.isdisjoint(clip.labels) and right_for(clip)
    ]
    clips, audio = load_audio(options, wanted, config.frontend.sample_rate)
    return hear(model, clips, audio)


main = Command("training.resemblance", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
