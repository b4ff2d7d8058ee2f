"""The page and the API: what there is to see and which handler answers. `python app.py` starts it."""

import logging
import os
import sys
from functools import partial
from threading import Thread

from interface.server.environment import UPLOADS  # before what takes its time

try:
    import spaces  # type: ignore[import-not-found]  # on a ZeroGPU Space; before Gradio, which it patches
except ImportError:
    spaces = None

import gradio as gr

from instrument_model.errors import InstrumentModelError
from instrument_model.labels import DISPLAY_NAMES, LABEL_NAMES
from interface import model_card, strings, views
from interface.api import declare_endpoints
from interface.server.cleanup import Sweeper
from interface.server.fetch import Fetcher
from interface.server.gradio_internals import Page, bound_upload_progress, serve_with
from interface.server.limits import MB, Limits, port
from interface.server.malloc import keep_giving_back, share_heaps
from interface.server.middleware import Hosts, guard
from interface.server.middleware.answers import FAULT_HANDLERS
from interface.server.middleware.connections import limited
from interface.server.model_provider import ModelProvider
from interface.server.shutdown import run_until_told
from interface.server.start import check_address
from interface.service import EXAMPLE_NAMES, Handlers, example_path
from interface.tabs.feedback import FeedbackStore
from interface.theme import ASSETS, head, script, theme


def declare_gpu() -> None:
    """A ZeroGPU Space wants one function that may use its GPU.

    None of ours does: the network answers on a CPU in less time than a GPU takes to be lent, and no visitor's quota is
    spent.
    """
    if spaces is not None:
        spaces.GPU(lambda: None)


SWITCH_SECONDS = 0.0005
"""How long a thread waits for Python while another runs it; with the usual 5 ms, listening waits for the server."""

html = partial(gr.HTML, apply_default_css=False, padding=False)


def recording_tab(handlers: Handlers, feedback: FeedbackStore | None) -> gr.Audio:
    """Upload or record, and read the answer."""
    limits = handlers.limits
    with gr.Row(equal_height=True):
        with gr.Column(scale=5, min_width=300):
            clip = gr.Audio(
                type="filepath",
                sources=["upload", "microphone"],
                label=strings.CLIP_LABEL,
                editable=False,
                buttons=[],
                waveform_options=gr.WaveformOptions(
                    show_recording_waveform=False
                ),  # hours of sound would freeze the tab
                elem_id="clip",
            )
            html(
                views.hint_line(strings.CLIP_HINT.format(mb=limits.upload_mb, keep=limits.keep_minutes)),
                js_on_load=script("refusal.js"),
            )
            button = gr.Button(strings.RECOGNISE, variant="primary", elem_id="recognise")
        with gr.Column(scale=7, min_width=320):
            card = html(views.empty_card(), elem_id="result", js_on_load=script("card.js"))
    with gr.Row(elem_classes="chips"):
        html(views.examples_title())
        chips = {name: gr.Button(example_title(name), size="sm") for name in EXAMPLE_NAMES}
    details = html(
        "", elem_id="details", js_on_load="\n".join(map(script, ("reading.js", "lanes.js", "api.js", "timeline.js")))
    )
    gr.on(
        [clip.change, button.click],
        handlers.recognise,
        clip,
        [card, details],
        show_progress_on=card,
        trigger_mode="always_last",
        concurrency_limit=limits.workers,
        concurrency_id="recordings",
        api_visibility="private",
    )
    for name, chip in chips.items():
        chip.click(lambda name=name: str(example_path(name)), None, clip, api_visibility="private", queue=False).then(
            None, js="() => { document.querySelector('#clip audio')?.play().catch(() => {}) }"
        )
    if feedback:
        feedback_row(handlers, feedback, clip)
    return clip


def example_title(name: str) -> str:
    """What is written on an example's button."""
    return DISPLAY_NAMES.get(name, strings.EXAMPLE_ENSEMBLE)


def feedback_row(handlers: Handlers, feedback: FeedbackStore, clip: gr.Audio) -> None:
    """Right or wrong, asked only where somebody has configured a place to keep it."""
    with gr.Column(elem_id="feedback"):
        verdict = gr.Radio(
            [(strings.FEEDBACK_RIGHT, "right"), (strings.FEEDBACK_WRONG, "wrong")], label=strings.FEEDBACK_QUESTION
        )
        choices = [(DISPLAY_NAMES[name], name) for name in LABEL_NAMES] + [(strings.FEEDBACK_OTHER, "other")]
        really = gr.Dropdown(choices, label=strings.FEEDBACK_REALLY, value=None, visible=False)
        consent = gr.Checkbox(label=strings.FEEDBACK_CONSENT)
        send = gr.Button(strings.FEEDBACK_SEND)
        thanks = html("", elem_id="thanks")
    verdict.change(lambda answer: gr.update(visible=answer == "wrong"), verdict, really, api_visibility="private")
    send.click(
        lambda *answers: handlers.keep_feedback(feedback, *answers),
        [clip, verdict, really, consent],
        [thanks, verdict, consent],
        concurrency_id="recordings",
        api_visibility="private",
    )


