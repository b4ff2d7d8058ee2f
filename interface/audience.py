"""Live: pieces of sound from a visitor's microphone become bars, with two seconds of memory."""

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any, NamedTuple

import numpy as np

from instrument_model import InstrumentClassifier
from instrument_model.audio import Waveform
from instrument_model.errors import AudioError
from instrument_model.labels import LABELS, LabelSet

from .strings import ENGLISH, Texts

WINDOW_SECONDS = 2.0
"""What an answer is about: shorter is quicker, longer is surer."""

REST_DBFS = -60.0
"""A peak below this is the noise of the room and the microphone."""

REST_SECONDS = 0.75
"""After this much silence what sounded before is forgotten, so that the bars fall with the music."""

IDLE_SECONDS = 5.0
"""A listener who has sent nothing for this long has gone."""

RISE, FALL = 0.2, 0.6
"""The share of the previous answer in the next: quick to rise and slow to fall, as the needle of a level meter."""

LONGEST_PIECE = 4.0
"""Seconds of sound that may come at once."""

LARGEST_NUMBER = 2**53
"""The largest whole number that is exact in a browser."""

RATES = range(8_000, 192_001)  # Hz, what browsers record with


class Piece(NamedTuple):
    """What the page sends several times a second.

    Attributes:
        sound: (samples,).
        rate: Samples a second.
        session: A number for the time between start and stop.
        number: Of the piece, so that the page knows which one an answer is for.
    """

    sound: Waveform
    rate: int
    session: int
    number: int


@dataclass
class Listener:
    """What is remembered of one visitor between two pieces."""

    session: int = 0
    rate: int = 0
    window: Waveform = field(default_factory=lambda: np.empty(0, np.float32))
    smoothed: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    last_heard: float = 0.0
    labels: LabelSet = LABELS

    def hear(self, piece: Piece) -> None:
        """Take the next piece; a new session or rate begins afresh."""
        if (piece.session, piece.rate) != (self.session, self.rate):
            self.session, self.rate, self.smoothed, self.window = piece.session, piece.rate, {}, np.empty(0, np.float32)
        self.window = np.concatenate((self.window, piece.sound))[-round(WINDOW_SECONDS * piece.rate) :]
        rest = self.window[-round(REST_SECONDS * piece.rate) :]
        if len(rest) < len(self.window) and _at_rest(rest):
            self.window = rest

    def answer(self, classifier: InstrumentClassifier, texts: Texts) -> dict[str, Any]:
        """Return what the page shows now."""
        self.labels = classifier.config.labels
        try:
            prediction = classifier.predict((self.window, self.rate))
        except AudioError:  # too short yet
            return self._answer(texts, texts.live.waiting, [])
        self.smoothed = {label: self._smooth(label, value) for label, value in prediction.probabilities.items()}
        thresholds = classifier.config.calibration.thresholds
        on = [label for label in self.smoothed if self.smoothed[label] >= thresholds[label]]
        on.sort(key=lambda label: -self.smoothed[label])
        if on:
            return self._answer(texts, texts.names(self.labels)[on[0]], on)
        return self._answer(texts, texts.live.silent if _at_rest(self.window) else texts.live.nothing, [])

    def _smooth(self, label: str, probability: float) -> float:
        before = self.smoothed.get(label, probability)
        share = RISE if probability > before else FALL
        return share * before + (1 - share) * probability

    def _answer(self, texts: Texts, headline: str, on: list[str]) -> dict[str, Any]:
        probabilities = {label: round(value, 3) for label, value in self.smoothed.items()}
        names = texts.names(self.labels)
        labels = [{"name": la.name, "display": names[la.name], "family": la.family} for la in self.labels]
        return {"headline": headline, "on": on, "probabilities": probabilities, "labels": labels}


class Audience:
    """Everybody who listens live: so many at once, and no more memory or threads than that."""

    def __init__(self, places: int, workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins with nobody.

        Args:
            places: Listeners at once; a further one is told so instead of making everybody wait.
            workers: Answers that are computed at the same time.
            clock: Seconds.
        """
        self._places = places
        self._workers = BoundedSemaphore(workers)
        self._clock = clock
        self._lock = Lock()
        self._listeners: dict[str, Listener] = {}

    def answer(
        self,
        name: str,
        data: Any,  # noqa: ANN401 - whatever a browser sends
        classifier: InstrumentClassifier,
        texts: Texts = ENGLISH,
    ) -> dict[str, Any]:
        """Return the answer to the next piece of the listener called `name`, or why there is none.

        Raises:
            AudioError: `data` is not what the page sends.
        """
        piece = decode_piece(data)
        about = {"session": piece.session, "number": piece.number}
        listener = self._place(name)
        if listener is None:
            return {**about, "refusal": texts.live.full}
        # Who sends a piece before the last one is answered does not wait for it: a listener holds one thread at most.
        if not listener.lock.acquire(blocking=False):
            return about
        try:
            listener.hear(piece)
            with self._workers:
                return {**about, **listener.answer(classifier, texts)}
        finally:
            listener.lock.release()

    def _place(self, name: str) -> Listener | None:
        """Return the listener of this name, a new one if there is room."""
        now = self._clock()
        with self._lock:
            for other, listener in list(self._listeners.items()):
                if now - listener.last_heard > IDLE_SECONDS and not listener.lock.locked():
                    del self._listeners[other]
            if name not in self._listeners and len(self._listeners) >= self._places:
                return None
            listener = self._listeners.setdefault(name, Listener())
            listener.last_heard = now
            return listener


def decode_piece(data: Any) -> Piece:  # noqa: ANN401 - whatever a browser sends
    """Read what `live.js` sends: 16-bit samples in base64, and three whole numbers.

    Raises:
        AudioError: It is something else; nobody sees this who uses the page.
    """
    try:
        rate, session, number = (int(data[key]) for key in ("rate", "session", "number"))
        raw = base64.b64decode(data["sound"], validate=True)
        samples = np.frombuffer(raw, "<i2")
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise AudioError("The piece of sound is damaged; reload the page.") from error
    if max(abs(session), abs(number)) > LARGEST_NUMBER or rate not in RATES or len(samples) > LONGEST_PIECE * rate:
        raise AudioError("The piece of sound has an impossible rate or length; reload the page.")
    return Piece((samples / np.float32(32768)).astype(np.float32), rate, session, number)


def _at_rest(sound: Waveform) -> bool:
    """Tell whether nothing is played: a room and a microphone are never quite silent."""
    return bool(np.ptp(sound) / 2 < 10 ** (REST_DBFS / 20))
