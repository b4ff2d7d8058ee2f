"""Interpolate weights between those before and after training, which keeps what the pretrained network knew.

    python -m training.interpolate runs/pretrained runs/a/model --library LIBRARY --out runs/a/between

Wortsman et al., "Robust fine-tuning of zero-shot models" (CVPR 2022). Several new models, all fine-tuned from the old
one, are averaged first ("Model soups", ICML 2022). The factor is chosen on development data of collections that
training has nothing of: on one half of them (`training.evaluation.halves`), and what it reaches on the other half is
printed as well.

The last layer alone may go back further (`--head-factor`): what training has made of the features stays, and AudioSet's
own rows have their say about them, which ranks instruments that play together better.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .cli import Command, add_out
from .data.arguments import add_data_arguments, load_audio, load_clips, unseen_sources
from .errors import TrainingError

if TYPE_CHECKING:
    from torch import Tensor

    from instrument_model.network.model import InstrumentNetwork

    from .evaluation.validation import Score

FACTORS = tuple(n / 10 for n in range(11))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument("old", type=Path, metavar="OLD", help="model folder before training")
    parser.add_argument("new", type=Path, nargs="+", metavar="NEW", help="model folders after training, averaged")
    add_data_arguments(parser)
    add_out(parser, "model folder to write")
    parser.add_argument(
        "--factor", type=float, metavar="SHARE", help="of the new weights (default: the best on development data)"
    )
    parser.add_argument(
        "--head-factor", type=float, metavar="SHARE", help="of the new weights in the last layer (default: as --factor)"
    )


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The models differ in architecture, or data cannot be used.
    """
    from instrument_model.network.model import load_network, save_network

    from .evaluation.validation import Development, best

    old, news = load_network(arguments.old), [load_network(folder) for folder in arguments.new]
    for folder, new in zip(arguments.new, news, strict=True):
        if new.config.network != old.config.network or new.config.frontend != old.config.frontend:
            raise TrainingError(
                f"{folder} and {arguments.old} differ in architecture; interpolate only models of one kind."
            )
    new_state = average([new.network.state_dict() for new in news])
    factor = arguments.factor
    if factor is None:
        config = old.config
        clips, audio = load_audio(arguments, load_clips(arguments), config.frontend.sample_rate)
        chosen = unseen_sources(clips)
        if not chosen:
            raise TrainingError("Training has seen every development collection; give --factor.")
        development = Development(chosen, audio, config.frontend.sample_rate, config.window.seconds)
        scores, held_out = {}, {}
        for candidate in FACTORS:
            answers = development.probabilities(_between(old, new_state, candidate, arguments.head_factor))
            scores[candidate], held_out[candidate] = (development.figures(*answers, half=half) for half in (0, 1))
            _print(f"factor {candidate:.1f}", scores[candidate])
        factor = best(scores)
        _print("the other half", held_out[factor])
    save_network(arguments.out, _between(old, new_state, factor, arguments.head_factor))
    print(f"Factor {factor:.2f}; model in {arguments.out}")


def _print(title: str, score: "Score") -> None:
    figures = "  ".join(f"{name} {value:.3f}" for name, value in asdict(score).items())
    print(f"{title}  {figures}  total {score.total:.4f}", flush=True)


def average(states: Sequence[Mapping[str, "Tensor"]]) -> dict[str, "Tensor"]:
    """Return the mean of several models' parameters, name by name; counters are those of the first."""
    import torch

    return {
        name: torch.stack([state[name] for state in states]).mean(0) if tensor.is_floating_point() else tensor
        for name, tensor in states[0].items()
    }


def interpolate(
    old: Mapping[str, "Tensor"], new: Mapping[str, "Tensor"], factor: float, head_factor: float | None = None
) -> dict[str, "Tensor"]:
    """Return `old + factor * (new - old)`, name by name; counters are those of `old`.

    `head_factor` takes the place of `factor` in the last layer.
    """
    from instrument_model.onnx.architecture import HEAD

    head = factor if head_factor is None else head_factor
    return {
        name: tensor.lerp(new[name], head if name.startswith(HEAD) else factor)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in old.items()
    }


def _between(
    old: "InstrumentNetwork", new_state: Mapping[str, "Tensor"], factor: float, head_factor: float | None
) -> "InstrumentNetwork":
    from instrument_model.network.model import InstrumentNetwork

    model = InstrumentNetwork(old.config)
    model.network.load_state_dict(interpolate(old.network.state_dict(), new_state, factor, head_factor))
    return model.eval()


main = Command("training.interpolate", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
