"""Several recordings in one go: one row each, growing on the page, and a CSV to take away."""

import base64
import csv
import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from instrument_model import InstrumentClassifier
from instrument_model.errors import InstrumentModelError

from .. import strings, views
from ..components import html
from ..server.deadlines import Patience
from ..server.limits import Limits
from ..service import Service

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """One recording: either an answer or an error."""

    file: str
    error: str | None = None
    instrument: str | None = None
    probability: float = 0.0
    also: tuple[str, ...] = ()
    seconds: float = 0.0


def recognise_row(classifier: InstrumentClassifier, path: str, max_seconds: float, patience: Patience) -> Row:
    """Recognises one file; whatever goes wrong with it stays in its row."""
    name = Path(path).name
    try:
        patience.check()
        prediction = classifier.predict(path, max_seconds, patience.check)
    except InstrumentModelError as error:
        return Row(name, error=str(error))
    except Exception:
        log.exception("A file of several failed.")
        return Row(name, error=strings.FAULT)
    also = tuple(label for label in prediction.detected if label != prediction.instrument)
    return Row(name, None, prediction.instrument, prediction.confidence, also, prediction.duration)


def recognise_files(classifier: InstrumentClassifier, paths: Sequence[str], limits: Limits) -> Iterator[str]:
    """Yields the growing table as HTML, after each file."""
    chosen = paths[: limits.max_files]
    left_out = None
    if len(paths) > len(chosen):
        left_out = strings.FILES_TOO_MANY.format(count=len(chosen), total=len(paths))
    rows: list[Row] = []
    template = views.environment.get_template("files.html")
    patience = Patience(limits.request_seconds)
    yield template.render(rows=rows, done=0, total=len(chosen), left_out=left_out, csv=None)
    for path in chosen:
        rows.append(recognise_row(classifier, path, limits.max_seconds, patience))
        done = len(rows) == len(chosen)
        link = "data:text/csv;base64," + base64.b64encode(as_csv(rows).encode()).decode() if done else None
        yield template.render(rows=rows, done=len(rows), total=len(chosen), left_out=left_out, csv=link)


def as_csv(rows: Sequence[Row]) -> str:
    """One recording a line: file, instrument, probability, also, seconds, error."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["file", "instrument", "probability", "also", "seconds", "error"])
    for row in rows:
        figures = ["", ""] if row.error else [f"{row.probability:.4f}", f"{row.seconds:.3f}"]
        also = " ".join(row.also)
        writer.writerow([_plain(row.file), row.instrument or "", figures[0], also, figures[1], row.error or ""])
    return buffer.getvalue()


def _plain(name: str) -> str:
    """A spreadsheet must not take a file name for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name


def files_tab(service: Service) -> None:
    """Add the tab's components to the page that is being built."""

    def recognise_several(paths: list[str] | None) -> Iterator[str]:
        if paths:
            yield from recognise_files(service.provider.classifier, paths, service.limits)
        else:
            yield ""

    files = gr.File(file_count="multiple", label=strings.FILES_LABEL, elem_id="files")
    html(views.hint_line(strings.FILES_TEXT.format(count=service.limits.max_files)))
    table = html("", elem_id="table")
    files.change(
        recognise_several,
        files,
        table,
        show_progress="hidden",
        trigger_mode="always_last",
        concurrency_id="recordings",
        api_visibility="private",
    )
