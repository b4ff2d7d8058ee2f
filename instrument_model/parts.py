"""A part of a recording, from one second to another."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .audio import MAX_SECONDS, MIN_SECONDS, Waveform
from .errors import AudioError


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` to `end`, in seconds; to the end of the recording if `end` is None.

    Raises:
        AudioError: The two do not enclose a part that is long enough to be heard.
    """

    start: float = 0.0
    end: float | None = None

    def __post_init__(self) -> None:
        for name, seconds in (("start", self.start), ("end", self.end)):
            if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
                raise AudioError(f"The {name} is {seconds:g}; give a number of seconds that is not negative.")
        if self.start > MAX_SECONDS:
            raise AudioError(f"The start is {self.start:g} s; only the first {MAX_SECONDS:g} seconds can be analysed.")
        if self.end is not None and self.end - self.start < MIN_SECONDS:
            raise AudioError(
                f"The part from {self.start:g} to {self.end:g} s is too short or reversed; "
                f"its end must be at least {MIN_SECONDS} seconds after its start."
            )

    def of(self, blocks: Iterable[Waveform], sample_rate: int) -> Iterator[Waveform]:
        """Yield what lies in the part.

        Args:
            blocks: (samples,) each, from the beginning of the recording on.
            sample_rate: Of the blocks, in Hz.

        Raises:
            AudioError: The recording ends before the part begins, or so soon after that nothing can be heard.
        """
        first = round(self.start * sample_rate)
        last = None if self.end is None else round(self.end * sample_rate)
        position = kept = 0
        for block in blocks:
            inside = block[max(first - position, 0) : None if last is None else max(last - position, 0)]
            position += len(block)
            kept += len(inside)
            if len(inside):
                yield inside
            if last is not None and position >= last:
                break
        if kept < MIN_SECONDS * sample_rate:
            raise AudioError(
                f"Nothing can be heard from {self.start:g} s on: the recording lasts {position / sample_rate:.1f} s; "
                "give an earlier start."
            )
