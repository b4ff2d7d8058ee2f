"""The page: its tabs, and the endpoints that programs call."""

from typing import Any

import gradio as gr

from .api.endpoints import declare_endpoints
from .feedback_store import FeedbackStore
from .server.fetch import Fetcher
from .server.gradio_internals import Page, in_languages, visitor_texts
from .service import Service
from .strings import Texts
from .tabs.about import about_tab, card
from .tabs.feedback import choices, feedback_row
from .tabs.files import files_tab
from .tabs.live import live_tab
from .tabs.recording import examples_shown, first_clip, recording_tab
from .theme import html, script
from .views import panels


def build_page(service: Service, fetcher: Fetcher, feedback: FeedbackStore | None = None) -> Page:
    """Return the whole page, in all languages.

    Args:
        service: Answers.
        fetcher: Downloads recordings that are given by their address.
        feedback: Keeps what visitors say of an answer; None asks nobody.
    """
    limits = service.limits
    page = in_languages(lambda texts: _page(service, fetcher, feedback, texts))
    page.queue(
        status_update_rate=1.0,  # seconds; else whoever waits would be told of every answer to somebody else
        max_size=limits.queue_size,
        sessions=limits.sessions,
        default_concurrency_limit=limits.workers,
        api_open=False,
    )
    return page


def _page(service: Service, fetcher: Fetcher, feedback: FeedbackStore | None, texts: Texts) -> Page:
    """Return the page in one language; programs are spoken to in English in every one."""
    page = Page(fetcher, title=texts.page.title, analytics_enabled=False, fill_width=True)
    at_once: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
    with page:
        html(panels.title(texts), elem_id="title")
        with gr.Tabs():
            with gr.Tab(texts.page.tab_recording):
                clip, chips = recording_tab(service, texts)
                if feedback:
                    really = feedback_row(service, texts, feedback, clip)
                    page.load(
                        lambda: gr.update(choices=choices(visitor_texts(), service.labels)), None, really, **at_once
                    )
            with gr.Tab(texts.page.tab_live):
                live_tab(service, texts)
            with gr.Tab(texts.page.tab_files):
                files_tab(service, texts)
            with gr.Tab(texts.page.tab_about):
                about = about_tab(service, texts)
        status = html(service.status(texts), js_on_load=script("status.js"))
        declare_endpoints(service)
        page.load(lambda: service.status(visitor_texts()), None, status, **at_once)
        if service.provider.from_hub:  # its card arrives after the page was made
            page.load(lambda: card(service, visitor_texts()), None, about, **at_once)
        page.load(lambda: examples_shown(service.labels), None, chips, **at_once)
        kept = gr.Audio(type="filepath", visible=False)
        page.load(first_clip, kept, clip, js="() => [window.visitor.kept()]", **at_once)
    return page
