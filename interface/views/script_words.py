"""The texts that the page's scripts fill in."""

from instrument_model.labels import LabelSet

from .. import strings

MIN_PART_SECONDS = 0.25
"""The shortest part that can be selected; shorter ones hold too little sound to name."""


def trust(probability: float) -> str:
    """Return the word for a calibrated probability."""
    return next(word for least, word in strings.TRUST if probability >= least)


def script_words() -> dict[str, object]:
    """For reading the probabilities anew, and for taking the sound."""
    return {
        "lane": strings.LANE_ALT,
        "never": strings.LANE_NEVER,
        "play": strings.PLAY,
        "cut": strings.PART_CUT,
        "nothing": strings.STRETCH_NOTHING,
        "none": strings.NONE_HEADLINE,
        "singing": strings.VOICE_HEADLINE,
        "silent": strings.SILENT_HEADLINE,
        "heard": strings.KICKER_FOUND,
        "also": strings.ALSO,
        "bars": strings.BARS,
        "closest": strings.CLOSEST,
        "trust": strings.TRUST,
        "selected": strings.PART_SELECTED,
        "part": strings.PART_KICKER,
        "least": MIN_PART_SECONDS,
        "taking": strings.TAKING,
        "gone": strings.API_NOT_UPLOADED,
        "fault": strings.FAULT,
        "copied": strings.COPIED,
        "failed": strings.NOT_COPIED,
    }


def microphone_words() -> dict[str, str]:
    """Return what to say when there is no microphone, by the names of the browsers' errors."""
    return {
        "NotAllowedError": strings.MICROPHONE_DENIED,
        "NotFoundError": strings.MICROPHONE_MISSING,
        "NotReadableError": strings.MICROPHONE_BUSY,
        "OverconstrainedError": strings.MICROPHONE_GONE,
        "soundless": strings.MICROPHONE_NO_OUTPUT,
        "ended": strings.MICROPHONE_ENDED,
        "insecure": strings.MICROPHONE_INSECURE,
        "other": strings.MICROPHONE_FAILED,
    }


def live_words(labels: LabelSet) -> dict[str, object]:
    """Return the texts of the live tab, and the labels of its bars."""
    return {
        "start": strings.LIVE_START,
        "stop": strings.LIVE_STOP,
        "idle": strings.LIVE_IDLE,
        "waiting": strings.LIVE_WAITING,
        "late": strings.LIVE_BUSY,
        "microphone": microphone_words(),
        "labels": [{"name": label.name, "display": label.display, "family": label.family} for label in labels],
    }


def files_words(most: int) -> dict[str, object]:
    """For the table of several files, `most` in one go."""
    return {
        "most": most,
        "progress": strings.FILES_PROGRESS,
        "next": strings.FILES_NEXT,
        "again": strings.FILES_AGAIN,
        "lost": strings.FILES_LOST,
        "opening": strings.FILES_OPENING,
        "all": strings.FILES_ALL,
        "nothing": strings.NOTHING,
        "fault": strings.FAULT,
    }
