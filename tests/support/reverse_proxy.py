"""A reverse proxy that shows an app below a path, as nginx or Caddy would."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

TIMEOUT = 60.0  # seconds
METHODS = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]
BY_HOP = {"host", "connection", "transfer-encoding"}
"""Headers that are not passed on."""


def proxy_app(target: str, prefix: str, *, keeps: bool) -> Starlette:
    """Pass what lies below `prefix` on to `target`, with the prefix (`keeps`) or without it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            app.state.client = client
            yield

    async def forward(request: Request) -> Response:
        path = request.url.path if keeps else request.url.path.removeprefix(prefix)
        query = f"?{request.url.query}" if request.url.query else ""
        headers = [(name, value) for name, value in request.headers.items() if name not in BY_HOP]
        headers += [("x-forwarded-host", request.headers["host"]), ("x-forwarded-proto", "http")]
        client: httpx.AsyncClient = request.app.state.client
        asked = client.build_request(
            request.method, f"{target}{path}{query}", headers=headers, content=await request.body()
        )
        answer = await client.send(asked, stream=True)
        passed = {name: value for name, value in answer.headers.items() if name not in BY_HOP}
        return StreamingResponse(
            answer.aiter_raw(), answer.status_code, passed, background=BackgroundTask(answer.aclose)
        )

    return Starlette(routes=[Route(f"{prefix}{{rest:path}}", forward, methods=METHODS)], lifespan=lifespan)


@contextmanager
def reverse_proxy(target: str, prefix: str, *, keeps: bool) -> Iterator[str]:
    """Yield the address below which the app is seen, without a final slash."""
    server = uvicorn.Server(
        uvicorn.Config(proxy_app(target, prefix, keeps=keeps), port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the proxy did not start")
        thread.join(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{prefix}"
    finally:
        server.should_exit = True
        thread.join(10)
