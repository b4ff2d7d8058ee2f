"""Connections that go to the address that was checked, and end when their time is up.

An httpcore network backend, because httpcore then goes on to verify the certificate against the host's name.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # IPv4 inside IPv6 (RFC 6052)


class PrivateAddressError(Exception):
    """A name has no address, or one inside a private network."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the internet at large, also where it wraps an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped or ip.sixtofour or ip.teredo:
            return False  # tunnels and disguises that no public server needs
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> Iterator[str]:
    """Yield the IP addresses of a host."""
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield str(address[0])


@dataclass(frozen=True)
class Dialling:
    """How connections are made; tests replace it to reach servers on the loopback interface.

    Attributes:
        resolve: Turns a name and a port into IP addresses.
        is_public: Whether an IP address may be connected to.
        tls: Verifies the certificates of hosts; the system's authorities if None.
        port: The only one that is connected to.
        clock: Seconds that only ever grow.
    """

    resolve: Callable[[str, int], Iterable[str]] = resolve
    is_public: Callable[[str], bool] = is_public
    tls: ssl.SSLContext | None = None
    port: int = 443
    clock: Callable[[], float] = time.monotonic


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the address that was checked, so that a name which changes its meaning meanwhile leads nowhere."""

    def __init__(self, dialling: Dialling, end: float) -> None:
        self._dialling, self._end = dialling, end
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, refuse a name that has any address that is not public, and connect."""
        addresses = list(self._dialling.resolve(host, port))
        if not addresses or not all(map(self._dialling.is_public, addresses)):
            raise PrivateAddressError(host)
        timeout = _left(self._end - self._dialling.clock(), timeout)
        stream = self._sockets.connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        return _TimedStream(stream, self._end, self._dialling)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait is also bounded by the end of the whole download."""

    def __init__(self, stream: httpcore.NetworkStream, end: float, dialling: Dialling) -> None:
        self._stream, self._end, self._dialling = stream, end, dialling

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _TimedStream(stream, self._end, self._dialling)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        return _left(self._end - self._dialling.clock(), timeout)


def _left(seconds: float, timeout: float | None) -> float:
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds if timeout is None else min(seconds, timeout)
