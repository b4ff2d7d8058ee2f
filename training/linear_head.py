"""Fit a linear head on the frozen features of a pretrained network: the least that training can do, in a minute.

    python -m training.linear_head --backbone weights --library LIBRARY --out runs/linear            # a model folder
    python -m training.linear_head --backbone yamnet.npz --library LIBRARY --out runs/yamnet-linear  # head.safetensors

One logistic regression per label, fitted by scikit-learn on the features of training items without augmentation.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .cli import Command, add_items, add_out, add_seed
from .config import SAMPLE_RATE
from .data.arguments import add_data_arguments, load_audio, load_clips
from .data.augmentation_names import AUGMENTATIONS
from .errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from .data.examples import Items

BATCH = 16
REGULARISATION = 0.1  # scikit-learn's C


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_data_arguments(parser)
    parser.add_argument(
        "--backbone",
        type=Path,
        required=True,
        metavar="MODEL",
        help="what to start from: a model folder, or YAMNet's .npz",
    )
    add_out(parser, "folder to write")
    add_items(parser, 6_000)
    add_seed(parser, "of the items")


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: Data or backbone cannot be used.
        ModelError: The backbone's folder cannot be loaded, or `--out` not be written.
    """
    from safetensors.torch import save_file
    from torch import nn

    from instrument_model.labels import LABELS
    from instrument_model.network.model import load_network, save_network, with_labels

    from .data.examples import Items
    from .evaluation import report
    from .models.taggers import YamnetFeatures

    if arguments.items < 1:
        raise TrainingError(f"--items is {arguments.items}; give at least 1.")
    clips, audio = load_audio(arguments, load_clips(arguments), SAMPLE_RATE)
    items = Items(
        [clip for clip in clips if clip.split == "train"],
        audio,
        length=arguments.items,
        batch_size=BATCH,
        seed=arguments.seed,
        sample_rate=SAMPLE_RATE,
        without=AUGMENTATIONS,
    )
    report.prepare(arguments.out)
    if arguments.backbone.suffix == ".npz":
        weight, bias = _fit(*_features(items, YamnetFeatures(arguments.backbone)))
        metadata = {"backbone": str(arguments.backbone.absolute())}
        save_file({"weight": weight, "bias": bias}, arguments.out / "head.safetensors", metadata)
    else:
        model = with_labels(load_network(arguments.backbone), LABELS)
        *layers, _ = model.network.classifier
        weight, bias = _fit(*_features(items, nn.Sequential(model.frontend, model.network.features, *layers)))
        model.network.head.load_state_dict({"weight": weight, "bias": bias})
        save_network(arguments.out, model)
    print(f"Wrote {arguments.out}")


def _features(items: "Items", network: "Callable[[Tensor], Tensor]") -> "tuple[NDArray, NDArray]":  # type: ignore[type-arg]
    """Return features (items, width) and targets (items, labels)."""
    import numpy as np
    import torch
    from tqdm import trange

    features, targets = [], []
    for start in trange(0, len(items), BATCH, unit="batch"):
        batch = [items[index] for index in range(start, min(start + BATCH, len(items)))]
        with torch.inference_mode():
            features.append(network(torch.from_numpy(np.stack([item["waveform"] for item in batch]))).numpy())
        targets += [item["target"] for item in batch]
    return np.concatenate(features), np.stack(targets)


def _fit(features: "NDArray", targets: "NDArray") -> "tuple[Tensor, Tensor]":  # type: ignore[type-arg]
    """Return weight (labels, width) and bias (labels,) of a logistic regression per label, on features as they come.

    A label that sounds in none of the items or in all of them has nothing to be told by: its bias says how often it
    sounds, by Laplace's rule of succession, and its weight is zero.
    """
    import numpy as np
    import torch
    from sklearn.linear_model import LogisticRegression

    from instrument_model.labels import LABEL_NAMES

    mean, scale = features.mean(0), features.std(0) + 1e-3
    standardised = (features - mean) / scale
    share = ((targets > 0).sum(0) + 1) / (len(targets) + 2)
    weight, bias = np.zeros((targets.shape[1], features.shape[1])), np.log(share / (1 - share))
    for label, column in enumerate(targets.T > 0):
        if column.any() and not column.all():
            fitted = LogisticRegression(C=REGULARISATION, max_iter=500).fit(standardised, column)
            weight[label] = fitted.coef_[0] / scale
            bias[label] = fitted.intercept_[0] - weight[label] @ mean
        else:
            state = "all" if column.any() else "none"
            print(f"{LABEL_NAMES[label]} sounds in {state} of the {len(column)} items, so it is not learned.")
    return torch.from_numpy(weight.astype(np.float32)), torch.from_numpy(bias.astype(np.float32))


main = Command("training.linear_head", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
