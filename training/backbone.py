"""From the AudioSet checkpoint mn04_as to a model folder that already recognises our labels.

AudioSet's 527 outputs include all of ours, so the head is made of their rows, and the model is useful untrained:

    python -m training.backbone --out weights [--checkpoint mn04_as_mAP_432.pt]
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from .cli import run_command
from .errors import TrainingError

CHECKPOINT_URL = "https://github.com/fschmid56/EfficientAT/releases/download/v0.0.1/mn04_as_mAP_432.pt"
CHECKPOINT_SHA256 = "899a8c6217063f6941793102a2780b3dd788ab11fce468d9cf5f0577c453321c"

AUDIOSET_ROWS: Mapping[str, tuple[int, ...]] = {
    "cello": (193,),
    "clarinet": (198,),
    "flute": (196,),
    "acoustic_guitar": (143,),
    "electric_guitar": (141,),
    "organ": (155, 156, 157),  # Organ, Electronic organ, Hammond organ
    "piano": (153,),
    "saxophone": (197,),
    "trumpet": (187,),
    "violin": (191,),
    "voice": (27,),  # Singing
}
"""Outputs of AudioSet (`class_labels_indices.csv`) that stand for each of our labels."""


def fetch_checkpoint() -> Path:
    """Downloads the checkpoint into pooch's cache, or finds it there.

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


def convert(checkpoint: Path, out: Path) -> None:
    """Writes a model folder whose head is the mean of the AudioSet rows of each label.

    Raises:
        TrainingError: The checkpoint is missing, or is not the published file.
        ModelError: `out` cannot be written.
    """
    import torch

    from instrument_model.config import ModelConfig
    from instrument_model.network.model import InstrumentNetwork, save_network
    from instrument_model.weights import file_sha256

    if not checkpoint.is_file():
        raise TrainingError(f"{checkpoint} is not a file; name the downloaded mn04_as_mAP_432.pt with --checkpoint.")
    if file_sha256(checkpoint) != CHECKPOINT_SHA256:
        raise TrainingError(
            f"{checkpoint} is not the published mn04_as checkpoint (its SHA-256 differs); download it again."
        )
    state = torch.load(checkpoint, weights_only=True)
    model = InstrumentNetwork(ModelConfig())
    for name in ("classifier.5.weight", "classifier.5.bias"):
        state[name] = torch.stack([state[name][list(AUDIOSET_ROWS[label])].mean(0) for label in model.config.labels])
    model.network.load_state_dict(state, strict=True)
    save_network(out, model)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.backbone", description="AudioSet checkpoint to model folder."
    )
    parser.add_argument("--checkpoint", type=Path, help="mn04_as_mAP_432.pt; downloaded when not given")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    arguments = parser.parse_args()

    def command() -> None:
        convert(arguments.checkpoint or fetch_checkpoint(), arguments.out)
        print(f"Wrote {arguments.out}")

    return run_command(command)


if __name__ == "__main__":
    raise SystemExit(main())
