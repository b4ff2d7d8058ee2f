"""A library of recordings that tests make for themselves, and a recogniser that hears all of it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from instrument_model.config import WindowConfig
from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES, LABELS
from tests.support.sounds import Samples, tone, write
from training.data.sources.irmas import BY_CODE, CODES, TESTING

RATE = 32_000
COLUMNS = ("path", "label", "detail", "kind", "split", "source", "origin")


def pitch_of_label(label: str) -> float:
    """Every label is a tone of its own, "other" one more."""
    return 400.0 * (1 + (*LABEL_NAMES, "other").index(label))


def make_library(root: Path, seconds: float = 0.6) -> Path:
    """A library of tones.

    Two collections that training has nothing of hold a clip of everything, a third that it knows a few; one is a mix.
    """
    rows = [
        {"label": label, "split": "dev", "source": source, "path": f"{source}/{label}.wav"}
        for source in ("hall", "club", "studio")
        for label in (*INSTRUMENT_NAMES, "voice", "other")
        if source != "studio" or label in INSTRUMENT_NAMES[:3]
    ]
    rows += [
        {"label": "cello", "split": "train", "source": "studio", "path": "studio/another.wav"},
        {"label": "mix", "split": "dev", "source": "hall", "path": "hall/mix.wav", "detail": "mixed_cello_flute"},
    ]
    for row in rows:
        labels = ("cello", "flute") if row["label"] == "mix" else (row["label"],)
        samples: Samples = sum(tone(seconds, RATE, pitch_of_label(label), 0.3) for label in labels)  # type: ignore[assignment]
        (root / "audio" / row["path"]).parent.mkdir(parents=True, exist_ok=True)
        write(root / "audio" / row["path"], samples, RATE)
    with (root / "manifest.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({"detail": row["label"], "kind": "phrase", "origin": row["path"]} | row for row in rows)
    return root


def make_class_folders(root: Path, takes: int = 5, seconds: float = 3.5) -> Path:
    """A folder per instrument, with tones near a pitch of its own."""
    for number, name in enumerate(INSTRUMENT_NAMES):
        (root / name).mkdir(parents=True, exist_ok=True)
        for take in range(takes):
            write(root / name / f"{take}.wav", tone(seconds, RATE, 200.0 * (1 + number) + 9 * take, 0.4), RATE)
    return root


def make_irmas_training(root: Path, recordings: int = 5, seconds: float = 0.6) -> Path:
    """IRMAS's training clips: two excerpts of each recording, with the names that they have there."""
    for number, label in enumerate(LABELS):
        folder = root / "IRMAS-TrainingData" / CODES[label.name]
        folder.mkdir(parents=True)
        for recording in range(recordings):
            for excerpt in (1, 2):
                name = f"{recording:03}__[{CODES[label.name]}][nod][cla]{100 * number + recording:04}__{excerpt}.wav"
                write(folder / name, tone(seconds, RATE, pitch_of_label(label.name) + 0.5 * excerpt, 0.3), RATE)
    return root


def make_irmas_test(root: Path, excerpts: Mapping[str, Sequence[str]], seconds: float = 0.6) -> Path:
    """IRMAS's official test set in its three parts: every excerpt is the sum of its instruments' tones.

    Args:
        root: Where it goes.
        excerpts: Names without ending, and the codes in their text files; each part holds all of them.
        seconds: Of each excerpt.
    """
    for part in TESTING:
        folder = root / part / part.removeprefix("IRMAS-TestingData-")
        folder.mkdir(parents=True)
        for name, codes in excerpts.items():
            tones = [tone(seconds, RATE, pitch_of_label(BY_CODE[code]), 0.8 / len(codes)) for code in codes]
            write(folder / f"{part[-1]}{name}.wav", np.sum(tones, axis=0, dtype=np.float32), RATE)
            (folder / f"{part[-1]}{name}.txt").write_text("".join(f"{code}\t\n" for code in codes))
    return root


class Oracle:
    """Knows the tones: a label's probability grows with the power at its pitch."""

    name, sha256, sample_rate, window = "oracle", "0" * 64, RATE, WindowConfig()
    thresholds = np.full(len(LABEL_NAMES), 0.5)

    def window_probabilities(self, waveform: Tensor) -> Tensor:
        """(batch, samples) to (batch, labels)."""
        spectrum = torch.fft.rfft(waveform * torch.hann_window(waveform.shape[1])).abs()
        pitches = torch.tensor([pitch_of_label(label) for label in LABEL_NAMES])
        bins = (pitches * waveform.shape[1] / RATE).round().long()
        shares: Tensor = spectrum[:, bins] / (spectrum.amax(dim=1, keepdim=True) + 1e-6)
        return shares
