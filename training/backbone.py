"""Convert the AudioSet checkpoint mn04_as to a model folder that already recognises our labels.

    python -m training.backbone --out runs/pretrained
    python -m training.backbone --checkpoint mn04_as_mAP_432.pt --out runs/pretrained

AudioSet's 527 outputs include all of ours, so the head is made of their rows, and the model is useful untrained.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .cli import Command, add_out
from .errors import TrainingError
from .models import audioset

if TYPE_CHECKING:
    from torch import Tensor

CHECKPOINT_URL = "https://github.com/fschmid56/EfficientAT/releases/download/v0.0.1/mn04_as_mAP_432.pt"
CHECKPOINT_SHA256 = "899a8c6217063f6941793102a2780b3dd788ab11fce468d9cf5f0577c453321c"


def fetch_checkpoint() -> Path:
    """Download the checkpoint into pooch's cache, or find it there.

    Raises:
        TrainingError: It cannot be downloaded, or is not the file it should be.
    """
    import pooch
    import requests

    try:
        return Path(pooch.retrieve(CHECKPOINT_URL, known_hash=f"sha256:{CHECKPOINT_SHA256}", progressbar=True))
    except (requests.RequestException, OSError, ValueError) as error:
        raise TrainingError(
            f"{CHECKPOINT_URL} cannot be downloaded; fetch it by other means and name it with --checkpoint."
        ) from error


def read_checkpoint(checkpoint: Path) -> "dict[str, Tensor]":
    """Return the tensors of the published checkpoint by name.

    Raises:
        TrainingError: It is missing, or is not the published file.
    """
    import torch

    from instrument_model.weights import file_sha256

    if not checkpoint.is_file():
        raise TrainingError(f"{checkpoint} is not a file; name the downloaded mn04_as_mAP_432.pt.")
    if file_sha256(checkpoint) != CHECKPOINT_SHA256:
        raise TrainingError(
            f"{checkpoint} is not the published mn04_as checkpoint (its SHA-256 differs); download it again."
        )
    state: dict[str, Tensor] = torch.load(checkpoint, weights_only=True)
    return state


def convert(checkpoint: Path, out: Path) -> None:
    """Write a model folder whose head is the mean of the AudioSet rows of each label.

    Raises:
        TrainingError: The checkpoint is missing, or is not the published file.
        ModelError: `out` cannot be written.
    """
    import torch

    from instrument_model.config import ModelConfig
    from instrument_model.network.model import InstrumentNetwork, save_network
    from instrument_model.onnx.architecture import HEAD

    state = read_checkpoint(checkpoint)
    model = InstrumentNetwork(ModelConfig())
    for name in (f"{HEAD}.weight", f"{HEAD}.bias"):
        nothing = torch.zeros_like(state[name][0])  # for a label that AudioSet has no class for
        rows = [list(audioset.row_of(label)) for label in model.config.labels.names]
        state[name] = torch.stack([state[name][row].mean(0) if row else nothing for row in rows])
    model.network.load_state_dict(state, strict=True)
    save_network(out, model)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="mn04_as_mAP_432.pt (default: downloaded from its publisher)"
    )
    add_out(parser, "model folder to write")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The checkpoint is missing, or is not the published file.
        ModelError: `--out` cannot be written.
    """
    convert(options.checkpoint or fetch_checkpoint(), options.out)
    print(f"Wrote {options.out}")


main = Command("training.backbone", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
