"""The texts that the page's scripts fill in."""

from instrument_model.labels import LabelSet

from ..strings import ENGLISH

MIN_PART_SECONDS = 0.25
"""The shortest part that can be selected; shorter ones hold too little sound to name."""


def trust_words() -> tuple[tuple[float, str], ...]:
    """Return from which calibrated probability which word is right, the highest first."""
    return (0.9, ENGLISH.card.trust_certain), (0.65, ENGLISH.card.trust_likely), (0.0, ENGLISH.card.trust_guess)


def script_words() -> dict[str, object]:
    """For reading the probabilities anew, and for taking the sound."""
    return {
        "lane": ENGLISH.timeline.lane_alt,
        "never": ENGLISH.timeline.lane_never,
        "play": ENGLISH.timeline.play,
        "cut": ENGLISH.timeline.part_cut,
        "nothing": ENGLISH.timeline.stretch_nothing,
        "none": ENGLISH.card.none_headline,
        "singing": ENGLISH.card.voice_headline,
        "silent": ENGLISH.card.silent_headline,
        "heard": ENGLISH.card.kicker_found,
        "unheard": ENGLISH.card.kicker_nothing,
        "also": ENGLISH.card.also,
        "partly": ENGLISH.card.also_partly,
        "none_text": ENGLISH.card.none_text,
        "voice_text": ENGLISH.card.voice_text,
        "noticed_text": ENGLISH.card.noticed_text,
        "bars": ENGLISH.card.bars,
        "closest": ENGLISH.card.closest,
        "trust": trust_words(),
        "selected": ENGLISH.timeline.part_selected,
        "part": ENGLISH.timeline.part_kicker,
        "least": MIN_PART_SECONDS,
        "taking": ENGLISH.timeline.taking,
        "gone": ENGLISH.errors.not_uploaded,
        "fault": ENGLISH.errors.fault,
        "copied": ENGLISH.timeline.copied,
        "failed": ENGLISH.timeline.not_copied,
    }


def microphone_words() -> dict[str, str]:
    """Return what to say when there is no microphone, by the names of the browsers' errors."""
    return {
        "NotAllowedError": ENGLISH.microphone.denied,
        "NotFoundError": ENGLISH.microphone.missing,
        "NotReadableError": ENGLISH.microphone.busy,
        "OverconstrainedError": ENGLISH.microphone.gone,
        "soundless": ENGLISH.microphone.no_output,
        "ended": ENGLISH.microphone.ended,
        "insecure": ENGLISH.microphone.insecure,
        "other": ENGLISH.microphone.failed,
    }


def live_words(labels: LabelSet) -> dict[str, object]:
    """Return the texts of the live tab, and the labels of its bars."""
    return {
        "start": ENGLISH.live.start,
        "stop": ENGLISH.live.stop,
        "idle": ENGLISH.live.idle,
        "waiting": ENGLISH.live.waiting,
        "late": ENGLISH.live.busy,
        "microphone": microphone_words(),
        "labels": [{"name": label.name, "display": label.display, "family": label.family} for label in labels],
    }


def files_words(most: int) -> dict[str, object]:
    """For the table of several files, `most` in one go."""
    return {
        "most": most,
        "progress": ENGLISH.files.progress,
        "next": ENGLISH.files.next,
        "again": ENGLISH.files.again,
        "lost": ENGLISH.files.lost,
        "opening": ENGLISH.files.opening,
        "all": ENGLISH.files.all,
        "nothing": ENGLISH.files.nothing,
        "fault": ENGLISH.errors.fault,
    }
