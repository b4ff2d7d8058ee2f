"""A recording and its answer."""

from dataclasses import dataclass


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
    resembles: str
    silent_headline: str
    silent_text: str
    error_headline: str
    error_lost: str
    error_again: str
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
