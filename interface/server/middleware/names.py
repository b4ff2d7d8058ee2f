"""Names that clients choose or pass on (of sessions, uploads and events), which Gradio keeps in memory: short ones."""

import re
from urllib.parse import parse_qsl

LONGEST_NAME = 64
"""Characters of a name; those that Gradio's clients make have 10 to 36."""

NAMES = frozenset({"session_hash", "upload_id", "event_id", "session_id"})
"""The fields of a query or a message that hold one."""

_NAME = re.compile(rf"[\w-]{{1,{LONGEST_NAME}}}", re.ASCII)


def is_name(value: object) -> bool:
    """Return whether this is a name of at most `LONGEST_NAME` word characters or hyphens."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def parse_query(query: bytes) -> dict[str, str]:
    """Return the fields of a query; of a repeated field the last one counts, as in Gradio."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def names_are_short(fields: dict[str, str]) -> bool:
    """Return whether every name among the fields of a query is one."""
    return all(is_name(fields[name]) for name in NAMES & fields.keys())
