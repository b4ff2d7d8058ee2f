"""All that this app knows of Gradio's insides, so that an upgrade of Gradio has to be looked at in one place.

`tests/interface/server/test_gradio_internals.py` says in one sentence which of these names a new version has changed.
In their place: inputs are uploaded files alone, visits cost no memory, waiting answers and connections are bounded.
"""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import gradio as gr
import jinja2
import uvicorn.config
from fastapi.routing import APIRoute
from gradio import routes
from gradio.block_function import BlockFunction
from gradio.blocks import BlocksConfig
from gradio.context import Context, LocalContext
from gradio.data_classes import BlocksConfigDict
from gradio.exceptions import Error
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder
from gradio_client import utils as client_utils
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..languages import HEADER, SHOWN
from ..strings import ENGLISH, LANGUAGES, Texts, programs
from .fetch import Fetcher, FetchError
from .middleware.bounded import Newest
from .middleware.calls import Calls, Function
from .pending import Sessions, pushed

UPLOADED = "/gradio_api/file="

MOST_UPLOADS = 1_000
"""Uploads whose progress is remembered."""

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


def sent_with(event: gr.EventData) -> Any:  # noqa: ANN401 - whatever a client sends
    """Return what the page's own script has sent with an event."""
    return event._data


def is_abandoned() -> bool:
    """Return whether the visitor whose request this thread works on has closed the connection."""
    blocks, event_id = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event_id is None:
        return False
    event = blocks._queue.event_ids_to_events.get(event_id)
    return event is not None and not event.alive


def visitor_texts() -> Texts:
    """Return the language of the visitor whose request this thread works on; English for programs."""
    request = LocalContext.request.get(None)
    return LANGUAGES.get(request.headers.get(HEADER, "") if request else "", ENGLISH)


def in_languages(build: Callable[[Texts], Page]) -> Page:
    """Return the page in every language, with the same numbers for the same components; the English one shows all."""
    first, page = Context.id, build(ENGLISH)
    with patch.object(routes.App, "create_app"):  # it takes most of the time, and one page is served
        for language, texts in LANGUAGES.items():
            if texts is not ENGLISH:
                Context.id = first
                page.speak(language, build(texts))
    return page


def begin_pages_with(beginning: Callable[[], str]) -> None:
    """Let the page's HTML name its language, and begin with what `beginning` returns for the request at hand."""
    templates, name = routes.templates.env, "frontend/index.html"
    source = templates.loader.get_source(templates, name)[0] if templates.loader else ""
    for before, after in (('lang="en"', 'lang="{{ language() }}"'), ("<head>", "<head>{{ beginning() | safe }}")):
        source = source.replace(before, after, 1)
    templates.globals.update(language=lambda: SHOWN.get().language, beginning=beginning)
    loaders = [jinja2.DictLoader({name: source}), templates.loader]
    templates.loader = jinja2.ChoiceLoader([loader for loader in loaders if loader])


def bound_upload_progress() -> None:
    """Remember the progress of the newest uploads alone, of which Gradio forgets only what a browser has followed."""
    progress = routes.file_upload_statuses
    progress._statuses = Newest(MOST_UPLOADS)
    progress._signals = Newest(MOST_UPLOADS, asyncio.Event)  # type: ignore[assignment]


def serve_with(protocol: type[H11Protocol]) -> None:
    """Let the server that `Blocks.launch` starts, where ZeroGPU takes part, speak HTTP by a protocol of our own."""
    uvicorn.config.HTTP_PROTOCOLS["auto"] = protocol  # type: ignore[assignment]


def admit_everybody(app: routes.App) -> None:
    """Leave out Gradio's check of who is logged in, for which each request changes threads: nobody has an account."""

    async def admit() -> None: ...

    config = next(route for route in app.routes if isinstance(route, APIRoute) and route.path == "/config")
    app.dependency_overrides.update({check.dependency: admit for check in config.dependencies if check.dependency})
