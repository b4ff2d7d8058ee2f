"""The routes that page, API, clients and MCP use, and no more.

Gradio serves many features besides those of this app: it fetches web addresses for whoever asks (`file=https://…`),
runs FFmpeg over screen recordings, writes links to session states, shows statistics. Nothing here needs them, so Gradio
gets only the requests listed below, and a route that a later version adds stays shut.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from ...strings import programs
from .exchange import refuse
from .names import LONGEST_NAME, is_name, names_are_short, parse_query
from .places import Kind

API = "/gradio_api"

LONGEST_ADDRESS = 4_000
"""Bytes of a path, and of a query."""

LONGEST_FILE_NAME = 255
"""Bytes of a file's name on any usual disk; Gradio raises where the disk would."""

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Characters that no file name and no route has."""

IGNORED = ("page", "deep_link", "all_endpoints")
"""Fields of a query that ask for features of Gradio which this app does not have."""


@dataclass(frozen=True)
class Route:
    """What may be asked for.

    Attributes:
        path: Its pattern; what a group called `name` matches is a name that the client has chosen.
        kind: Of its requests.
        methods: What it answers to.
        fields: The fields that its query must have.
    """

    path: re.Pattern[str]
    kind: Kind
    methods: frozenset[str]
    fields: frozenset[str] = frozenset()


def _route(path: str, kind: Kind, methods: str, fields: str = "") -> Route:
    return Route(re.compile(path, re.DOTALL), kind, frozenset(methods.split()), frozenset(fields.split()))


_WORD = rf"[A-Za-z0-9_]{{1,{LONGEST_NAME}}}"  # the name of an endpoint
_ANY = r"(?P<name>[^/]*)"

ROUTES = (
    _route("/", Kind.HEALTH, "GET HEAD"),
    _route("/config/?", Kind.HEALTH, "GET"),
    _route("/(static|assets|svelte)/.*", Kind.FILE, "GET"),
    _route(r"/(theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon(/\d{1,4})?)", Kind.FILE, "GET"),
    _route(rf"{API}/(info|openapi\.json|app_id|user)/?", Kind.FILE, "GET"),
    _route(rf"{API}/(theme\.css|startup-events|queue/status)", Kind.FILE, "GET"),
    _route(rf"{API}/file[=/](?!\w+:).*", Kind.FILE, "GET HEAD"),  # no web address, which Gradio would fetch
    _route(rf"{API}/heartbeat/{_ANY}", Kind.PAGE, "GET"),
    _route(rf"{API}/upload_progress", Kind.PAGE, "GET", "upload_id"),
    _route(rf"{API}/mcp/sse", Kind.PAGE, "GET"),
    _route(rf"{API}/mcp/?", Kind.PAGE, "GET HEAD"),
    _route(rf"{API}/mcp/schema", Kind.FILE, "GET"),
    _route(rf"{API}/mcp/?", Kind.SENDING, "POST DELETE"),
    _route(rf"{API}/mcp/messages/?", Kind.SENDING, "POST", "session_id"),
    _route(rf"{API}/queue/data", Kind.ANSWER, "GET", "session_hash"),
    _route(rf"{API}/call(/v2)?/{_WORD}/{_ANY}", Kind.ANSWER, "GET"),
    _route(rf"{API}/(queue/join|cancel|(call(/v2)?|run)/{_WORD})/?", Kind.SENDING, "POST"),
    _route(rf"{API}/reset/?", Kind.SENDING, "POST"),
    _route(rf"{API}/upload", Kind.SENDING, "POST"),
)
"""What page, API, clients and MCP ask for."""


class Refusal(NamedTuple):
    """Why a request goes no further."""

    status: int
    sentence: str


class Routes:
    """Pass on what is asked of a known route, with the `Kind` of the request in `scope["kind"]`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        found = find(scope["method"], scope["path"], scope["query_string"])
        if isinstance(found, Refusal):
            await refuse(scope, receive, send, *found)
            return
        query = _understood(scope["path"], parse_query(scope["query_string"]))
        await self._app({**scope, "kind": found.kind, "query_string": query}, receive, send)


def find(method: str, path: str, query: bytes) -> Route | Refusal:
    """Return the route that is asked for, or why there is none.

    Args:
        method: Of the request, such as GET.
        path: Of the request, decoded.
        query: Of the request, encoded.
    """
    encoded = path.encode("utf-8", "surrogatepass")
    if max(len(encoded), len(query)) > LONGEST_ADDRESS:
        return Refusal(414, programs.ADDRESS_TOO_LONG)
    matches = [(route, match) for route in ROUTES if (match := route.path.fullmatch(path))]
    if not matches or max(map(len, encoded.split(b"/"))) > LONGEST_FILE_NAME or CONTROL.search(path):
        return Refusal(404, programs.NOT_FOUND)
    for route, match in matches:
        if method in route.methods or method == "OPTIONS":  # by which a browser asks what it may send
            return route if _names_are_short(route, match.groupdict(), query) else Refusal(400, programs.NAME_BAD)
    methods = frozenset[str]().union(*(route.methods for route, _ in matches))
    return Refusal(405, programs.METHOD_BAD.format(methods=" or ".join(sorted(methods))))


def _names_are_short(route: Route, groups: Mapping[str, str | None], query: bytes) -> bool:
    """Return whether all names in path and query are names, and the query has those that it must have."""
    fields = parse_query(query)
    in_path = all(is_name(value) for value in groups.values())
    return in_path and route.fields <= fields.keys() and names_are_short(fields)


def _understood(path: str, fields: Mapping[str, str]) -> bytes:
    """Return the query without what the app does not have."""
    kept = {name: value for name, value in fields.items() if name not in IGNORED}
    if path.rstrip("/") == f"{API}/info":
        kept["page"] = ""  # else Gradio would tell everybody the host name that the first visitor's request names
    return urlencode(kept).encode()
