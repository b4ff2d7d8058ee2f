"""A stream of blocks becomes overlapping windows; what is kept in memory does not depend on the recording's length."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .audio import Waveform
from .config import WindowConfig

DIGITAL_SILENCE = 1e-6
"""Stands for the peak of silence, -120 dBFS, to keep levels finite."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of the recording.

    Attributes:
        first: Its first sample's place in the recording.
        start: The same in seconds.
        end: In seconds; padding does not count.
        samples: (samples,).
        peak_dbfs: The level of the loudest moment, in dB relative to full scale.
        level_dbfs: The mean level (root mean square), likewise: a click at the side of music does not raise it.
        silent: Whether that is too little to tell an instrument.
    """

    first: int
    start: float
    end: float
    samples: Waveform
    peak_dbfs: float
    level_dbfs: float
    silent: bool


def joined(windows: Sequence[Window]) -> Waveform:
    """Return the stretch of the recording that successive windows cover, (samples,)."""
    parts = [left.samples[: right.first - left.first] for left, right in pairwise(windows)]
    return np.concatenate([*parts, windows[-1].samples])


class WindowStream:
    """Cuts blocks into windows of equal length.

    A recording shorter than a window is one window of its own length, padded with silence only below
    `config.min_seconds`. The last window of a longer one ends where the recording ends, so that every sample is heard.
    Windows begin at multiples of `step`, where the front end's frames are; the last one is shorter by what that takes.

    Attributes:
        truncated: Whether there was more than `max_seconds`; known once the iteration is over.
    """

    def __init__(
        self,
        blocks: Iterable[Waveform],
        config: WindowConfig,
        sample_rate: int,
        max_seconds: float | None = None,
        step: int = 1,
    ) -> None:
        """Nothing is read yet.

        Args:
            blocks: (samples,) each.
            config: Lengths in seconds.
            sample_rate: Of the blocks, in Hz.
            max_seconds: The rest is left out.
            step: In samples; the lengths are rounded to multiples of it.
        """
        self.sample_rate = sample_rate
        self.truncated = False
        self._blocks = blocks
        self._silence_dbfs = config.silence_dbfs
        self._step = step
        self._length = step * max(1, round(config.seconds * sample_rate / step))
        self._hop = step * max(1, round(config.hop_seconds * sample_rate / step))
        self._shortest = round(config.min_seconds * sample_rate)
        self._limit = None if max_seconds is None else round(max_seconds * sample_rate)
        self._read = 0

    @property
    def seconds(self) -> float:
        """How much has been read; the length of what is analysed once the iteration is over."""
        return self._read / self.sample_rate

    def __iter__(self) -> Iterator[Window]:
        kept = np.empty(0, np.float32)  # from `start` on: the last window stays until the next one is complete
        start = following = 0
        for block in self._capped():
            kept = np.concatenate((kept, block))
            while start + len(kept) >= following + self._length:
                kept = kept[following - start :]
                start, following = following, following + self._hop
                yield self._window(start, kept[: self._length])
        if not following:
            yield self._window(0, kept)
        elif len(kept) > self._length:
            skipped = self._step * -(-(len(kept) - self._length) // self._step)
            yield self._window(start + skipped, kept[skipped:])

    def _capped(self) -> Iterator[Waveform]:
        for block in self._blocks:
            room = len(block) if self._limit is None else self._limit - self._read
            self._read += len(block[:room])
            yield block[:room]
            if room < len(block):
                self.truncated = True
                return

    def _window(self, start: int, samples: Waveform) -> Window:
        missing = self._shortest - len(samples)
        padded = np.pad(samples, (0, missing)) if missing > 0 else samples  # the rest of the code changes no samples
        end = (start + len(samples)) / self.sample_rate
        # Half of the distance between lowest and highest sample: a constant offset is silence.
        peak_dbfs = _decibels(float(np.ptp(padded)) / 2)
        level_dbfs = _decibels(float(samples.std())) if len(samples) else _decibels(0.0)
        return Window(
            start, start / self.sample_rate, end, padded, peak_dbfs, level_dbfs, peak_dbfs < self._silence_dbfs
        )


def _decibels(level: float) -> float:
    return 20 * math.log10(max(level, DIGITAL_SILENCE))
