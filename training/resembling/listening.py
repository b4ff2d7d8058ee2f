"""What the network makes of clips, for rows that are fitted on it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from instrument_model.audio import array_blocks
from instrument_model.devices import make_runtime, usable_cores
from instrument_model.summary import FAINT_DB
from instrument_model.weights import Model
from instrument_model.windows import WindowStream

from ..data.audio_cache import AudioCache
from ..data.clips import Clip

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """Clips, and (windows, channels) of embeddings for each; only windows that count are there, and at least one."""

    clips: Sequence[Clip]
    embeddings: Sequence[Floats]

    def where(self, keep: Sequence[bool]) -> "Heard":
        """Return those clips for which `keep` is true."""
        chosen = [number for number, kept in enumerate(keep) if kept]
        return Heard([self.clips[n] for n in chosen], [self.embeddings[n] for n in chosen])


def hear(model: Model, clips: Sequence[Clip], audio: AudioCache) -> Heard:
    """Return the embeddings of all clips that are not silent, through the windows that count for a prediction."""
    config, runtime = model.config, make_runtime(model)
    rate = config.frontend.sample_rate

    def one(clip: Clip) -> Floats | None:
        blocks = array_blocks(audio.waveform(clip), audio.sample_rate, rate)
        windows = list(WindowStream(blocks, config.window, rate, step=config.frontend.hop_length))
        audible = [not window.silent for window in windows]
        if not any(audible):
            return None
        levels = np.array([window.level_dbfs for window in windows if not window.silent])
        found: Floats = runtime(windows, audible).embeddings[levels >= levels.max() - FAINT_DB]
        return found

    with ThreadPoolExecutor(usable_cores(), "listener") as pool:
        rows = list(tqdm(pool.map(one, clips), total=len(clips), desc="listening", unit="clip", disable=None))
    kept = [(clip, found) for clip, found in zip(clips, rows, strict=True) if found is not None]
    return Heard([clip for clip, _ in kept], [found for _, found in kept])
