"""The page's head and its other tabs."""

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
    language: str


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
