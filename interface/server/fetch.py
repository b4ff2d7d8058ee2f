"""Fetch audio by its address, from hosts that whoever runs the app has named, and from no other.

A server that opens addresses for strangers can be sent into its own network. So every connection goes to an address
that was resolved once and found to be public, redirects are checked like the first address, and size and time are
bounded whatever the other server says or does.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpcore

from instrument_model.errors import InstrumentModelError

from ..strings import programs
from .pinned import Dialling, PinnedBackend, PrivateAddressError

REDIRECTS = 5
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
READ_SECONDS = 10.0
"""How long the other server may say nothing."""

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


class FetchError(InstrumentModelError):
    """An address that cannot be fetched, in one sentence for whoever sent it."""


@dataclass(frozen=True)
class Fetcher:
    """Downloads single files over https.

    Attributes:
        hosts: The names that may be fetched from, in lower case; none switches fetching off.
        max_bytes: What a file may weigh.
        seconds: How long a download may take, redirects included.
        dialling: How connections are made.
    """

    hosts: frozenset[str]
    max_bytes: int
    seconds: float
    dialling: Dialling = field(default_factory=Dialling)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], max_bytes: int, seconds: float) -> "Fetcher":
        """Read FETCH_HOSTS, host names separated by commas or blanks.

        Raises:
            InstrumentModelError: One of them is not a host name.
        """
        hosts = environment.get("FETCH_HOSTS", "").lower().replace(",", " ").split()
        for host in hosts:
            if not _NAME.fullmatch(host) or len(host) > 253:
                raise InstrumentModelError(
                    f"FETCH_HOSTS names {host[:80]!r}; list host names such as audio.example.org, separated by commas."
                )
        return cls(frozenset(hosts), max_bytes, seconds)

    def fetch(self, address: str, folder: Path) -> Path:
        """Download a file into a folder that exists.

        Args:
            address: An https address of one of the hosts.
            folder: Receives the file, under the name that the address gives it.

        Raises:
            FetchError: The address may not be fetched, or the download failed; nothing is left in the folder.
        """
        end = self.dialling.clock() + self.seconds
        for _ in range(REDIRECTS + 1):
            host = self._checked(address)
            with self._response(address, host, end) as response:
                if response.status in REDIRECT_STATUSES:
                    address = urljoin(address, _header(response, b"location"))
                    continue
                if response.status != 200:
                    raise FetchError(programs.FETCH_STATUS.format(host=host, status=response.status))
                return self._save(response, host, folder / _file_name(address), end)
        raise FetchError(programs.FETCH_REDIRECTS)

    def _checked(self, address: str) -> str:
        """Return the host of an address that may be fetched."""
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise FetchError(programs.FETCH_ADDRESS) from error
        if not self.hosts:
            raise FetchError(programs.API_NO_ADDRESS)
        if parts.scheme != "https" or parts.username or parts.password or port not in (None, self.dialling.port):
            raise FetchError(programs.FETCH_ADDRESS)
        if host not in self.hosts:
            raise FetchError(programs.FETCH_HOST)
        return host

    @contextmanager
    def _response(self, address: str, host: str, end: float) -> Iterator[httpcore.Response]:
        """Open a connection of its own for one request; httpcore's errors become sentences."""
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        url = httpcore.URL(scheme=b"https", host=host.encode(), port=self.dialling.port, target=_ascii(target))
        headers = [("Host", host), ("Accept", "audio/*, */*;q=0.5"), ("Accept-Encoding", "identity")]
        tls = self.dialling.tls or ssl.create_default_context()
        backend = PinnedBackend(self.dialling, end)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool,
                pool.stream("GET", url, headers=headers, extensions={"timeout": _TIMEOUT}) as response,
            ):
                yield response
        except PrivateAddressError as error:
            raise FetchError(programs.FETCH_PRIVATE.format(host=host)) from error
        except httpcore.TimeoutException as error:
            raise FetchError(programs.FETCH_LATE.format(host=host)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise FetchError(programs.FETCH_FAILED.format(host=host)) from error

    def _save(self, response: httpcore.Response, host: str, path: Path, end: float) -> Path:
        """Write the body block by block, whole or not at all."""
        with path.open("xb") as file:
            try:
                file.writelines(self._blocks(response, host, end))
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return path

    def _blocks(self, response: httpcore.Response, host: str, end: float) -> Iterator[bytes]:
        """Yield what arrives; the announced length is believed only where it refuses the file at once."""
        too_big = programs.FETCH_TOO_BIG.format(mb=self.max_bytes // 2**20)
        announced = _header(response, b"content-length")
        if announced.isdigit() and int(announced) > self.max_bytes:
            raise FetchError(too_big)
        arrived = 0
        for block in response.iter_stream():
            arrived += len(block)
            if arrived > self.max_bytes:
                raise FetchError(too_big)
            if self.dialling.clock() > end:
                raise FetchError(programs.FETCH_LATE.format(host=host))
            yield block


_TIMEOUT = {"connect": READ_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": READ_SECONDS}


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


def _ascii(target: str) -> bytes:
    """Keep what is already escaped and escape the rest, line breaks and other controls included."""
    return quote(target, safe="%/:?#[]@!$&'()*+,;=-._~").encode()


def _file_name(address: str) -> str:
    """Return the last part of an address, reduced to what is a file name everywhere."""
    name = re.sub(r"[^\w.-]+", "_", unquote(urlsplit(address).path).rpartition("/")[2]).strip("._")
    return name[-100:] or "recording"
