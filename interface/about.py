"""The model card of the bundled model, shown on the page: what was measured, on what, and its limits."""

import re

from instrument_model.classifier import BUNDLED_WEIGHTS

from . import texts


def model_card() -> str:
    """Markdown without its metadata and without pictures, which live beside the file."""
    try:
        text = (BUNDLED_WEIGHTS / "README.md").read_text(encoding="utf-8")
    except OSError:
        return texts.ABOUT_MISSING
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return re.sub(r"!\[[^\]]*\]\((?!data:)[^)]*\)\n*", "", text).strip()
