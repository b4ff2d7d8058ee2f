"""What the app has heard in a recording, made up."""

import numpy as np

from instrument_model.labels import LABEL_NAMES
from instrument_model.prediction import Guess, ModelIdentity, Prediction, Segment
from interface.analysis.listening import Listening, Picture

THRESHOLDS = dict.fromkeys(LABEL_NAMES, 0.5)


def a_listening(probabilities: dict[str, float], *, silent: bool = False, name: str = "clip.wav") -> Listening:
    """Three seconds in two segments, the second one silent in all labels."""
    full = {label: probabilities.get(label, 0.01) for label in LABEL_NAMES}
    ranked = sorted((label for label in LABEL_NAMES if label != "voice"), key=lambda label: -full[label])[:3]
    total = sum(full[label] for label in ranked)
    top = tuple(Guess(label, full[label], full[label] / total) for label in ranked)
    best = max(full, key=lambda label: full[label])
    label = best if full[best] >= 0.5 else None
    nothing = dict.fromkeys(LABEL_NAMES, 0.0)
    detected = (
        () if silent else tuple(sorted((name for name in full if full[name] >= 0.5), key=lambda name: -full[name]))
    )
    prediction = Prediction(
        file=name,
        duration=3.0,
        instrument=ranked[0] if full[ranked[0]] >= 0.5 and not silent else None,
        confidence=top[0].probability,
        top=top,
        probabilities=full,
        segments=(
            Segment(0.0, 1.5, label, full[best], full, detected),
            Segment(1.5, 3.0, None, 0.0, nothing, faint=True),
        ),
        detected=detected,
        model=ModelIdentity("bundled", None, "ab" * 32),
        truncated=False,
        silent=silent,
        peak_dbfs=-6.0,
    )
    picture = Picture(np.linspace(0, 1, 200, dtype=np.float32).reshape(10, 20))
    return Listening(prediction, THRESHOLDS, picture, short=False, quiet=False, clipped=False, noisy=False)
