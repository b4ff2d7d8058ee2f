"""Teach a trained model whether any of our instruments sounds, and leave alone which.

    python -m training.open_set runs/between --prepared runs/items --out runs/present

A network between its old weights and its new ones (`training.interpolate`) names instruments best where it still
answers to sounds that are none of ours. One logistic regression on its features and its highest logit, with as much
weight for the items without our instruments as for those with them, says which way all ten logits move together. It
becomes part of the last layer, so the model stays what it was in size and speed, and so does the order of its
instruments.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from .cli import Command, add_items, add_model, add_out, add_seed
from .learning.arguments import add_batch_size, add_prepared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

REGULARISATION = 0.03  # of the weights' squares, against the mean loss of an item
STRENGTH = 0.5  # the half of it tells as well and lifts instruments that do not sound less
FREE = 10.0  # the highest logit's weight is hardly regularised


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model(parser)
    add_prepared(parser, required=True)
    add_items(parser, 12_800)
    add_batch_size(parser)
    add_seed(parser, "of the items")
    add_out(parser, "model folder to write")


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The items cannot be used.
        ModelError: The model cannot be loaded, or `--out` not be written.
    """
    import numpy as np
    import torch
    from torch.utils.data import DataLoader
    from tqdm import tqdm

    from instrument_model.labels import INSTRUMENT_NAMES
    from instrument_model.network.model import load_network, save_network

    from .data.precomputed import PreparedItems

    model = load_network(arguments.model)
    size = arguments.batch_size
    items = PreparedItems(
        arguments.prepared, length=arguments.items // size * size, batch_size=size, seed=arguments.seed
    )
    ours = [model.config.labels.names.index(name) for name in INSTRUMENT_NAMES]
    *layers, _ = model.network.classifier
    last = model.network.head
    features = torch.nn.Sequential(model.frontend, model.network.features, *layers).eval()
    hidden, targets, label_weights = [], [], []
    with torch.inference_mode():
        for batch in tqdm(DataLoader(items, size), unit="batch"):
            hidden.append(features(batch["waveform"]).numpy())
            targets.append(batch["target"][:, ours].numpy())
            label_weights.append(batch["label_weight"][:, ours].numpy())
    present = np.concatenate(targets).max(axis=1) > 0
    # What has none of ours by its labels, but something hidden below, teaches nothing.
    certain = present | (np.concatenate(label_weights).min(axis=1) > 0)
    print(f"{present.sum()} items with our instruments, {(certain & ~present).sum()} without")
    weight, bias = fit(np.concatenate(hidden)[certain], present[certain], last, ours)
    with torch.no_grad():
        last.weight[ours] += torch.from_numpy(weight)
        last.bias[ours] += bias
    save_network(arguments.out, model)
    print(f"Wrote {arguments.out}")


def fit(
    hidden: "NDArray[np.float32]", present: "NDArray[np.bool_]", last: "nn.Linear", ours: list[int]
) -> "tuple[NDArray[np.float32], float]":
    """Fit what to add to the rows of the last layer.

    Args:
        hidden: Features before the last layer, (items, features).
        present: Whether any of ours sounds, (items,).
        last: The last layer.
        ours: The rows of our instruments.

    Returns:
        Weight (features,) and bias.

    Raises:
        TrainingError: All items have our instruments, or none has; or the logits say nothing of that.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from .errors import TrainingError

    if present.all() or not present.any():
        raise TrainingError("All of the items have our instruments, or none has; prepare items of both kinds.")
    logits = hidden @ last.weight.detach().numpy()[ours].T + last.bias.detach().numpy()[ours]
    mean, scale = hidden.mean(axis=0), hidden.std(axis=0) + 1e-3
    inputs = np.column_stack([FREE * logits.max(axis=1), (hidden - mean) / scale])
    regression = LogisticRegression(C=1 / (2 * REGULARISATION * len(inputs)), class_weight="balanced", max_iter=1000)
    regression.fit(inputs, present)
    highest, *rest = regression.coef_[0]
    if highest <= 0:
        raise TrainingError("The model's answers do not distinguish our instruments from other sounds; train it first.")
    weight = STRENGTH * np.array(rest) / scale / (FREE * highest)  # in units of the logits
    bias = STRENGTH * regression.intercept_[0] / (FREE * highest) - weight @ mean
    return weight.astype(np.float32), float(bias)


main = Command("training.open_set", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
