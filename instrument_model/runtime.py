"""What a `Runtime` is: it computes a network's answers to windows."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .windows import Window


class Output(NamedTuple):
    """What the network makes of windows.

    Attributes:
        logits: (windows, labels), before calibration.
        embeddings: (windows, features), the last feature map's mean over time and frequency.
        others: (windows, classes), logits of the second head; no columns if the model has none.
    """

    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    others: NDArray[np.float32]


class Runtime(Protocol):
    """Computes the network's answers; several threads may use one at once."""

    def __call__(self, windows: Sequence[Window], audible: Sequence[bool]) -> Output:
        """Run front end and network.

        Args:
            windows: Successive ones of equal length; one alone may have any length.
            audible: Which of them the network is to hear, at least one.

        Returns:
            A row for each audible window.
        """
