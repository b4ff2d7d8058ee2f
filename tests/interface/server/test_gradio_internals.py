"""What the app takes for granted of Gradio's insides: where an upgrade has changed a name, one sentence says so."""

import asyncio
import inspect
import subprocess
import sys
from collections import OrderedDict

import gradio as gr
import pytest
import uvicorn
import uvicorn.config
from gradio import queueing, routes
from gradio.blocks import Blocks, BlocksConfig
from gradio.context import LocalContext
from gradio.mcp import GradioMCPServer
from gradio.state_holder import SessionState
from gradio_client import utils as client_utils
from uvicorn.protocols.http.h11_impl import H11Protocol

from interface.server.fetch import Fetcher
from interface.server.gradio_internals import Page, admit_everybody, bound_upload_progress, serve_with
from interface.server.middleware.bounded import Newest
from interface.server.pending import Messages, Sessions
from tests.support.app_server import ROOT

QUEUE = ("event_ids_to_events", "pending_messages_per_session", "pending_event_ids_session")
EVENT = ("_id", "session_hash", "alive")
PARAMETERS = {
    Blocks.preprocess_data: ("block_fn", "inputs", "state", "explicit_call"),
    Blocks.queue: ("status_update_rate", "max_size", "default_concurrency_limit", "api_open"),
    Blocks.launch: ("app_kwargs", "state_session_capacity", "max_file_size", "allowed_paths", "mcp_server"),
    BlocksConfig.config_for_block: ("_id", "block"),
    GradioMCPServer.postprocess_output_data: ("data", "root_url"),
    H11Protocol.__init__: ("config", "server_state", "app_state", "_loop"),
    H11Protocol.send_400_response: ("msg",),
}
PROTOCOL = ("connection_made", "connection_lost", "data_received", "on_response_complete", "_should_upgrade")


@pytest.fixture(name="page")
def fixture_page() -> Page:
    page = Page(Fetcher.from_environment({}, 1, 1.0), analytics_enabled=False)
    with page:
        clip, answer = gr.Audio(type="filepath"), gr.JSON()
        clip.change(lambda path: path, clip, answer, api_name="tell")
    page.queue(sessions=3)
    return page


@pytest.mark.parametrize("function", PARAMETERS, ids=lambda function: function.__qualname__)
def test_what_is_overridden_takes_the_same(function: object) -> None:
    found = set(inspect.signature(function).parameters)  # type: ignore[arg-type]
    missing = set(PARAMETERS[function]) - found
    assert not missing, f"{function} has no {missing} any more; see interface/server/gradio_internals"


@pytest.mark.parametrize("name", QUEUE)
def test_the_queue_has(page: Page, name: str) -> None:
    assert hasattr(page._queue, name), f"Queue.{name} has gone; answers that wait are not bounded"
    assert f"self.{name}" in inspect.getsource(queueing.Queue.push), f"Queue.push does not use {name} any more"


@pytest.mark.parametrize("name", EVENT)
def test_an_event_has(name: str) -> None:
    source = inspect.getsource(queueing.Event.__init__)
    assert f"self.{name}" in source, f"Event.{name} has gone; work goes on when its visitor has left"


def test_sessions_are_kept_in_a_dictionary_of_queues(page: Page) -> None:
    fresh = queueing.Queue(False, 1, 1.0, None, page)
    assert isinstance(fresh.pending_messages_per_session, OrderedDict), "messages are kept otherwise now"
    assert isinstance(fresh.pending_event_ids_session, dict), "the calls of sessions are kept otherwise now"
    assert isinstance(page._queue.pending_messages_per_session, Sessions), "Blocks.queue makes its queue elsewhere now"
    page.waiting["one"] = asyncio.Queue()
    assert isinstance(page.waiting["one"], Messages)


