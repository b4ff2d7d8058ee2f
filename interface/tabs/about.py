"""The last tab: what the model is and how good it is, from its model card."""

import gradio as gr

from .. import model_card
from ..service import Service
from ..strings import Texts


def about_tab(service: Service, texts: Texts) -> None:
    """Add the tab's components to the page that is being built."""
    gr.Markdown(model_card.model_card(service.provider.folder) or texts.about.missing, elem_id="about")
