"""What Gradio does with a request before a handler sees it, without web addresses and with errors for people."""

from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import Error, InvalidPathError
from gradio.state_holder import SessionState
from gradio_client import utils as client_utils
from pydantic import ValidationError

from .. import strings
from .gradio_sessions import PageConfig, forget_finished

UPLOADED = "/gradio_api/file="


class Page(gr.Blocks):
    """A page whose inputs are files that were uploaded to it, and nothing else.

    Gradio would download a file whose address a client sends. That it refuses private addresses is not enough here: it
    asks a public resolver about every name, keeps any number of bytes in memory, and lets anybody use the server to
    send requests. So no address is fetched. One that an upload to this app was given (as MCP clients pass it on)
    stands for the file it names.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        """An empty page; `options` are those of Gradio's `Blocks`."""
        super().__init__(**options)
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
            Error: An input is not a file that was uploaded.
        """
        local = client_utils.traverse(inputs, _local, client_utils.is_file_obj)
        try:
            processed: list[Any] = await super().preprocess_data(block_fn, local, state, explicit_call)
        except (InvalidPathError, ValidationError, FileNotFoundError, PermissionError) as error:
            raise Error(strings.API_NOT_UPLOADED, print_exception=False) from error
        return processed


def _local(file: dict[str, Any]) -> dict[str, Any]:
    """The file with a path on this disk."""
    path = file["path"]
    if client_utils.is_http_url_like(path):
        _, uploaded, path = path.partition(UPLOADED)
        if not uploaded or client_utils.is_http_url_like(path):
            raise Error(strings.API_NO_ADDRESS, print_exception=False)
    if "\0" in path:
        raise Error(strings.API_NOT_UPLOADED, print_exception=False)
    return {**file, "path": path, "url": None}
