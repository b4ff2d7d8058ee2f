"""What Gradio does with a request before a handler sees it: web addresses on our terms, and errors for people."""

import asyncio
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import Error, InvalidPathError
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder
from gradio_client import utils as client_utils
from pydantic import ValidationError

from .. import strings
from .fetch import Fetcher, FetchError
from .gradio_sessions import PageConfig, forget_finished

UPLOADED = "/gradio_api/file="


class Page(gr.Blocks):
    """A page whose inputs are files that were uploaded to it, or come from hosts that `fetcher` allows.

    Gradio would download a file whose address a client sends. That it refuses private addresses is not enough here: it
    asks a public resolver about every name, keeps any number of bytes in memory, and lets anybody use the server to
    send requests. So it is given no address: `fetcher` downloads what it allows. An address that an upload to this app
    was given (as MCP clients pass it on) stands for the file it names.
    """

    def __init__(self, fetcher: Fetcher, **options: Any) -> None:  # noqa: ANN401
        """Make an empty page.

        Args:
            fetcher: Downloads what is given by its address.
            options: Those of Gradio's `Blocks`.
        """
        super().__init__(**options)
        self._fetcher = fetcher
        self.default_config = PageConfig(self)

    def queue(self, **options: Any) -> "Page":  # noqa: ANN401
        """Sets the queue up; `options` are Gradio's."""
        super().queue(**options)
        forget_finished(self._queue)
        return self

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Checks the inputs, then lets Gradio turn them into what the handler takes.

        Raises:
            Error: An input is neither a file that was uploaded nor one that could be fetched.
        """
        inputs = inputs + [None] * (len(block_fn.inputs) - len(inputs))  # what a program leaves out is not given
        fetched = await self._fetch(inputs)
        local = client_utils.traverse(inputs, partial(_local, fetched=fetched), client_utils.is_file_obj)
        try:
            processed: list[Any] = await super().preprocess_data(block_fn, local, state, explicit_call)
        except (InvalidPathError, ValidationError, FileNotFoundError, PermissionError) as error:
            raise Error(strings.API_NOT_UPLOADED, print_exception=False) from error
        return processed

    async def _fetch(self, inputs: list[Any]) -> Mapping[str, str]:
        """Download the addresses among the inputs, each into a folder of its own, as uploads have one."""
        files: list[dict[str, Any]] = []
        client_utils.traverse(inputs, files.append, client_utils.is_file_obj)
        addresses = {file["path"] for file in files if _is_elsewhere(file["path"])}
        try:
            return {address: await asyncio.to_thread(self._download, address) for address in addresses}
        except FetchError as error:
            raise Error(str(error), print_exception=False) from error

    def _download(self, address: str) -> str:
        return str(self._fetcher.fetch(address, Path(tempfile.mkdtemp(dir=get_upload_folder()))))


def _is_elsewhere(path: str) -> bool:
    """Whether a path is an address, and not that of an upload to this app."""
    if not client_utils.is_http_url_like(path):
        return False
    _, uploaded, inner = path.partition(UPLOADED)
    return not uploaded or client_utils.is_http_url_like(inner)


def _local(file: dict[str, Any], fetched: Mapping[str, str]) -> dict[str, Any]:
    """The file with a path on this disk."""
    path = fetched.get(file["path"], file["path"])
    if client_utils.is_http_url_like(path):
        path = path.partition(UPLOADED)[2]
    if "\0" in path:
        raise Error(strings.API_NOT_UPLOADED, print_exception=False)
    return {**file, "path": path, "url": None}
