"""The classes of the second head, as `config.json` has them."""

import unicodedata
from collections.abc import Iterable, Mapping
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

    def refuse(self, labels: LabelSet) -> None:
        """Refuse classes that are labels of the same model.

        Raises:
            ModelError: Names them.
        """
        if twice := same_sounds(labels, self.classes):
            raise ModelError(
                f"config.json: resemblance names {', '.join(twice)[:200]}, which the model has as a label; make the "
                "second head again."
            )


def same_sounds(labels: Iterable[Label], classes: Mapping[str, str]) -> list[str]:
    """Return the names of those classes that are labels as well, by their names or as they are written for people.

    Args:
        labels: Of a model.
        classes: How each class is written for people, by its name.
    """
    own = {_plain(text) for label in labels for text in (label.name, label.display)}
    return [name for name, display in classes.items() if not own.isdisjoint((_plain(name), _plain(display)))]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("_", " ").replace("-", " ")


def count_classes(config: ResemblanceConfig | None) -> int:
    """Return how many classes a second head has, none if there is no head."""
    return len(config.classes) if config else 0