def live_tab(handlers: Handlers) -> None:
    """Bars that follow the microphone."""
    live = html(html_template=views.live_panel(), js_on_load=script("live.js"), elem_id="live")
    live.piece(
        handlers.hear,
        None,
        live,
        show_progress="hidden",
        trigger_mode="multiple",
        queue=False,  # which takes longer than the answer; `live.Audience` bounds what waits
        api_visibility="private",
    )


def files_tab(handlers: Handlers) -> None:
    """Several recordings, one table."""
    files = gr.File(file_count="multiple", label=strings.FILES_LABEL, elem_id="files")
    html(views.hint_line(strings.FILES_TEXT.format(count=handlers.limits.max_files)))
    table = html("", elem_id="table")
    files.change(
        handlers.recognise_several,
        files,
        table,
        show_progress="hidden",
        trigger_mode="always_last",
        concurrency_id="recordings",
        api_visibility="private",
    )


def build(handlers: Handlers, fetcher: Fetcher, feedback: FeedbackStore | None = None) -> Page:
    """The whole page."""
    limits = handlers.limits
    page = Page(fetcher, title=strings.TITLE, analytics_enabled=False, fill_width=True)
    with page:
        html(views.title(), elem_id="title")
        with gr.Tabs():
            with gr.Tab(strings.TAB_RECORDING):
                clip = recording_tab(handlers, feedback)
            with gr.Tab(strings.TAB_LIVE):
                live_tab(handlers)
            with gr.Tab(strings.TAB_FILES):
                files_tab(handlers)
            with gr.Tab(strings.TAB_ABOUT):
                gr.Markdown(model_card.model_card() or strings.ABOUT_MISSING, elem_id="about")
        status = html(handlers.status())
        declare_endpoints(handlers)
        page.load(handlers.status, None, status, api_visibility="private", queue=False, show_progress="hidden")
        page.load(handlers.linked_example, None, clip, api_visibility="private", queue=False, show_progress="hidden")
    page.queue(
        status_update_rate=1.0,  # seconds; else whoever waits would be told of every answer to somebody else
        max_size=limits.queue_size,
        sessions=limits.sessions,
        default_concurrency_limit=limits.workers,
        api_open=False,
    )
    return page


def main() -> int:
    """Starts the server; PORT and GRADIO_SERVER_NAME say where."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for client in ("httpx", "httpx2", "huggingface_hub"):  # they log addresses, some of which are signed
        logging.getLogger(client).setLevel(logging.ERROR)
    try:
        limits, hosts, server_port = Limits.from_environment(), Hosts.from_environment(), port()
        fetcher = Fetcher.from_environment(os.environ, limits.upload_mb * MB, limits.fetch_seconds)
        handlers = Handlers(ModelProvider.from_environment(threads=limits.threads), limits)
        feedback = FeedbackStore.from_environment(limits.feedback_total_mb)
        check_address(server_port)
        UPLOADS.create()
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    try:
        serve(handlers, fetcher, hosts, feedback, server_port)
    except OSError as error:
        print(f"error: the server could not be started ({error})", file=sys.stderr)
        return 1
    finally:
        UPLOADS.remove()
    return 0


def serve(
    handlers: Handlers, fetcher: Fetcher, hosts: Hosts, feedback: FeedbackStore | None, server_port: int | None
) -> None:
    """Answers until the process is told to end."""
    limits = handlers.limits
    share_heaps()
    keep_giving_back()
    sys.setswitchinterval(SWITCH_SECONDS)
    if feedback:
        feedback.start_commits()
    declare_gpu()
    Thread(target=handlers.warm_up, name="warm-up", daemon=True).start()
    page = build(handlers, fetcher, feedback)
    Sweeper(UPLOADS, 60 * limits.keep_minutes, limits.request_seconds, page.remembered_files()).start()
    bound_upload_progress()
    serve_with(limited(limits.connections, lambda app: guard(app, limits, hosts, UPLOADS.files, page.calls())))
    page.launch(
        server_port=server_port,
        max_file_size=limits.upload_mb * MB,
        state_session_capacity=limits.sessions,
        allowed_paths=[str(example_path(name)) for name in EXAMPLE_NAMES],
        app_kwargs={"exception_handlers": FAULT_HANDLERS},
        theme=theme(),
        css_paths=ASSETS / "style.css",
        head=head(),
        footer_links=["api", "settings"],
        mcp_server=True,
        ssr_mode=False,
        show_error=True,
        prevent_thread_lock=True,
        share=False,  # whatever GRADIO_SHARE says
    )
    run_until_told(page)


if __name__ == "__main__":
    sys.exit(main())
