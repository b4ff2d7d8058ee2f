"""Pages and answers in the language of each visitor."""

from collections.abc import Callable
from unittest.mock import patch

import jinja2
from gradio import routes
from gradio.context import Context, LocalContext

from ...languages import HEADER, SHOWN
from ...strings import ENGLISH, LANGUAGES, Texts
from .page import Page


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
