"""All that this app knows of Gradio's insides, so that an upgrade of Gradio has to be looked at in one place.

`tests/interface/server/test_gradio_internals.py` says in one sentence which of these names a new version has changed.
"""

from .languages import begin_pages_with, in_languages, visitor_texts
from .page import Page
from .serving import (
    admit_everybody,
    answer_tools_in_json,
    bound_upload_progress,
    is_abandoned,
    sent_with,
    serve_with,
)

__all__ = [
    "Page",
    "admit_everybody",
    "answer_tools_in_json",
    "begin_pages_with",
    "bound_upload_progress",
    "in_languages",
    "is_abandoned",
    "sent_with",
    "serve_with",
    "visitor_texts",
]
