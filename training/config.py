"""The settings of a training run, stored with its checkpoint."""

from dataclasses import dataclass
from typing import Literal

from instrument_model.config import FrontendConfig

SAMPLE_RATE = FrontendConfig().sample_rate
"""Of everything that training decodes, renders and hears, in Hz."""

Start = Literal["pretrained", "scratch"]
Trained = Literal["all", "head"]


@dataclass(frozen=True)
class TrainSettings:
    """What a run does; a run is continued only with the settings it was begun with."""

    items: int = 100_000  # how many to train on; fresh ones all the way, so there are no epochs
    batch_size: int = 64  # over all processes
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    warmup_share: float = 0.05  # of the steps, linear; then a cosine down to nothing
    smoothing: float = 0.02  # targets are drawn in from 0 and 1 by half of this
    average_decay: float = 0.999  # of the running mean of the weights
    start: Start = "pretrained"  # "scratch" draws the weights anew and lets batch statistics follow the data
    trained: Trained = "all"  # "head" trains the last layer alone
    distil: float = 0.0  # share of the loss that asks for the teachers' answers instead of the labels
    lead: float = 0.0  # weight of a loss that asks which of our instruments leads, over items with one that does
    remember: float = 0.0  # weight of a loss that asks for the pretrained network's answers about AudioSet
    without: tuple[str, ...] = ()  # augmentations left out
    seed: int = 0
    score_every: int = 250  # steps between looks at the development data
    patience: int = 12  # looks without a better score after which the run ends

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        return self.items // self.batch_size
