"""The look: paper, ink and violin varnish, in light and dark. Every font is served with the page."""

import base64
from functools import partial
from pathlib import Path

import gradio as gr
from gradio.themes.utils.colors import Color

html = partial(gr.HTML, apply_default_css=False, padding=False)
"""A piece of the page's own HTML."""

ASSETS = Path(__file__).resolve().parent / "assets"

VARNISH = Color(
    name="varnish",
    c50="#fbf3ec",
    c100="#f5e2d3",
    c200="#eac4a6",
    c300="#dda274",
    c400="#cb7f49",
    c500="#b5652f",
    c600="#96501f",
    c700="#7b4019",
    c800="#603216",
    c900="#4a2813",
    c950="#2d170a",
)
PAPER = Color(
    name="paper",
    c50="#faf8f4",
    c100="#f4f0e8",
    c200="#e6e0d4",
    c300="#d2c9b9",
    c400="#a79d8c",
    c500="#7d7466",
    c600="#625a4e",
    c700="#453f36",
    c800="#2b2722",
    c900="#1e1b17",
    c950="#151310",
)


def theme() -> gr.themes.Base:
    """Gradio's components in the page's colours; what Gradio does not draw is in `assets/style.css`."""
    return gr.themes.Base(
        primary_hue=VARNISH,
        secondary_hue=VARNISH,
        neutral_hue=PAPER,
        radius_size=gr.themes.sizes.radius_lg,
        # Only these weights, because the files that Gradio ships for the others hold no Latin letters.
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    ).set(
        body_background_fill="*neutral_100",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_400",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_200",
        block_shadow="none",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_text_color="white",
        button_primary_background_fill_dark="*primary_300",
        button_primary_background_fill_hover_dark="*primary_200",
        button_primary_text_color_dark="*neutral_950",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*primary_50",
        button_secondary_background_fill_dark="*neutral_900",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_200",
        button_secondary_border_color_dark="*neutral_700",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_200",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
        loader_color="*primary_500",
        slider_color="*primary_500",
    )


def script(name: str) -> str:
    """Return a file of the page's own code."""
    return (ASSETS / name).read_text(encoding="utf-8")


def head() -> str:
    """Return what goes into the page's head.

    The font of the headings (Lora, SIL Open Font License), the frame, and the scripts that must run first.
    """
    font = base64.b64encode((ASSETS / "lora.woff2").read_bytes()).decode()
    face = f'@font-face{{font-family:Lora;font-weight:600;src:url(data:font/woff2;base64,{font}) format("woff2")}}'
    return f"<style>{face}{script('frame.css')}</style><script>{script('page.js')}{script('any-file.js')}</script>"
