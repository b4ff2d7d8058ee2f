"""Recordings of any length to time with: the bundled examples, one after the other."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from instrument_model.audio import read_audio

EXAMPLES = Path(__file__).parent.parent / "examples"
SAMPLE_RATE = 44_100  # what most recordings have


def make_clips(folder: Path, seconds: float) -> dict[str, Path]:
    """Write the same music as stereo wav and mp3; return the file of each format."""
    music = np.concatenate([read_audio(path, SAMPLE_RATE) for path in sorted(EXAMPLES.glob("*.mp3"))])
    mono: NDArray[np.float32] = np.resize(music, round(seconds * SAMPLE_RATE))
    files = {"wav": folder / f"{seconds:g}s.wav", "mp3": folder / f"{seconds:g}s.mp3"}
    for path in files.values():
        with soundfile.SoundFile(path, "w", SAMPLE_RATE, 2) as file:
            for block in np.array_split(mono, max(1, len(mono) // SAMPLE_RATE)):
                file.write(np.stack([block, block * np.float32(0.8)], axis=1))
    return files
