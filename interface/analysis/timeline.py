"""What sounds when: the data that the page draws, and merged stretches for the API and for downloads."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

import numpy as np
from PIL import Image

from instrument_model import Prediction
from instrument_model.config import SENSITIVITIES
from instrument_model.prediction import Segment

from ..examples import EXAMPLE_NAMES, example_path
from .listening import TOP_FREQUENCY, Listening, Picture

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


def stretches(segments: Sequence[Segment]) -> list[Stretch]:
    """Merge neighbours in which the same is heard."""

    def heard(segment: Segment) -> tuple[str | None, tuple[str, ...]]:
        order = list(segment.probabilities)
        return segment.label, tuple(sorted(segment.detected[1:], key=order.index))

    merged = []
    for (label, also), group in groupby(segments, key=heard):
        parts = list(group)
        length = sum(part.end - part.start for part in parts)
        mean = sum(part.probability * (part.end - part.start) for part in parts) / length if length else 0.0
        merged.append(Stretch(parts[0].start, parts[-1].end, label, mean, also))
    return merged


def answer(listening: Listening, names: Mapping[str, str]) -> dict[str, object]:
    """Return what the page's script needs to read the probabilities anew; `assets/reading.js` describes it."""
    prediction = listening.prediction
    return {
        "duration": round(prediction.duration, 3),
        "labels": [
            {
                "name": label.name,
                "display": names[label.name],
                "family": label.family,
                "instrument": label.answer,
                "example": str(example_path(label.name)) if label.name in EXAMPLE_NAMES else None,
            }
            for label in prediction.labels
        ],
        "shifts": SENSITIVITIES,
        "thresholds": [round(listening.thresholds[name], 4) for name in prediction.labels.names],
        "overall": _rounded(prediction.probabilities),
        "resembles": [{"label": found.label, "display": found.display} for found in prediction.resembles],
        "segments": [
            {
                "start": round(segment.start, 3),
                "end": round(segment.end, 3),
                "counts": not segment.faint,
                "probabilities": _rounded(segment.probabilities),
            }
            for segment in prediction.segments
        ],
    }


def _rounded(probabilities: Mapping[str, float]) -> list[float]:
    return [round(probability, 4) for probability in probabilities.values()]


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
    """Return the picture as the data URI of a PNG; its opacity is the level, so the page's style chooses the ink."""
    shades = np.round(picture.levels[::-1] ** 1.6 * (SHADES - 1)).astype(np.uint8)
    image = Image.frombytes("P", (shades.shape[1], shades.shape[0]), shades.tobytes())
    image.putpalette([0] * 3 * SHADES)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=bytes(np.linspace(0, 255, SHADES).astype(np.uint8)), compress_level=6)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def to_dict(prediction: Prediction) -> dict[str, object]:
    """Return the answer of the endpoint `/timeline`."""
    return {
        "file": prediction.file,
        "duration": prediction.duration,
        "times": [[segment.start, segment.end] for segment in prediction.segments],
        "probabilities": {
            label: [round(segment.probabilities[label], 4) for segment in prediction.segments]
            for label in prediction.probabilities
        },
        "stretches": [asdict(part) for part in stretches(prediction.segments)],
        "resembles": [asdict(found) for found in prediction.resembles],
        "model": asdict(prediction.model),
    }
