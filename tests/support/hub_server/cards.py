"""What the Hub demands of the YAML on top of a README.md.

Its documentation: https://huggingface.co/docs/hub/model-cards and https://huggingface.co/docs/hub/spaces-config-reference.
"""

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
LICENSES = {
    "apache-2.0",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cc-by-sa-4.0",
    "mit",
    "other",
}
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
REPO_ID = re.compile(r"[\w.-]+/[\w.-]+")


def card_errors(content: str, kind: str) -> list[str]:
    """The complaints about a model's or Space's README.md; none if it is in order."""
    block = FRONT_MATTER.match(content)
    if block is None:
        return ["empty or missing yaml metadata in repo card"]
    try:
        card = yaml.safe_load(block[1])
    except yaml.YAMLError as error:
        return [f"the metadata is not YAML: {error}"]
    if not isinstance(card, dict):
        return ["the metadata must be a mapping"]
    errors = _space_errors(card) if kind == "space" else _model_errors(card)
    if card.get("license") not in {None, *LICENSES}:
        errors.append('"license" must be one of those of the Hub')
    for key in ("datasets", "models", "base_model"):
        names = card.get(key) or []
        if not all(
            isinstance(name, str) and REPO_ID.fullmatch(name) for name in ([names] if isinstance(names, str) else names)
        ):
            errors.append(f'"{key}" must name repositories of the Hub')
    return errors


def _model_errors(card: dict[str, Any]) -> list[str]:
    errors = []
    if card.get("license") == "other" and not card.get("license_name"):
        errors.append('"license_name" is required for the license "other"')
    for model in card.get("model-index") or []:
        if not model.get("name") or not model.get("results"):
            errors.append('"model-index" needs a name and results')
        for result in model.get("results") or []:
            task, dataset, metrics = (result.get(key) or {} for key in ("task", "dataset", "metrics"))
            if not task.get("type") or not dataset.get("type") or not dataset.get("name"):
                errors.append('"model-index" results need task.type, dataset.type and dataset.name')
            if not metrics or not all(metric.get("type") and metric.get("value") is not None for metric in metrics):
                errors.append('"model-index" metrics need type and value')
    return errors


def _space_errors(card: dict[str, Any]) -> list[str]:
    errors = []
    if card.get("sdk") not in {"gradio", "docker", "static"}:
        errors.append('"sdk" must be one of gradio, docker, static')
    errors += [
        f'"{key}" must be a colour of the Hub' for key in ("colorFrom", "colorTo") if card.get(key) not in COLORS
    ]
    if not card.get("title") or not card.get("emoji"):
        errors.append('"title" and "emoji" are required')
    if len(card.get("short_description", "")) > 60:
        errors.append('"short_description" must have at most 60 characters')
    return errors
