"""A Hugging Face Hub on 127.0.0.1 for the real client: its protocol, stored on disk, failing when told to."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .access import Access
from .faults import Behaviour, Fault, FaultyServer
from .repositories import Repositories
from .storage import Repository, Storage
from .transfers import Downloads, Uploads

__all__ = ["Behaviour", "HubServer", "RecordedRequest"]

TOKEN = "hf_" + "a" * 34


@dataclass(frozen=True)
class RecordedRequest:
    """What a client asked for, as in "GET /api/models/owner/name", and whether it sent a token."""

    line: str
    authorized: bool


class HubServer:
    """Two servers, the Hub and the storage of its large files, in a thread each.

    Attributes:
        url: What HF_ENDPOINT must be.
        token: What HF_TOKEN must be to write as "owner".
        requests: Every request since the start or the last `requests.clear()`.
    """

    def __init__(self, folder: Path) -> None:
        self.token = TOKEN
        self.requests: list[RecordedRequest] = []
        self.storage = Storage(folder)
        self._servers = [_BackgroundServer(), _BackgroundServer()]
        self.url, storage_url = (server.url for server in self._servers)
        access = Access(self.storage, {TOKEN: "owner"}, self.url, storage_url)
        uploads, downloads = Uploads(access), Downloads(access)
        hub = [*Repositories(access).routes(), *uploads.routes(), *downloads.routes()]
        storage = [*uploads.storage_routes(), *downloads.storage_routes()]
        self._faults = [FaultyServer(_application(routes)) for routes in (hub, storage)]

    def __enter__(self) -> Self:
        for server, app in zip(self._servers, self._faults, strict=True):
            server.start(self._recording(app))
        return self

    def __exit__(self, *_: object) -> None:
        for faults in self._faults:
            faults.closing.set()
        for server in self._servers:
            server.stop()

    def fail(
        self,
        request: str,
        behaviour: Behaviour,
        *,
        status: int = 500,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """From now on, requests that match the regular expression fail; the storage's paths are the files' SHA-256."""
        for faults in self._faults:
            faults.add(Fault(request, behaviour, status, headers or {}, times))

    def heal(self) -> None:
        """From now on, nothing fails."""
        for faults in self._faults:
            faults.clear()

    def put(
        self,
        name: str,
        files: Mapping[str, bytes],
        *,
        announced: Mapping[str, int] | None = None,
        private: bool = False,
        gated: bool = False,
    ) -> str:
        """Makes a model repository with these files and returns its commit.

        Args:
            name: `owner/name`.
            files: Contents by path.
            announced: Sizes that the Hub gives for some of them, where they are not the true ones.
            private: Whether only its owner may see it.
            gated: Whether only its owner may download it.
        """
        repository = Repository("model", name, private=private, gated=gated)
        sizes = announced or {}
        stored = {path: self.storage.add(content, path, sizes.get(path)) for path, content in files.items()}
        return self.storage.commit(repository, stored, "A model")

    def model(self, name: str) -> Repository:
        """A model repository as it is now."""
        return self._find("model", name)

    def space(self, name: str) -> Repository:
        """A Space as it is now."""
        return self._find("space", name)

    def content(self, repository: Repository, path: str, revision: str = "main") -> bytes:
        """The content of a file."""
        commit = repository.resolve(revision)
        assert commit is not None
        return self.storage.object(repository.files(commit)[path].sha256).read_bytes()

    def _find(self, kind: str, name: str) -> Repository:
        repository = self.storage.find(kind, name)
        assert repository is not None, f"there is no {kind} {name}"
        return repository

    def _recording(self, app: ASGIApp) -> ASGIApp:
        async def record(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                authorized = any(name == b"authorization" for name, _ in scope["headers"])
                self.requests.append(RecordedRequest(f"{scope['method']} {scope['path']}", authorized))
            await app(scope, receive, send)

        return record


def _application(routes: list[Route]) -> Starlette:
    async def refuse(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)

    return Starlette(routes=routes, exception_handlers={HTTPException: refuse})


class _BackgroundServer:
    """Uvicorn in a thread, on a port of its own that is known before it starts."""

    def __init__(self) -> None:
        self._config = uvicorn.Config(lambda: None, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
        self._socket = self._config.bind_socket()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self, app: ASGIApp) -> None:
        self._config.app = app
        self._server = uvicorn.Server(self._config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()
