"""A quick look at the development data while training runs: enough to choose by; `training.evaluate` reports."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES
from instrument_model.network.model import InstrumentNetwork

from ..data.augmentations import add_at_snr
from ..data.clips import Clip
from ..data.examples import Audio, fit, to_float
from ..errors import TrainingError
from .metrics import rejection_auroc, top_k

WINDOWS_PER_CLIP = 4
SHORT_SECONDS = 1.0
NOISE_DB = 10.0
BATCH = 16


@dataclass(frozen=True)
class Score:
    """Figures between 0 and 1; accuracies are means over the ten classes."""

    top1: float
    top3: float
    auroc: float
    short: float  # top-1 on one second of each clip
    noisy: float  # top-1 with noise 10 dB below

    @property
    def total(self) -> float:
        """What a run is chosen by: a variant that gains on clean clips and loses the others has not gained."""
        figures = (self.top1, self.top1, self.auroc, self.short, self.noisy)
        # Data without a single sound that is none of ours has no AUROC.
        return float(np.nanmean(figures))


class Development:
    """The development clips as windows, once clean, once short and once noisy."""

    def __init__(self, clips: Sequence[Clip], audio: Audio, sample_rate: int, window_seconds: float) -> None:
        """Cuts the windows; mixtures of several of our labels are left to `training.evaluate`.

        Raises:
            TrainingError: No clip is left to choose the best weights by.
        """
        clips = [clip for clip in clips if len(clip.labels) <= 1]
        if not any(label in INSTRUMENT_NAMES for clip in clips for label in clip.labels):
            raise TrainingError(
                "The data has no clip of one instrument for development, so nothing could tell the best weights from "
                "others; give at least two recordings of an instrument, or put some into a folder named dev."
            )
        self.truth = np.array([LABEL_NAMES.index(clip.labels[0]) if clip.labels else -1 for clip in clips])
        rng = np.random.default_rng(0)
        window, short = round(window_seconds * sample_rate), round(SHORT_SECONDS * sample_rate)
        clean, owner, shorts = [], [], []
        for number, clip in enumerate(clips):
            waveform = to_float(audio[clip])
            starts = range(0, max(len(waveform) - window, 0) + 1, window)[:WINDOWS_PER_CLIP]
            clean += [fit(waveform[start : start + window], window) for start in starts]
            owner += [number] * len(starts)
            loudest = (
                int(np.argmax(np.convolve(waveform[::320] ** 2, np.ones(short // 320), "valid"))) * 320
                if len(waveform) > short
                else 0
            )
            shorts.append(fit(waveform[loudest : loudest + short], short))
        self.clean, self.owner, self.shorts = np.stack(clean), np.array(owner), np.stack(shorts)
        noise = rng.standard_normal(self.clean.shape).astype(np.float32)
        self.noisy = np.stack([add_at_snr(w, n, NOISE_DB) for w, n in zip(self.clean, noise, strict=True)])

    def probabilities(self, model: InstrumentNetwork, *, clean_only: bool = False) -> tuple[NDArray[np.float64], ...]:
        """(clips, labels) for clean, short and noisy clips."""
        every = np.arange(len(self.truth))
        sets = (
            [(self.clean, self.owner)]
            if clean_only
            else [(self.clean, self.owner), (self.shorts, every), (self.noisy, self.owner)]
        )
        return tuple(self._clip_means(_infer(model, windows), owner) for windows, owner in sets)

    def score(self, model: InstrumentNetwork) -> Score:
        """Listens to everything."""
        clean, short, noisy = self.probabilities(model)
        ours = (self.truth >= 0) & (self.truth < len(INSTRUMENT_NAMES))
        ten, truth = slice(None, len(INSTRUMENT_NAMES)), self.truth[ours]
        accuracy = [
            top_k(p[ours][:, ten], truth, k)["per_class_mean"]
            for p, k in ((clean, 1), (clean, 3), (short, 1), (noisy, 1))
        ]
        auroc = rejection_auroc(clean[ours][:, ten], clean[~ours][:, ten])
        return Score(top1=accuracy[0], top3=accuracy[1], auroc=auroc, short=accuracy[2], noisy=accuracy[3])

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
