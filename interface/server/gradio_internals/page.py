"""A page of Gradio's: inputs are uploaded files alone, visits cost no memory, waiting answers are bounded."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block, BlocksConfig
from gradio.components import Component
from gradio.data_classes import BlocksConfigDict
from gradio.exceptions import Error
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder
from gradio_client import utils as client_utils

from ...languages import SHOWN
from ...strings import ENGLISH, programs
from ..fetch import Fetcher, FetchError
from ..middleware.calls import Calls, Function
from ..pending import Sessions, pushed

UPLOADED = "/gradio_api/file="

MOST_SESSIONS = 500
"""Sessions that are remembered after their calls have ended, unless `Page.queue` is told otherwise."""


class PageConfig(BlocksConfig):
    """The components and events of the page; visits get copies that describe nothing."""

    def __copy__(self) -> "VisitConfig":
        """Return the components and events for a visit."""
        visit = VisitConfig(self.root_block)
        vars(visit).update(vars(super().__copy__()))  # type: ignore[no-untyped-call]
        return visit


class VisitConfig(BlocksConfig):
    """The components and events of one visit.

    Gradio would describe every component anew for each visit, for links that restore what the visitor sees
    (`DeepLinkButton`), which this page does not have. That took 10 ms and 180 kB of a request.
    """

    @staticmethod
    def config_for_block(*_: object, **__: object) -> dict[str, Any]:
        """Return nothing, in which no value can be kept."""
        return {}


class Page(gr.Blocks):
    """A page whose inputs are uploaded or come from hosts that `fetcher` allows, and whose answers are bounded.

    Gradio would download a file whose address a client sends. It refuses private addresses, but asks a public resolver
    about every name, keeps any number of bytes in memory, and lets anybody use the server to send requests. So it is
    given no address: `fetcher` downloads what it allows. The address of an upload to this app stands for the file.
    """

    def __init__(self, fetcher: Fetcher, **options: Any) -> None:  # noqa: ANN401
        """Make an empty page.

        Args:
            fetcher: Downloads what is given by its address.
            **options: Those of Gradio's `Blocks`.
        """
        self._spoken: dict[str, dict[str, Any]] = {}
        super().__init__(**options)
        self._fetcher = fetcher
        self.default_config = PageConfig(self)

    @property
    def config(self) -> BlocksConfigDict:
        """What the browser is told of the page, in the language of the request that is being answered."""
        return {**self._config, **self._spoken.get(SHOWN.get().language, {})}  # type: ignore[typeddict-item]

    @config.setter
    def config(self, config: BlocksConfigDict) -> None:
        self._config = config

    def speak(self, language: str, page: "Page") -> None:
        """Show those who read this language what `page` shows: the same components with other texts."""
        theirs = page._config
        if [part["id"] for part in theirs["components"]] != [part["id"] for part in self._config["components"]]:
            raise ValueError(f"The page in {language} has other components.")
        self._spoken[language] = {"title": theirs["title"], "components": theirs["components"]}

    def speakers(self, but: Component) -> dict[int, Block]:
        """Return the components so far that may hold texts, by their numbers, except for one."""
        spoken = self.blocks.items()
        return {number: part for number, part in spoken if isinstance(part, Component | gr.Tab) and part is not but}

    def texts(self) -> dict[str, Any]:
        """Return the page's title and what its components say, by their numbers, in the language of the request.

        Whatever is written differently in some language counts as said.
        """
        languages = [self._config["components"], *(spoken["components"] for spoken in self._spoken.values())]
        said = {}
        for ours, *all_languages in zip(self.config["components"], *languages, strict=True):
            values = ours["props"].items()
            said[str(ours["id"])] = {
                name: value for name, value in values if any(part["props"][name] != value for part in all_languages)
            }
        return {"title": self.config["title"], "components": said}

    def queue(self, *, sessions: int = MOST_SESSIONS, **options: Any) -> "Page":  # noqa: ANN401
        """Set up the queue.

        Args:
            sessions: How many are remembered after their calls have ended.
            **options: Those of Gradio's `Blocks.queue`.
        """
        super().queue(**options)
        self._queue.push = partial(pushed, self._queue.push)  # type: ignore[method-assign]
        self.waiting = Sessions(self._queue.event_ids_to_events.__contains__, sessions)
        self._queue.pending_messages_per_session = self.waiting  # type: ignore[assignment]
        self._queue.pending_event_ids_session = self.waiting.calls
        return self

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Check the inputs, then let Gradio turn them into what the handler takes.

        Raises:
            Error: An input is not what its component takes, or a file that was neither uploaded nor could be fetched.
        """
        inputs = inputs + [None] * (len(block_fn.inputs) - len(inputs))  # what a program leaves out is not given
        fetched = await self._fetch(inputs)
        local = client_utils.traverse(inputs, partial(_local, fetched=fetched), client_utils.is_file_obj)
        try:
            processed: list[Any] = await super().preprocess_data(block_fn, local, state, explicit_call)
        except Exception as error:  # whatever a component raises, a client has sent what made it do so
            takes_files = any(isinstance(block, gr.Audio | gr.File) for block in block_fn.inputs)
            sentence = ENGLISH.errors.not_uploaded if takes_files else programs.CALL_WRONG_VALUE
            raise Error(sentence, print_exception=False) from error
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

    def calls(self) -> Calls:
        """Return what can be called, when the page is complete."""
        endpoints = self.get_api_info(all_endpoints=True)["named_endpoints"]
        functions = {}
        for number, function in self.fns.items():
            if function.fn is not None:  # else it is one of the page's own scripts
                described = endpoints.get(f"/{function.api_name}", {"parameters": []})["parameters"]
                functions[number] = Function(
                    len(function.inputs),
                    tuple(parameter["parameter_name"] for parameter in described),
                    frozenset(entry["parameter_name"] for entry in described if entry["parameter_has_default"]),
                    function.collects_event_data,
                )
        names = {str(self.fns[number].api_name): function for number, function in functions.items()}
        return Calls(functions, names, self.waiting)

    def remembered_files(self) -> Sequence[set[str]]:
        """Return the sets of paths in which Gradio remembers what was uploaded."""
        return self.temp_file_sets


def _is_elsewhere(path: str) -> bool:
    """Return whether a path is an address, and not that of an upload to this app."""
    if not client_utils.is_http_url_like(path):
        return False
    _, uploaded, inner = path.partition(UPLOADED)
    return not uploaded or client_utils.is_http_url_like(inner)


def _local(file: dict[str, Any], fetched: Mapping[str, str]) -> dict[str, Any]:
    """Return the file with a path on this disk."""
    path = fetched.get(file["path"], file["path"])
    if client_utils.is_http_url_like(path):
        path = path.partition(UPLOADED)[2]
    if "\0" in path:
        raise Error(ENGLISH.errors.not_uploaded, print_exception=False)
    return {**file, "path": path, "url": None}
