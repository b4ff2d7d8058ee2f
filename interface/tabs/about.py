"""The last tab: what the model is and how good it is, from its model card."""

import gradio as gr

from .. import model_card
from ..service import Service
from ..strings import Texts


def about_tab(service: Service, texts: Texts) -> gr.Markdown:
    """Add the tab's components to the page that is being built, and return the one that holds the card."""
    return gr.Markdown(card(service, texts), elem_id="about")


def card(service: Service, texts: Texts) -> str:
    """Return the card of the model that answers now."""
    return model_card.model_card(service.provider.folder) or texts.about.missing
