"""What an evaluation leaves behind: metrics.json, plots, and a Markdown report."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from instrument_model.atomic import write_text
from instrument_model.labels import LABELS, LabelSet

from ..errors import TrainingError
from .answers import compare
from .results import Results, write_results

REPORT_FILE = "report.md"
TEMPLATE = Path(__file__).with_name("report.md.j2")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows with equal keys as lines of text, the keys above."""
    shown = [{name: _shown(value) for name, value in row.items()} for row in rows]
    widths = {name: max(len(name), *(len(row[name]) for row in shown)) for name in rows[0]}
    lines = [{name: name for name in widths}, *shown]
    return "\n".join("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip() for row in lines)


def to_json(value: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """Return JSON, which has no NaN: a figure that there is nothing to compute from becomes null."""
    return json.dumps(_finite(value), indent=1, allow_nan=False) + "\n"


def prepare(folder: Path) -> None:
    """Make the folder, so that nobody waits for figures that cannot be kept.

    Raises:
        TrainingError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"The folder {folder} cannot be made ({error.strerror}); choose another --out.") from error


def write(folder: Path, results: Mapping[str, Results], labels: LabelSet = LABELS) -> None:
    """Write everything; with several models the folder holds their comparison, and a subfolder each one's report.

    Raises:
        TrainingError: The folder cannot be written.
    """
    from .plots import draw

    prepare(folder)
    try:
        write_results(folder, results)
        if len(results) > 1:
            for number, (model, result) in enumerate(results.items(), start=1):
                write(
                    folder / f"{number}-{re.sub(r'[^A-Za-z0-9.-]+', '_', model).strip('_')[-60:]}",
                    {model: result},
                    labels,
                )
            plots = []
        else:
            plots = draw(folder, next(iter(results.values())), labels)
        write_text(folder / REPORT_FILE, _render(results, plots, labels))
    except OSError as error:
        raise TrainingError(
            f"The report cannot be written to {folder} ({error.strerror}); choose another --out."
        ) from error


def _render(results: Mapping[str, Results], plots: list[Path], labels: LabelSet) -> str:
    import jinja2

    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    environment.filters["shown"] = _shown
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        results=results, rows=compare(results), plots=[path.name for path in plots], display=labels.displays
    )


def _shown(value: Any) -> str:  # noqa: ANN401 - figures of any kind
    if isinstance(value, float):
        return f"{value:.3f}" if math.isfinite(value) else "–"
    return str(value).replace("|", "/")


def _finite(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
