"""Make pretrained networks, as they are, fit to teach: one logistic regression per label on their mean logit.

    python -m training.models.fit_teacher mn04_as_mAP_432.pt+yamnet.npz --library LIBRARY --out runs/teacher.json

Then `--teacher runs/teacher.json+runs/linear+runs/yamnet-linear/head.safetensors` has the heads of
`training.linear_head` teach as well.

AudioSet's networks rank our labels well and say all of them too quietly. It is fitted on training items without
augmentation, so give it nothing that has been trained on these recordings: that would seem surer than it may be.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from ..cli import Command, add_items, add_out, add_seed
from ..data.arguments import add_data_arguments, load_audio, load_clips
from ..data.augmentation_names import AUGMENTATIONS
from ..errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fitted import Fit

BATCH = 16
REGULARISATION = 10.0  # scikit-learn's C: two numbers a label need hardly any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_data_arguments(parser)
    parser.add_argument("recogniser", metavar="MODEL", help="networks, joined by +")
    add_out(parser, "file to write, with the ending .json")
    add_items(parser, 1_600)
    add_seed(parser, "of the items")


def run(arguments: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The data or the networks cannot be used, or the file not be written.
        ModelError: A model folder cannot be loaded.
    """
    import numpy as np
    import torch
    from tqdm import trange

    from ..data.examples import Items
    from .fitted import SMALLEST
    from .taggers import load_recogniser

    if arguments.out.suffix != ".json" or arguments.items < BATCH:
        raise TrainingError(f"--out must end in .json, and --items be at least {BATCH}.")
    recogniser = load_recogniser(arguments.recogniser)
    clips, audio = load_audio(arguments, load_clips(arguments), recogniser.sample_rate)
    items = Items(
        [clip for clip in clips if clip.split == "train"],
        audio,
        length=arguments.items // BATCH * BATCH,
        batch_size=BATCH,
        seed=arguments.seed,
        sample_rate=recogniser.sample_rate,
        without=AUGMENTATIONS,
    )
    logits, targets = [], []
    for start in trange(0, len(items), BATCH, unit="batch"):
        batch = [items[index] for index in range(start, start + BATCH)]
        with torch.inference_mode():
            answers = recogniser.window_probabilities(torch.from_numpy(np.stack([item["clean"] for item in batch])))
        logits.append(torch.logit(answers, eps=SMALLEST).numpy())
        targets += [item["target"] for item in batch]
    fit(arguments.recogniser, np.concatenate(logits), np.stack(targets)).write(arguments.out)
    print(f"Wrote {arguments.out}")


def fit(recogniser: str, logits: "NDArray", targets: "NDArray") -> "Fit":  # type: ignore[type-arg]
    """Slope and bias of each label; a label that sounds in all of the items or in none stays as it is.

    Args:
        recogniser: What answered.
        logits: (items, labels).
        targets: (items, labels), above 0 for what sounds.
    """
    from sklearn.linear_model import LogisticRegression

    from instrument_model.labels import LABEL_NAMES

    from .fitted import Fit

    slope, bias = dict.fromkeys(LABEL_NAMES, 1.0), dict.fromkeys(LABEL_NAMES, 0.0)
    for number, label in enumerate(LABEL_NAMES):
        sounds = targets[:, number] > 0
        if sounds.any() and not sounds.all():
            fitted = LogisticRegression(C=REGULARISATION).fit(logits[:, number : number + 1], sounds)
            slope[label], bias[label] = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    # Nothing whose ranking is the wrong way round may teach.
    if upside_down := [label for label in LABEL_NAMES if slope[label] <= 0]:
        raise TrainingError(f"{recogniser} does not recognise {', '.join(upside_down)} at all; choose another teacher.")
    return Fit(recogniser, slope, bias)


main = Command("training.models.fit_teacher", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
