"""A server that speaks real TLS and answers whatever a test wants, and a fetcher that asks it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import trustme

from interface.server.fetch import Fetcher
from interface.server.pinned import Dialling

HOST, OTHER = "audio.example.org", "other.example.org"
MEGABYTE = 2**20
Answer = Callable[[str, ssl.SSLSocket], None]


def response(status: str = "200 OK", body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Host:
    """A https server that answers each connection with what `answer` sends."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, list[str]()
        authority = trustme.CA()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(self._tls)
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(connection, server_side=True) as stream:
                request = stream.recv(65_536).decode("latin-1").split("\r\n")[0]
                self.asked.append(request)
                self.answer(request.split()[1], stream)
        except OSError:
            return  # the client hung up


class Clock:
    """Seconds that pass whenever somebody looks."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@contextmanager
def fetcher(
    answer: Answer, *, hosts: tuple[str, ...] = (HOST,), addresses: tuple[str, ...] = ("127.0.0.1",), step: float = 0.0
) -> Iterator[tuple[Fetcher, Host]]:
    """A fetcher for which the names mean `addresses`, and which takes 127.0.0.1, and nothing else, for public."""
    host = Host(answer)
    dialling = Dialling(lambda *_: addresses, lambda ip: ip == "127.0.0.1", host.trust, host.port, Clock(step))
    try:
        yield Fetcher(frozenset(hosts), MEGABYTE, 60.0, dialling), host
    finally:
        host.close()


def sends(data: bytes) -> Answer:
    return lambda _, stream: stream.sendall(data)
