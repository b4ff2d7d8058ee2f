"""Whose pages may use the app: not those of other sites, where it runs for the person at this computer.

A page of another site can send requests to an app on the visitor's own computer, and by DNS rebinding (a name that
leads to the attacker first and then to 127.0.0.1) even read the answers. The browser tells the name in `Host` and the
page in `Origin`, which no script can set, so both are compared with the names that the app is known by.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from instrument_model.errors import InstrumentModelError

from ...strings import programs
from .exchange import header, refuse, without_headers

SETTING = "ALLOWED_HOSTS"
FRAMES_SETTING = "FRAME_ANCESTORS"

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?P<name>[\w.-]+|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?", re.IGNORECASE | re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Hosts:
    """The names that the app is known by.

    Attributes:
        names: Host names without a port; `*.example.org` stands for every name below example.org.
        checked: Whether requests for other names, and from pages of other sites, are refused.
        frames: The names whose pages may show the app in a frame, besides its own and huggingface.co.
    """

    names: frozenset[str]
    checked: bool
    frames: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Hosts":
        """Read ALLOWED_HOSTS and FRAME_ANCESTORS; without the first, names are checked on this computer alone.

        Raises:
            InstrumentModelError: An entry is no host name.
        """
        entries, frames = _entries(environment, SETTING), _entries(environment, FRAMES_SETTING)
        listens_here_alone = is_loopback(environment.get("GRADIO_SERVER_NAME", "").strip() or "127.0.0.1")
        return cls(frozenset(entries), (bool(entries) or listens_here_alone) and "*" not in entries, tuple(frames))

    @property
    def frame_ancestors(self) -> str:
        """The directive of a content security policy; a Space is a frame on huggingface.co."""
        allowed = "*" if "*" in self.frames else " ".join(("'self'", "https://huggingface.co", *self.frames))
        return f"frame-ancestors {allowed}"

    def knows(self, name: str) -> bool:
        """Return whether an owner has allowed this name."""
        return name in self.names or any(
            pattern.startswith("*.") and name.endswith(pattern[1:]) for pattern in self.names
        )


class HostCheck:
    """Refuse what is addressed to another name or comes from another site's page."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        """Wrap an app that is known by the names in `hosts`."""
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        host, forwarded = header(scope, b"host") or "", _first(header(scope, b"x-forwarded-host"))
        if (host and not _split(host)) or (forwarded and not _split(forwarded)):
            await refuse(scope, receive, send, 400, programs.HOST_UNREADABLE)
        elif self._hosts.checked and not self._answers_to(host):
            await refuse(scope, receive, send, 403, programs.HOST_UNKNOWN)
        elif self._hosts.checked and not self._admits_page(scope, host, forwarded):
            await refuse(scope, receive, send, 403, programs.ORIGIN_FOREIGN)
        else:  # the header that names another server is for Gradio's own front end, which this app does not use
            await self._app(without_headers(scope, (b"x-gradio-server",)), receive, send)

    def _answers_to(self, host: str) -> bool:
        """Return whether the app is meant; an attacker's page has a name, so a bare address cannot be rebound."""
        name = _name(host)
        return not name or is_loopback(name) or _is_address(name) or self._hosts.knows(name)

    def _admits_page(self, scope: Scope, host: str, forwarded: str) -> bool:
        """Return whether the page that sends this may use the app."""
        origin = header(scope, b"origin")
        if origin is None:
            foreign = header(scope, b"sec-fetch-site") == "cross-site"
            return not foreign or header(scope, b"sec-fetch-mode") == "navigate"  # a link or a frame
        scheme, _, address = origin.strip().lower().partition("://")
        page = _split(address, scheme)
        if not page:
            return False
        # A script of another site cannot add X-Forwarded-Host without asking first, which is refused.
        same = page in (_split(host, scheme), _split(forwarded, scheme))
        here = is_loopback(page[0]) and is_loopback(_name(host))
        return same or here or self._hosts.knows(page[0])


def _entries(environment: Mapping[str, str], setting: str) -> list[str]:
    entries = [entry.strip().lower() for entry in environment.get(setting, "").split(",") if entry.strip()]
    for entry in entries:
        if entry != "*" and not _is_name(entry.removeprefix("*.")):
            raise InstrumentModelError(
                f"{setting} names {entry!r}; list host names without scheme and port, such as "
                "music.example.org,*.example.net, or * for every name."
            )
    return entries


def is_loopback(name: str) -> bool:
    """Return whether a name or address leads to this computer alone."""
    bare = name.strip("[]").rstrip(".").lower()
    if _is_address(bare):
        address = ip_address(bare)
        mapped = getattr(address, "ipv4_mapped", None)
        return address.is_loopback or (mapped is not None and mapped.is_loopback)
    return bare == "localhost" or bare.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) or _is_address(text)


def _first(value: str | None) -> str:
    return (value or "").split(",")[0].strip()


def _name(address: str) -> str:
    """Return the name without the port, in small letters; empty where there is none."""
    split = _split(address)
    return split[0] if split else ""


def _split(address: str, scheme: str = "http") -> tuple[str, int] | tuple[()]:
    """Return (name, port) of `name:port`, with the scheme's port where there is none; empty where it is neither."""
    match = _ADDRESS.fullmatch(address)
    if not match or not _is_name(match["name"]):
        return ()
    default = _DEFAULT_PORTS.get(scheme, 0)
    port = int(match["port"] or default)
    if port > 65_535:
        return ()
    return match["name"].lower().rstrip("."), default if port in _DEFAULT_PORTS.values() else port
