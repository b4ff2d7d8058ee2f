"""Components as this page uses them."""

from functools import partial

import gradio as gr

html = partial(gr.HTML, apply_default_css=False, padding=False)
"""A piece of the page's own HTML."""
