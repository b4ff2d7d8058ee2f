"""The texts that the page's scripts fill in."""

from instrument_model.labels import LabelSet

from ..strings import Texts

MIN_PART_SECONDS = 0.25
"""The shortest part that can be selected; shorter ones hold too little sound to name."""


def trust_words(texts: Texts) -> tuple[tuple[float, str], ...]:
    """Return from which calibrated probability which word is right, the highest first."""
    return (0.9, texts.card.trust_certain), (0.65, texts.card.trust_likely), (0.0, texts.card.trust_guess)


def script_words(texts: Texts) -> dict[str, object]:
    """For reading the probabilities anew, and for taking the sound."""
    return {
        "lane": texts.timeline.lane_alt,
        "never": texts.timeline.lane_never,
        "play": texts.timeline.play,
        "cut": texts.timeline.part_cut,
        "nothing": texts.timeline.stretch_nothing,
        "none": texts.card.none_headline,
        "singing": texts.card.voice_headline,
        "silent": texts.card.silent_headline,
        "heard": texts.card.kicker_found,
        "unheard": texts.card.kicker_nothing,
        "also": texts.card.also,
        "partly": texts.card.also_partly,
        "none_text": texts.card.none_text,
        "voice_text": texts.card.voice_text,
        "noticed_text": texts.card.noticed_text,
        "resembles": texts.card.resembles,
        "sounds": {**texts.instruments, **texts.sounds},
        "small_names": texts.writing.small_names,
        "bars": texts.card.bars,
        "closest": texts.card.closest,
        "trust": trust_words(texts),
        "selected": texts.timeline.part_selected,
        "part": texts.timeline.part_kicker,
        "least": MIN_PART_SECONDS,
        "taking": texts.timeline.taking,
        "gone": texts.errors.not_uploaded,
        "fault": texts.errors.fault,
        "copied": texts.timeline.copied,
        "failed": texts.timeline.not_copied,
    }


def microphone_words(texts: Texts) -> dict[str, str]:
    """Return what to say when there is no microphone, by the names of the browsers' errors."""
    return {
        "NotAllowedError": texts.microphone.denied,
        "NotFoundError": texts.microphone.missing,
        "NotReadableError": texts.microphone.busy,
        "OverconstrainedError": texts.microphone.gone,
        "soundless": texts.microphone.no_output,
        "ended": texts.microphone.ended,
        "insecure": texts.microphone.insecure,
        "other": texts.microphone.failed,
    }


def live_words(texts: Texts, labels: LabelSet) -> dict[str, object]:
    """Return the texts of the live tab, and the labels of its bars."""
    names = texts.names(labels)
    return {
        "start": texts.live.start,
        "stop": texts.live.stop,
        "idle": texts.live.idle,
        "waiting": texts.live.waiting,
        "late": texts.live.busy,
        "microphone": microphone_words(texts),
        "labels": [{"name": label.name, "display": names[label.name], "family": label.family} for label in labels],
    }


def files_words(texts: Texts, most: int) -> dict[str, object]:
    """For the table of several files, `most` in one go."""
    return {
        "most": most,
        "progress": texts.files.progress,
        "next": texts.files.next,
        "again": texts.files.again,
        "lost": texts.files.lost,
        "opening": texts.files.opening,
        "all": texts.files.all,
        "nothing": texts.files.nothing,
        "fault": texts.errors.fault,
    }
