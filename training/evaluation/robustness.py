"""Accuracy under hard conditions: noise, short clips, several instruments at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..data.audio_cache import AudioCache
from ..data.levels import Waveform, loudest_part
from ..models.inference import clip_probabilities
from ..models.taggers import Recogniser
from . import conditions
from .answers import Answers, accuracies, class_of, ranking
from .conditions import Mixture
from .results import Accuracies, Conditions, Noise, Ranking


@dataclass(frozen=True)
class Robustness:
    """One model under all conditions.

    Attributes:
        recogniser: The model.
        answers: What it says to the clips as they are.
        audio: Their waveforms.
        seed: Of noise and mixtures.
    """

    recogniser: Recogniser
    answers: Answers
    audio: AudioCache
    seed: int = 0

    def measure(self, group: str) -> Conditions:
        """Measure all of it, on the group of clips with this name."""
        return Conditions(group, self.noise(), self.length(), self.instruments())

    def noise(self) -> Noise:
        """Measure top-1 and top-3 for each colour and level of noise, and without."""
        found: dict[str, dict[str, Accuracies]] = {}
        for number, colour in enumerate(conditions.COLOURS):
            found[colour] = {}
            for snr in conditions.SNRS_DB:
                noisy = (
                    conditions.with_noise(waveform, snr, colour, self.audio.sample_rate, (self.seed, number, i))
                    for i, waveform in enumerate(self._waveforms())
                )
                found[colour][f"{snr:g} dB"] = self._accuracy(noisy, f"{colour} noise, {snr:g} dB")
        return Noise(clean=self._clean(), **found)

    def length(self) -> dict[str, Accuracies]:
        """Measure top-1 and top-3 for the loudest part of each length, and for the "whole" clips."""
        found: dict[str, Accuracies] = {}
        for seconds in conditions.LENGTHS:
            samples = round(seconds * self.audio.sample_rate)
            parts = (loudest_part(waveform, samples) for waveform in self._waveforms())
            long = sum(len(self.audio[clip]) >= samples for clip in self._singles.clips)
            found[f"{seconds:g} s"] = replace(self._accuracy(parts, f"{seconds:g} s"), clips_that_long=long)
        return found | {"whole": self._clean()}

    def instruments(self) -> dict[str, Ranking]:
        """Measure the ranking for one instrument, for mixtures of several, and for those "recorded" together."""
        singles = self._singles
        found = {"1": ranking(singles.probabilities, singles.targets, singles.labels)}
        least = conditions.MIXTURE_SECONDS[0] * self.audio.sample_rate
        long_enough = np.array([len(self.audio[clip]) >= least for clip in singles.clips])
        candidates = singles.where(long_enough) if long_enough.any() else singles
        for sounding in conditions.SOUNDING:
            drawn = conditions.draw_mixtures(
                class_of(candidates.clips, candidates.labels), sounding, conditions.MIXTURES, self.seed
            )
            if drawn:
                probabilities = self._ask(self._mixed(candidates, drawn), len(drawn), f"{sounding} instruments")
                targets = np.array([candidates.targets[list(mixture.clips)].max(axis=0) for mixture in drawn])
                found[str(sounding)] = ranking(probabilities, targets, singles.labels)
        several = self.answers.where(self.answers.targets[:, list(self.answers.labels.answer_columns)].sum(axis=1) > 1)
        if several.clips:
            found["recorded"] = ranking(several.probabilities, several.targets, several.labels)
        return found

    @property
    def _singles(self) -> Answers:
        return self.answers.where(self.answers.single)

    def _waveforms(self) -> Iterator[Waveform]:
        return (self.audio.waveform(clip) for clip in self._singles.clips)

    def _mixed(self, candidates: Answers, drawn: list[Mixture]) -> Iterator[Waveform]:
        for mixture in drawn:
            parts = [self.audio.waveform(candidates.clips[i]) for i in mixture.clips]
            yield conditions.mix(parts, mixture.gains_db, self.audio.sample_rate)

    def _ask(self, waveforms: Iterable[Waveform], total: int, title: str) -> NDArray[np.float64]:
        return clip_probabilities(self.recogniser, waveforms, self.audio.sample_rate, total=total, title=title)

    def _clean(self) -> Accuracies:
        singles = self._singles
        return accuracies(singles.probabilities, class_of(singles.clips, singles.labels), singles.labels)

    def _accuracy(self, waveforms: Iterable[Waveform], title: str) -> Accuracies:
        singles = self._singles
        answers = self._ask(waveforms, len(singles.clips), title)
        return accuracies(answers, class_of(singles.clips, singles.labels), singles.labels)
