"""What sounds when: lanes for the page, merged stretches for the table and for taking away."""

import base64
import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise

import numpy as np
from PIL import Image

from instrument_model import Prediction
from instrument_model.labels import DISPLAY_NAMES, LABEL_NAMES
from instrument_model.prediction import Segment

from .analysis import TOP_FREQUENCY, Listening, Picture

MAX_LANES = 6
TICKS = 8  # at most, under the time axis
SHADES = 48  # of the picture; more make a larger file and look the same
GRID = (220, 440, 880, 1760, 3520, 7040)  # Hz: the octaves of a, which musicians tune to


@dataclass(frozen=True)
class Stretch:
    """Neighbouring segments in which the same is heard.

    Attributes:
        start: In seconds.
        end: In seconds.
        label: The most probable label; None where nothing reaches its threshold.
        probability: Mean over the segments, weighted by their lengths.
        also: The other labels that reach their thresholds.
    """

    start: float
    end: float
    label: str | None
    probability: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One instrument over time, as the page draws it.

    Attributes:
        label: The instrument.
        path: SVG path of a ribbon as thick as the probability, in a box of width 1000 and height 100.
        spans: Where it is heard, in words, for those who cannot see the ribbon.
        heard: Whether it reaches its threshold anywhere.
    """

    label: str
    path: str
    spans: tuple[tuple[float, float], ...]
    heard: bool


def stretches(segments: Sequence[Segment], thresholds: Mapping[str, float]) -> list[Stretch]:
    """Merges neighbours in which the same is heard."""

    def heard(segment: Segment) -> tuple[str | None, tuple[str, ...]]:
        if segment.label is None:
            return None, ()
        over = (label for label in LABEL_NAMES if segment.probabilities[label] >= thresholds[label])
        return segment.label, tuple(label for label in over if label != segment.label)

    merged = []
    for (label, also), group in groupby(segments, key=heard):
        parts = list(group)
        length = sum(part.end - part.start for part in parts)
        mean = sum(part.probability * (part.end - part.start) for part in parts) / length if length else 0.0
        merged.append(Stretch(parts[0].start, parts[-1].end, label, mean, also))
    return merged


def lanes(listening: Listening) -> list[Lane]:
    """The instruments that are heard anywhere, or else the three most probable, faintly."""
    prediction, thresholds = listening.prediction, listening.thresholds
    segments = prediction.segments
    if not segments or prediction.silent:
        return []

    def peak(label: str) -> float:
        return max(segment.probabilities[label] for segment in segments)

    heard = [label for label in LABEL_NAMES if peak(label) >= thresholds[label]]
    shown = sorted(heard, key=lambda label: -prediction.probabilities[label])[:MAX_LANES]
    shown = shown or [guess.label for guess in prediction.top]
    return [
        Lane(
            label,
            _ribbon(segments, label, prediction.duration),
            _spans(segments, label, thresholds[label]),
            label in heard,
        )
        for label in shown
    ]


def _spans(segments: Sequence[Segment], label: str, threshold: float) -> tuple[tuple[float, float], ...]:
    spans: list[tuple[float, float]] = []
    for segment in segments:
        if segment.probabilities[label] < threshold:
            continue
        if spans and abs(spans[-1][1] - segment.start) < 1e-6:
            spans[-1] = (spans[-1][0], segment.end)
        else:
            spans.append((segment.start, segment.end))
    return tuple(spans)


def _ribbon(segments: Sequence[Segment], label: str, duration: float) -> str:
    """A closed path around the middle of the lane; smooth, because no instrument switches on at a window's edge."""
    first, last = segments[0], segments[-1]
    points = [(0.0, first.probabilities[label])]
    points += [((s.start + s.end) / 2 / duration * 1000, s.probabilities[label]) for s in segments]
    points.append((1000.0, last.probabilities[label]))
    upper = [(x, 50 - 48 * p) for x, p in points]
    lower = [(x, 50 + 48 * p) for x, p in reversed(points)]
    return f"M{_curve(upper)}L{_curve(lower)}Z"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    text = "{:.1f} {:.1f}".format(*points[0])
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        text += f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return text


def time_ticks(duration: float) -> list[float]:
    """Round moments for the time axis, in seconds."""
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
    step = next((step for step in steps if duration / step <= TICKS), steps[-1])
    return [step * index for index in range(int(duration / step) + 1)]


def frequency_ticks() -> list[tuple[int, float]]:
    """(Hz, height in the picture from 0 to 1), on the mel scale of HTK, which the picture has."""

    def mel(hertz: float) -> float:
        return 2595 * math.log10(1 + hertz / 700)

    return [(hertz, mel(hertz) / mel(TOP_FREQUENCY)) for hertz in GRID]


def clock(seconds: float, decimals: int = 0) -> str:
    """`1:05` or, with decimals, `1:05.2`."""
    seconds = round(seconds, decimals)
    return f"{int(seconds // 60)}:{seconds % 60:0{3 + decimals if decimals else 2}.{decimals}f}"


def mask_png(picture: Picture) -> str:
    """The picture as a data URI of a PNG whose opacity is the level, so that the page's style chooses the ink."""
    shades = np.round(picture.levels[::-1] ** 1.6 * (SHADES - 1)).astype(np.uint8)
    image = Image.frombytes("P", (shades.shape[1], shades.shape[0]), shades.tobytes())
    image.putpalette([0] * 3 * SHADES)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=bytes(np.linspace(0, 255, SHADES).astype(np.uint8)), compress_level=6)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def as_csv(listening: Listening) -> str:
    """One stretch a line: start, end, label, probability, also; no label where none is heard."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["start", "end", "label", "probability", "also"])
    for part in stretches(listening.prediction.segments, listening.thresholds):
        also = " ".join(part.also)
        writer.writerow([f"{part.start:.3f}", f"{part.end:.3f}", part.label or "", f"{part.probability:.4f}", also])
    return buffer.getvalue()


def as_audacity(listening: Listening) -> str:
    """Audacity's label track: start, end and what is heard in each stretch, separated by tabs."""
    return "".join(
        f"{part.start:.6f}\t{part.end:.6f}\t{' + '.join(DISPLAY_NAMES[label] for label in (part.label, *part.also))}\n"
        for part in stretches(listening.prediction.segments, listening.thresholds)
        if part.label
    )


def as_json(prediction: Prediction) -> str:
    """The answer as the API gives it."""
    return json.dumps(prediction.to_dict(), indent=2, allow_nan=False)


def to_dict(prediction: Prediction, thresholds: Mapping[str, float]) -> dict[str, object]:
    """The answer of the endpoint `/timeline`."""
    return {
        "file": prediction.file,
        "duration": prediction.duration,
        "times": [[segment.start, segment.end] for segment in prediction.segments],
        "probabilities": {
            label: [round(segment.probabilities[label], 4) for segment in prediction.segments] for label in LABEL_NAMES
        },
        "stretches": [asdict(part) for part in stretches(prediction.segments, thresholds)],
        "model": asdict(prediction.model),
    }
