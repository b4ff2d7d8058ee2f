"""The last tab: what the model is and how good it is, from its model card."""

import gradio as gr

from .. import model_card, strings
from ..service import Service


def about_tab(service: Service) -> None:
    """Add the tab's components to the page that is being built."""
    gr.Markdown(model_card.model_card(service.provider.folder) or strings.ABOUT_MISSING, elem_id="about")
