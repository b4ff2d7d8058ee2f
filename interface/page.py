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
from .tabs.recording import examples_shown, first_example, recording_tab
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
        title = html(panels.title(texts), elem_id="title", js_on_load=script("switch.js"))
        with gr.Tabs():
            with gr.Tab(texts.page.tab_recording):
                clip, answer, chips = recording_tab(service, texts)
                really = feedback_row(service, texts, feedback, clip) if feedback else None
            with gr.Tab(texts.page.tab_live):
                live_tab(service, texts)
            with gr.Tab(texts.page.tab_files):
                files_tab(service, texts)
            with gr.Tab(texts.page.tab_about):
                about = about_tab(service, texts)
        status = html(service.status(texts), js_on_load=script("status.js"))
        declare_endpoints(service)
        page.load(lambda: examples_shown(service.labels), None, chips, **at_once)
        page.load(first_example, None, clip, **at_once)
        said, speakers = gr.JSON(visible=False), page.speakers(but=answer)
        switched = title.language(
            lambda: {**page.texts(), "words": panels.visitor_words(visitor_texts(), service.limits)},
            None,
            said,
            **at_once,
        ).success(None, said, list(speakers.values()), js=f"(said) => visitor.speak(said, {list(speakers)})")
        for event in (page.load, switched.then):  # the model may have been exchanged since the page was made
            event(lambda: service.status(visitor_texts()), None, status, **at_once)
            if service.provider.from_hub:  # its card arrives after the page was made
                event(lambda: card(service, visitor_texts()), None, about, **at_once)
            if really:
                event(lambda: gr.update(choices=choices(visitor_texts(), service.labels)), None, really, **at_once)
    return page