def test_requests_are_not_followed_by_statistics() -> None:
    source = """
import interface.server.environment  # before Gradio, as in app.py
from gradio import Blocks, queueing

queue = queueing.Queue(False, 1, 1.0, None, Blocks())
queue._get_df, queue.events_recorded = None, 1000
queue.compute_analytics_summary([{"function": "predict", "status": "success", "process_time": 1.0}])
"""
    subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=True)


def test_messages_have_a_kind_and_a_call() -> None:
    from gradio.server_messages import EstimationMessage, HeartbeatMessage, ProcessCompletedMessage, ProgressMessage

    messages = Messages()
    for message in (EstimationMessage(queue_size=1), ProgressMessage(progress_data=[]), HeartbeatMessage()):
        for _ in range(2):
            messages.put_nowait(message)
    assert messages.qsize() == 3, "the kinds of Gradio's messages are called otherwise now"
    for _ in range(2):
        messages.put_nowait(ProcessCompletedMessage(output={}, success=True))
    assert messages.qsize() == 5


def test_a_visit_copies_the_components(page: Page) -> None:
    visit = SessionState(page)
    assert visit.blocks_config.blocks == page.blocks, "a visit does not copy Blocks.default_config any more"
    assert not any(visit.components), "a visit describes its components otherwise now"


def test_what_a_script_sends_is_there() -> None:
    assert gr.EventData(None, {"a": 1})._data == {"a": 1}, "EventData._data has gone; listening live is broken"


def test_the_context_of_a_call_is_there() -> None:
    assert LocalContext.blocks.get(None) is None, "LocalContext.blocks has gone"
    assert LocalContext.event_id.get(None) is None, "LocalContext.event_id has gone"


def test_files_are_found_among_inputs() -> None:
    file = {"path": "a.wav", "meta": {"_type": "gradio.FileData"}}
    found = client_utils.traverse([[file]], lambda _: "a file", client_utils.is_file_obj)
    assert found == [["a file"]], "files among the inputs are marked otherwise now"
    assert client_utils.is_http_url_like("https://a.invalid/")


def test_what_was_uploaded_is_remembered_in_sets(page: Page) -> None:
    assert all(isinstance(paths, set) for paths in page.remembered_files()), "temp_file_sets are no sets any more"


def test_the_calls_are_those_of_the_page(page: Page) -> None:
    calls = page.calls()
    assert calls.endpoints["tell"].parameters == ("path",), "Blocks.get_api_info describes parameters otherwise now"
    assert [function.inputs for function in calls.functions.values()] == [1]


def test_the_progress_of_uploads_is_bounded() -> None:
    bound_upload_progress()
    progress = routes.file_upload_statuses
    for number in range(5_000):
        progress.track(str(number))
    kept = (progress._statuses, progress._signals)
    assert all(isinstance(names, Newest) and len(names) <= 1_000 for names in kept), "uploads are followed otherwise"
    assert progress._signals["4999"].is_set()


@pytest.mark.parametrize("name", PROTOCOL)
def test_the_protocol_of_uvicorn_has(name: str) -> None:
    assert name in vars(H11Protocol), f"H11Protocol.{name} has gone; connections are not counted"


def test_the_server_speaks_our_protocol() -> None:
    before = uvicorn.config.HTTP_PROTOCOLS["auto"]

    class Ours(H11Protocol):
        pass

    try:
        serve_with(Ours)
        config = uvicorn.Config(lambda: None, log_level="warning")  # as Gradio's `start_server` makes it
        config.load()
        assert config.http_protocol_class is Ours, "uvicorn finds its protocol otherwise now"
    finally:
        uvicorn.config.HTTP_PROTOCOLS["auto"] = before


def test_nobody_is_asked_who_they_are(page: Page) -> None:
    app = routes.App.create_app(page)
    admit_everybody(app)
    assert [check.__name__ for check in app.dependency_overrides] == ["login_check"], "it is not what /config needs"
    assert all(map(inspect.iscoroutinefunction, app.dependency_overrides.values())), "else it would need a thread"
    assert "Depends(login_check)" in inspect.getsource(routes.App.create_app)
