"""Quick validation while training runs: enough to choose weights by; `training.evaluate` reports."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from instrument_model.labels import INSTRUMENT_NAMES, LABELS
from instrument_model.network.model import InstrumentNetwork

from ..data.clips import Clip
from ..data.examples import Audio, fit, to_float
from ..data.levels import add_at_snr, loudest_part
from ..errors import TrainingError
from .halves import halves
from .metrics import rejection_auroc, top_k
from .results import TopK

WINDOWS_PER_CLIP = 4
SHORT_SECONDS = 1.0
NOISE_DB = 10.0
BATCH = 16
AUROC_TOLERANCE = 0.01

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Score:
    """Figures between 0 and 1; accuracies are means over the instruments."""

    top1: float
    top3: float
    auroc: float
    songs: float  # top-1 on songs in which the instrument leads
    short: float  # top-1 on one second of each clip
    noisy: float  # top-1 with noise 10 dB below

    @property
    def total(self) -> float:
        """What a run is chosen by: a variant that gains on clean clips and loses the others has not gained."""
        # Data without songs has no such figure.
        return float(np.nanmean((self.top1, self.songs, self.short, self.noisy)))


def best(scores: Mapping[Key, Score]) -> Key:
    """Return the one with the highest total among those that reject other sounds nearly as well as any."""
    # Data without a single sound that is none of ours has no AUROC.
    aurocs = {key: float(np.nan_to_num(score.auroc, nan=1.0)) for key, score in scores.items()}
    able = [key for key in scores if aurocs[key] >= max(aurocs.values()) - AUROC_TOLERANCE]
    return max(able, key=lambda key: scores[key].total)


class Development:
    """The development clips as windows, once clean, once short and once noisy."""

    def __init__(self, clips: Sequence[Clip], audio: Audio, sample_rate: int, window_seconds: float) -> None:
        """Cut the windows; mixtures of several of our labels are left to `training.evaluate`.

        Raises:
            TrainingError: No clip is left to choose the best weights by.
        """
        clips = [clip for clip in clips if len(clip.labels) <= 1]
        if not any(label in INSTRUMENT_NAMES for clip in clips for label in clip.labels):
            raise TrainingError(
                "The data has no clip of one instrument for development, so nothing could tell the best weights from "
                "others; give at least two recordings of an instrument, or put some into a folder named dev."
            )
        self.halves = halves(clips)
        self.songs = np.array([not clip.complete for clip in clips])
        places = {name: place for place, name in enumerate(INSTRUMENT_NAMES)}
        self.truth = np.array([places.get(clip.labels[0], -1) if clip.labels else -1 for clip in clips])
        rng = np.random.default_rng(0)
        window, short = round(window_seconds * sample_rate), round(SHORT_SECONDS * sample_rate)
        clean, owner, shorts = [], [], []
        for number, clip in enumerate(clips):
            waveform = to_float(audio[clip])
            starts = range(0, max(len(waveform) - window, 0) + 1, window)[:WINDOWS_PER_CLIP]
            clean += [fit(waveform[start : start + window], window) for start in starts]
            owner += [number] * len(starts)
            shorts.append(fit(loudest_part(waveform, short), short))
        self.clean, self.owner, self.shorts = np.stack(clean), np.array(owner), np.stack(shorts)
        noise = rng.standard_normal(self.clean.shape).astype(np.float32)
        self.noisy = np.stack([add_at_snr(w, n, NOISE_DB) for w, n in zip(self.clean, noise, strict=True)])

    def probabilities(self, model: InstrumentNetwork) -> tuple[NDArray[np.float64], ...]:
        """Return the return (clips, labels) for clean, short and noisy clips."""
        every = np.arange(len(self.truth))
        sets = ((self.clean, self.owner), (self.shorts, every), (self.noisy, self.owner))
        return tuple(self._clip_means(_infer(model, windows), owner) for windows, owner in sets)

    def score(self, model: InstrumentNetwork) -> Score:
        """Measure everything."""
        return self.figures(*self.probabilities(model))

    def figures(self, *answers: NDArray[np.float64], half: int | None = None) -> Score:
        """Return the figures of `probabilities`, of all clips or of those of one half."""
        kept = np.ones(len(self.truth), bool) if half is None else self.halves == half
        ours = kept & (self.truth >= 0)
        columns = list(LABELS.answer_columns)

        def accuracy(probabilities: NDArray[np.float64], clips: NDArray[np.bool_], k: int = 1) -> TopK:
            return top_k(probabilities[clips][:, columns], self.truth[clips], k)

        clean, short, noisy = answers
        asked = ((clean, ours), (clean, ours, 3), (short, ours), (noisy, ours))
        top1, top3, briefly, noisily = (accuracy(*which).per_class_mean for which in asked)
        songs = accuracy(clean, ours & self.songs).micro
        auroc = rejection_auroc(clean[ours][:, columns], clean[kept & ~ours][:, columns])
        return Score(top1=top1, top3=top3, auroc=auroc, songs=songs, short=briefly, noisy=noisily)

    def _clip_means(self, probabilities: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
        sums = np.zeros((len(self.truth), probabilities.shape[1]))
        np.add.at(sums, owner, probabilities)
        return sums / np.bincount(owner, minlength=len(self.truth))[:, None]


def _infer(model: InstrumentNetwork, windows: NDArray[np.float32]) -> NDArray[np.float64]:
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        parts: list[Tensor] = [
            model.probabilities(torch.from_numpy(windows[i : i + BATCH]).to(device)).cpu()
            for i in range(0, len(windows), BATCH)
        ]
    model.train(was_training)
    return torch.cat(parts).double().numpy()
