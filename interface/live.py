"""Live: pieces of sound from a visitor's microphone become bars, with two seconds of memory."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from instrument_model import InstrumentClassifier
from instrument_model.audio import Waveform
from instrument_model.errors import AudioError
from instrument_model.labels import DISPLAY_NAMES, LABEL_NAMES

from . import texts

WINDOW_SECONDS = 2.0
"""What an answer is about: shorter is quicker, longer is surer."""

RISE, FALL = 0.2, 0.6
"""The share of the previous answer in the next: quick to rise and slow to fall, as the needle of a level meter."""

LONGEST_PIECE = 4.0
"""Seconds of sound that may come at once."""

FORGET_SECONDS = 600
"""What was heard is forgotten when nothing comes for so long."""

RATES = range(8_000, 192_001)  # Hz, what browsers record with


@dataclass
class Listener:
    """What is remembered of one visitor between two pieces."""

    session: int = 0
    rate: int = 0
    window: Waveform = field(default_factory=lambda: np.empty(0, np.float32))
    smoothed: dict[str, float] = field(default_factory=dict)

    def hear(self, sound: Waveform, rate: int, session: int) -> None:
        """Takes the next piece, (samples,); a new session or rate begins afresh."""
        if (session, rate) != (self.session, self.rate):
            self.session, self.rate, self.smoothed, self.window = session, rate, {}, np.empty(0, np.float32)
        self.window = np.concatenate((self.window, sound))[-round(WINDOW_SECONDS * rate) :]

    def answer(self, classifier: InstrumentClassifier) -> dict[str, Any]:
        """What the page shows now."""
        try:
            prediction = classifier.predict((self.window, self.rate))
        except AudioError:  # too short yet
            return self._answer(texts.LIVE_WAITING, [])
        self.smoothed = {label: self._smooth(label, prediction.probabilities[label]) for label in LABEL_NAMES}
        thresholds = classifier.config.calibration.thresholds
        on = [label for label in LABEL_NAMES if self.smoothed[label] >= thresholds[label]]
        on.sort(key=lambda label: -self.smoothed[label])
        if on:
            return self._answer(DISPLAY_NAMES[on[0]], on)
        return self._answer(texts.LIVE_SILENT if prediction.silent else texts.LIVE_NOTHING, [])

    def _smooth(self, label: str, probability: float) -> float:
        before = self.smoothed.get(label, probability)
        share = RISE if probability > before else FALL
        return share * before + (1 - share) * probability

    def _answer(self, headline: str, on: list[str]) -> dict[str, Any]:
        probabilities = {label: round(value, 3) for label, value in self.smoothed.items()}
        return {"session": self.session, "headline": headline, "on": on, "probabilities": probabilities}


def decode_piece(data: Any) -> tuple[Waveform, int, int]:  # noqa: ANN401 - whatever a browser sends
    """(sound, rate, session) of what `live.js` sends: 16-bit samples in base64.

    Raises:
        AudioError: It is something else; nobody sees this who uses the page.
    """
    try:
        rate, session = int(data["rate"]), int(data["session"])
        raw = base64.b64decode(data["sound"], validate=True)
        samples = np.frombuffer(raw, "<i2")
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise AudioError("The piece of sound is damaged; reload the page.") from error
    if rate not in RATES or len(samples) > LONGEST_PIECE * rate:
        raise AudioError("The piece of sound has an impossible rate or length; reload the page.")
    return (samples / np.float32(32768)).astype(np.float32), rate, session
