"""The path below which a proxy shows the app, such as `/music`, whether the proxy keeps it in requests or strips it."""

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from instrument_model.errors import InstrumentModelError

SETTING = "GRADIO_ROOT_PATH"

MCP = "/gradio_api/mcp"
"""Starlette would send whoever leaves out the final slash to the address that it sees, which is the proxy's inside."""

_ROOT = re.compile(r"(https?://[\w.:\[\]-]+)?(/[\w.~-]+)*")


def root_path(environment: Mapping[str, str] = os.environ) -> str:
    """Return GRADIO_ROOT_PATH without a final slash: a path, or a whole address; empty if it is unset.

    Raises:
        InstrumentModelError: It is neither.
    """
    root = environment.get(SETTING, "").strip().rstrip("/")
    if not _ROOT.fullmatch(root):
        raise InstrumentModelError(
            f"{SETTING} is {root!r}; set it to the path below which visitors see the app, such as /music, or to the "
            "whole address, such as https://example.org/music."
        )
    return root


class Prefix:
    """Give the app the paths that it knows."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        """Wrap an app that visitors see below `root`, as `root_path` returns it."""
        self._app = app
        self._prefix = urlsplit(root).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on without the prefix."""
        path: str = scope["path"]
        if f"{path}/".startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix) or "/"
        await self._app({**scope, "path": f"{MCP}/" if path == MCP else path}, receive, send)
