"""What a language must say: one frozen class for each place on the page, so that the type checker finds a gap.

Texts with `{...}` are filled in by `str.format`; none of them holds HTML.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Page:
    """The head of the page and the names of its tabs."""

    title: str
    subtitle: str
    tab_recording: str
    tab_live: str
    tab_files: str
    tab_about: str


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The tab for one recording, before its answer."""

    label: str
    hint: str
    examples: str
    ensemble: str
    recognise: str
    listening: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """The answer in short."""

    empty_headline: str
    empty_text: str
    empty_text_voice: str
    empty_more: str
    conjunction: str
    kicker_found: str
    kicker_nothing: str
    kicker_error: str
    also: str
    also_partly: str
    bars: str
    closest: str
    compare: str
    none_headline: str
    none_text: str
    voice_headline: str
    voice_text: str
    noticed_text: str
    silent_headline: str
    silent_text: str
    error_headline: str
    answered_by: str
    bundled: str
    trust_certain: str
    trust_likely: str
    trust_guess: str
    remark_truncated: str
    remark_short: str
    remark_quiet: str
    remark_clipped: str
    remark_noisy: str
    accuracy_link: str
    accuracy_of: str


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The answer at length: over time, tables, downloads."""

    title: str
    hint: str
    spectrogram_alt: str
    seek: str
    lane_alt: str
    lane_never: str
    stretches: str
    stretch_nothing: str
    play: str
    column_time: str
    column_instrument: str
    column_probability: str
    column_relative: str
    column_sound: str
    all_labels: str
    download: str
    download_csv: str
    download_json: str
    download_audacity: str
    download_raven: str
    download_reaper: str
    excerpts: str
    taking: str
    part_selected: str
    part_kicker: str
    part_play: str
    part_cut: str
    part_clear: str
    sensitivity: str
    strict: str
    calibrated: str
    sensitive: str
    sensitivity_measured: str
    copy_link: str
    copied: str
    not_copied: str


@dataclass(frozen=True, kw_only=True)
class Code:
    """The same answer from code."""

    title: str
    text: str
    copy: str
    mcp: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """The tab that listens."""

    title: str
    text: str
    start: str
    stop: str
    idle: str
    nothing: str
    silent: str
    waiting: str
    level: str
    bars: str
    strip: str
    device: str
    busy: str
    full: str


@dataclass(frozen=True, kw_only=True)
class Microphone:
    """Why there is no sound from the microphone."""

    denied: str
    missing: str
    busy: str
    gone: str
    ended: str
    no_output: str
    failed: str
    insecure: str


@dataclass(frozen=True, kw_only=True)
class Files:
    """The tab for several recordings."""

    label: str
    choose: str
    folder: str
    drop: str
    text: str
    progress: str
    cancel: str
    next: str
    again: str
    lost: str
    opening: str
    filter: str
    all: str
    download_stretches: str
    column_file: str
    column_also: str
    column_length: str
    nothing: str


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """The questions below an answer."""

    question: str
    right: str
    wrong: str
    really: str
    other: str
    consent: str
    send: str
    thanks: str
    need_consent: str
    need_answer: str
    need_clip: str
    too_big: str
    full: str
    gone: str


@dataclass(frozen=True, kw_only=True)
class About:
    """The tab with the model card."""

    missing: str


@dataclass(frozen=True, kw_only=True)
class Errors:
    """What goes wrong, as far as visitors see it."""

    fault: str
    excerpt_nothing: str
    not_uploaded: str
    request_late: str
    ending: str
    busy: str
    upload_too_big: str
    upload_no_room: str
    upload_late: str


@dataclass(frozen=True, kw_only=True)
class Texts:
    """A language."""

    page: Page
    recording: Recording
    card: Card
    timeline: Timeline
    code: Code
    live: Live
    microphone: Microphone
    files: Files
    feedback: Feedback
    about: About
    errors: Errors
