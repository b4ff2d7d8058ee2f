"""The stretches of a recording as files that audio editors and spreadsheets read."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from instrument_model import Prediction

from .timeline import Stretch, stretches

Displays = Mapping[str, str]
"""How each label is written for people."""

_RAVEN_BAND = (0, 16_000)
"""Hz. A Raven selection is a box in time and frequency; ours spans all that the model hears."""


def files(prediction: Prediction, displays: Displays) -> dict[str, str]:
    """Return what each file holds, by the ending of its name."""
    parts = stretches(prediction.segments)
    return {
        "csv": as_csv(parts),
        "json": as_json(prediction),
        "labels.txt": as_audacity(parts, displays),
        "selections.txt": as_raven(parts, displays),
        "markers.csv": as_reaper(parts, displays),
    }


def as_csv(parts: Sequence[Stretch]) -> str:
    """One stretch a line: start, end, label, probability, also; no label where none is heard."""
    rows = [
        [f"{part.start:.3f}", f"{part.end:.3f}", part.label or "", f"{part.probability:.4f}", " ".join(part.also)]
        for part in parts
    ]
    return _table(["start", "end", "label", "probability", "also"], rows)


def as_audacity(parts: Sequence[Stretch], displays: Displays) -> str:
    """Audacity's label track: start, end and what is heard in each stretch, separated by tabs."""
    return "".join(f"{part.start:.6f}\t{part.end:.6f}\t{_names(part, displays)}\n" for part in parts if part.label)


def as_raven(parts: Sequence[Stretch], displays: Displays) -> str:
    """Return a selection table for Raven (Cornell Lab of Ornithology), with a view and a channel for each selection."""
    header = ["Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"]
    rows = [
        [number, "Spectrogram 1", 1, f"{part.start:.3f}", f"{part.end:.3f}", *_RAVEN_BAND, _names(part, displays)]
        for number, part in enumerate((part for part in parts if part.label), 1)
    ]
    return _table([*header, "Annotation"], rows, delimiter="\t")


def as_reaper(parts: Sequence[Stretch], displays: Displays) -> str:
    """Regions for Reaper's Region/Marker Manager, which imports CSV with these columns; times in seconds."""
    rows = [
        [f"R{number}", _names(part, displays), f"{part.start:.3f}", f"{part.end:.3f}", f"{part.end - part.start:.3f}"]
        for number, part in enumerate((part for part in parts if part.label), 1)
    ]
    return _table(["#", "Name", "Start", "End", "Length"], rows)


def as_json(prediction: Prediction) -> str:
    """Return the answer as the API gives it."""
    return json.dumps(prediction.to_dict(), indent=2, allow_nan=False)


def _names(part: Stretch, displays: Displays) -> str:
    return " + ".join(displays[label] for label in (part.label, *part.also) if label)


def _table(header: Sequence[str], rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
