"""When a file was last changed, however its file system tells it, as ISO 8601 in UTC."""

from datetime import UTC, datetime
from typing import Any


def from_details(details: dict[str, Any]) -> str | None:
    """Return when a file was changed, under the names that SFTP, S3, Google, Azure, the Hub and disks have for it."""
    for key in ("mtime", "LastModified", "updated", "last_modified", "last_commit"):
        value = details.get(key)
        value = getattr(value, "date", value) if key == "last_commit" else value
        if isinstance(value, datetime):
            return _iso(value)
        if isinstance(value, int | float):
            return from_seconds(value)
        if value:
            return str(value)
    return None


def from_seconds(value: float) -> str | None:
    """Return a time in seconds since 1970; None for one beyond the year 9999, which a broken copy may have."""
    try:
        return _iso(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
