"""Start the app: read the settings, load the model, build the page and serve it until told to end."""

import logging
import os
import sys
from threading import Thread

from interface.server.environment import UPLOADS  # before what takes its time

try:
    import spaces  # type: ignore[import-not-found]  # on a ZeroGPU Space; before Gradio, which it patches
except ImportError:
    spaces = None

from instrument_model.errors import InstrumentModelError
from interface.examples import EXAMPLE_NAMES, example_path
from interface.feedback_store import FeedbackStore
from interface.languages import SHOWN
from interface.page import build_page
from interface.server.cleanup import Sweeper
from interface.server.fetch import Fetcher
from interface.server.gradio_internals import (
    Page,
    admit_everybody,
    answer_tools_in_json,
    begin_pages_with,
    bound_upload_progress,
    serve_with,
)
from interface.server.limits import MB, Limits, port
from interface.server.malloc import keep_giving_back, share_heaps
from interface.server.middleware import Hosts, guard, root_path
from interface.server.middleware.answers import FAULT_HANDLERS
from interface.server.middleware.connections import limited
from interface.server.model_provider import ModelProvider
from interface.server.shutdown import run_until_told
from interface.server.start import check_address
from interface.service import Service
from interface.tabs.recording import warm_up
from interface.theme import ASSETS, head, theme
from interface.views.panels import beginning

SWITCH_SECONDS = 0.0005
"""How long a thread waits for Python while another runs it; with the usual 5 ms, listening waits for the server."""


def main() -> int:
    """Start the server; PORT and GRADIO_SERVER_NAME say where."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for client in ("httpx", "httpx2", "huggingface_hub"):  # they log addresses, some of which are signed
        logging.getLogger(client).setLevel(logging.ERROR)
    try:
        limits, hosts, server_port = Limits.from_environment(), Hosts.from_environment(), port()
        fetcher = Fetcher.from_environment(os.environ, limits.upload_mb * MB, limits.fetch_seconds)
        service = Service(ModelProvider.from_environment(threads=limits.threads), limits, root_path())
        feedback = FeedbackStore.from_environment(limits.feedback_total_mb)
        check_address(server_port)
        UPLOADS.create()
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    try:
        if feedback:
            feedback.start_commits()
        serve(build_page(service, fetcher, feedback), service, hosts, server_port)
    except OSError as error:
        print(f"error: the server could not be started ({error})", file=sys.stderr)
        return 1
    finally:
        UPLOADS.remove()
    return 0


def serve(page: Page, service: Service, hosts: Hosts, server_port: int | None) -> None:
    """Answer until the process is told to end."""
    limits = service.limits
    share_heaps()
    keep_giving_back()
    sys.setswitchinterval(SWITCH_SECONDS)
    if spaces is not None:  # ZeroGPU wants a function that may use the GPU; ours answer faster without
        spaces.GPU(lambda: None)
    Thread(target=warm_up, args=(service,), name="warm-up", daemon=True).start()
    Sweeper(UPLOADS, 60 * limits.keep_minutes, limits.request_seconds, page.remembered_files()).start()
    bound_upload_progress()
    begin_pages_with(lambda: beginning(SHOWN.get(), limits))
    serve_with(
        limited(limits.connections, lambda app: guard(app, limits, hosts, service.root, UPLOADS.files, page.calls()))
    )
    page.launch(
        server_port=server_port,
        root_path=service.root,
        max_file_size=limits.upload_mb * MB,
        state_session_capacity=limits.sessions,
        allowed_paths=[str(example_path(name)) for name in EXAMPLE_NAMES],
        app_kwargs={"exception_handlers": FAULT_HANDLERS},
        theme=theme(),
        css_paths=ASSETS / "style.css",
        head=head(),
        favicon_path=ASSETS / "icon.svg",
        footer_links=["api", "settings"],
        mcp_server=True,
        ssr_mode=False,
        show_error=True,
        prevent_thread_lock=True,
        share=False,  # whatever GRADIO_SHARE says
    )
    admit_everybody(page.app)
    answer_tools_in_json(page)
    run_until_told(page)


if __name__ == "__main__":
    sys.exit(main())
