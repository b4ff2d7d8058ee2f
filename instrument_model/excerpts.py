"""Cut the sound itself out of a recording: any part of it, or the part where an instrument is heard best."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from .audio import Waveform, decoded_blocks
from .errors import AudioError
from .prediction import Prediction, Segment

EXCERPT_SECONDS = 6.0
"""How long the best excerpt of an instrument is, where it plays for that long."""


@dataclass(frozen=True)
class Excerpt:
    """Where an instrument is heard best.

    Attributes:
        label: The instrument.
        start: In seconds.
        end: In seconds.
        probability: Mean over the excerpt, weighted by the lengths of its segments.
    """

    label: str
    start: float
    end: float
    probability: float


def best_excerpt(prediction: Prediction, label: str, seconds: float = EXCERPT_SECONDS) -> Excerpt | None:
    """Find the part of a recording where an instrument is most probable.

    Args:
        prediction: What was heard in the recording.
        label: Any of the labels in `prediction.probabilities`.
        seconds: The most that the excerpt may last; it is shorter where the instrument plays for less.

    Returns:
        The excerpt, or None where the instrument is not heard in any segment.
    """
    candidates = [_mean(run, label) for heard in _heard(prediction, label) for run in _runs(heard, seconds)]
    return max(candidates, key=lambda found: found.probability * (found.end - found.start), default=None)


def cut(source: str | os.PathLike[str], start: float, end: float, target: str | os.PathLike[str]) -> None:
    """Write a part of a recording as a 16-bit WAV file, at its own sample rate and with all its channels.

    Args:
        source: A file in any format that the library reads.
        start: In seconds.
        end: In seconds; what lies beyond the end of the recording is left out.
        target: The file to write.

    Raises:
        AudioError: The source cannot be read, the end is not after the start, or nothing of it lies in the range.
    """
    if not start < end:
        raise AudioError(f"The part from {start:g} to {end:g} s is empty or reversed; give an end after its start.")
    parts, rate = [], 0
    position = 0.0
    for rate, frames in decoded_blocks(source):
        first, last = round((start - position) * rate), round((end - position) * rate)
        parts.append(frames[max(first, 0) : max(last, 0)])
        position += len(frames) / rate
        if position >= end:
            break
    kept = [part for part in parts if len(part)]
    if not kept:
        raise AudioError(f"Nothing lies between {start:g} and {end:g} s: the recording lasts {position:.1f} s.")
    same = [part for part in kept if part.shape[1] == kept[0].shape[1]]
    soundfile.write(Path(target), _within_full_scale(np.concatenate(same)), rate, subtype="PCM_16", format="WAV")


def file_name(source: str, label: str | None, start: float) -> str:
    """Return a name for an excerpt that tells what it is: `song_0m12.4s_cello.wav`."""
    minutes, seconds = divmod(start, 60)
    return "_".join(filter(None, (Path(source).stem, f"{int(minutes)}m{seconds:04.1f}s", label))) + ".wav"


def _heard(prediction: Prediction, label: str) -> Iterator[list[Segment]]:
    """Yield the unbroken runs of segments in which a label is heard."""
    run: list[Segment] = []
    for segment in prediction.segments:
        if label in segment.detected:
            run.append(segment)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _runs(segments: Sequence[Segment], seconds: float) -> Iterator[Sequence[Segment]]:
    """Yield every stretch of neighbours that fits into so many seconds and could not be longer."""
    first = 0
    for last, segment in enumerate(segments):
        while first < last and segment.end - segments[first].start > seconds:
            first += 1
        yield segments[first : last + 1]


def _mean(run: Sequence[Segment], label: str) -> Excerpt:
    lengths = [segment.end - segment.start for segment in run]
    probabilities = [segment.probabilities[label] for segment in run]
    return Excerpt(label, run[0].start, run[-1].end, float(np.average(probabilities, weights=lengths)))


def _within_full_scale(samples: Waveform) -> Waveform:
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return finite / max(1.0, float(np.abs(finite).max(initial=0.0)))
