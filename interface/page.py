"""The page: its tabs, and the endpoints that programs call."""

import gradio as gr

from .api.endpoints import declare_endpoints
from .feedback_store import FeedbackStore
from .server.fetch import Fetcher
from .server.gradio_internals import Page
from .service import Service
from .strings import ENGLISH
from .tabs.about import about_tab
from .tabs.feedback import choices, feedback_row
from .tabs.files import files_tab
from .tabs.live import live_tab
from .tabs.recording import linked_example, recording_tab
from .theme import html, script
from .views import panels


def build_page(service: Service, fetcher: Fetcher, feedback: FeedbackStore | None = None) -> Page:
    """Return the whole page.

    Args:
        service: Answers.
        fetcher: Downloads recordings that are given by their address.
        feedback: Keeps what visitors say of an answer; None asks nobody.
    """
    limits = service.limits
    page = Page(fetcher, title=ENGLISH.page.title, analytics_enabled=False, fill_width=True)
    with page:
        html(panels.title(), elem_id="title")
        with gr.Tabs():
            with gr.Tab(ENGLISH.page.tab_recording):
                clip = recording_tab(service)
                if feedback:
                    really = feedback_row(service, feedback, clip)
                    page.load(
                        lambda: gr.update(choices=choices(service.labels)),
                        None,
                        really,
                        api_visibility="private",
                        queue=False,
                        show_progress="hidden",
                    )
            with gr.Tab(ENGLISH.page.tab_live):
                live_tab(service)
            with gr.Tab(ENGLISH.page.tab_files):
                files_tab(service)
            with gr.Tab(ENGLISH.page.tab_about):
                about_tab(service)
        status = html(service.status(), js_on_load=script("status.js"))
        declare_endpoints(service)
        page.load(service.status, None, status, api_visibility="private", queue=False, show_progress="hidden")
        page.load(linked_example, None, clip, api_visibility="private", queue=False, show_progress="hidden")
    page.queue(
        status_update_rate=1.0,  # seconds; else whoever waits would be told of every answer to somebody else
        max_size=limits.queue_size,
        sessions=limits.sessions,
        default_concurrency_limit=limits.workers,
        api_open=False,
    )
    return page
