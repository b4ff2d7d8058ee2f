"""The classes of the second head, as `config.json` has them."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ModelError
from ..labels import Label, LabelSet

PREFIX = "resemblance."
"""What the names of the second head's tensors begin with in `model.safetensors`."""

WEIGHT, BIAS = f"{PREFIX}weight", f"{PREFIX}bias"
"""Its tensors, (classes, hidden) and (classes,)."""


@dataclass(frozen=True)
class ResemblanceConfig:
    """What a model can say of a sound in which it hears none of its instruments.

    Attributes:
        classes: How each class is written for people, by its name, in the order of the second head's rows.
        threshold: The score from which a class is named at all.
    """

    classes: Mapping[str, str]
    threshold: float

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ModelError(
                f"config.json: resemblance.threshold is {self.threshold:g}, which is outside 0 to 1; make the second "
                "head again."
            )
        try:
            LabelSet(tuple(Label(name, display) for name, display in self.classes.items()))
        except ModelError as error:
            raise ModelError(f"config.json: the classes of resemblance cannot be used: {error}") from error
