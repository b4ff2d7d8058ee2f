"""What goes wrong, and what others say on the page."""

from dataclasses import dataclass


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
    # as the library says them
    file_empty: str
    file_no_sound: str
    file_short: str
    file_rate: str
    file_unreadable: str
    file_missing: str
    file_scaled: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """Which model answers, as `server/model_provider.py` says it."""

    bundled: str
    bundled_until: str
    bundled_meanwhile: str
    commit: str
    folder: str


@dataclass(frozen=True, kw_only=True)
class Gradio:
    """What Gradio's components say by themselves, also to those who do not see them."""

    drop: str
    either: str
    click: str
    loading: str
    record: str
    stop: str
    resume: str
    api: str
    settings: str
    more_tabs: str
    file_upload: str
    upload_file: str
    record_audio: str
    footer: str
    clear: str
    pause: str
    device: str
    error: str
    no_microphone: str
    microphone_denied: str
    still_uploading: str
    complete: str
