"""The command line: `python -m instrument_model FILE...`."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import AudioError, CollectionError, InstrumentModelError

if TYPE_CHECKING:
    from .prediction import Prediction

DESCRIPTION = "Recognise which musical instrument is playing in recordings."
EXAMPLES = """\
examples:
  python -m instrument_model song.mp3
  python -m instrument_model --json recordings/*.wav > instruments.jsonl
  python -m instrument_model --model owner/name --revision v1.0 song.flac
  python -m instrument_model recordings --out results.parquet
  python -m instrument_model recordings --excerpts cello --out cellos

The exit status is 1 if any file could not be read, else 0.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is heard in each file; return the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names may hold anything
    try:
        if options.excerpts:
            return _cut_excerpts(options)
        return _label_collection(options) if options.out else _run(options)
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m instrument_model",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="or one folder with --out; wav, flac, ogg, opus, mp3, aiff, m4a, webm ...",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of tables")
    parser.add_argument(
        "--model",
        metavar="FOLDER_OR_REPO",
        help="a model folder or a Hub repository owner/name; default: the bundled one",
    )
    parser.add_argument("--revision", metavar="R", help="branch, tag or commit of the Hub repository")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="TABLE",
        help="label all recordings under a folder or an fsspec address (s3://..., hf://...); the table's name ends "
        "with .parquet (a folder of files), .csv or .jsonl. The same command goes on where one was interrupted",
    )
    parser.add_argument(
        "--excerpts",
        metavar="INSTRUMENT",
        help="cut the best seconds of an instrument, such as cello, out of each recording under a folder, as WAV files "
        "in the folder --out",
    )
    parser.add_argument("--segments", action="store_true", help="with --out: rows for segments, too")
    parser.add_argument("--update", action="store_true", help="with --out: add new and changed files to a table")
    parser.add_argument(
        "--retry-errors", action="store_true", help="with --out: try again what could not be read for a table"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="with --out: files at a time; default: all cores")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="with --out: who does the work")
    return parser


def _label_collection(options: argparse.Namespace) -> int:
    from .batch.labelling import Options, label_collection

    if len(options.files) != 1:
        raise CollectionError("With --out, give one folder of recordings.")
    if options.workers is not None and options.workers < 1:
        raise CollectionError(f"--workers is {options.workers}; give at least 1 or leave it out.")
    names = (field.name for field in fields(Options))
    chosen = Options(**{name: getattr(options, name) for name in names})
    unreadable = label_collection(options.files[0], options.out, chosen)
    if unreadable:
        print(f"{unreadable} files or folders could not be read; {options.out} says why.", file=sys.stderr)
    return int(unreadable > 0)


def _cut_excerpts(options: argparse.Namespace) -> int:
    from .batch.excerpts import cut_excerpts

    if len(options.files) != 1 or not options.out:
        raise CollectionError("With --excerpts, give one folder of recordings, and a folder for the excerpts as --out.")
    unreadable = cut_excerpts(options.files[0], options.excerpts, options.out, options.model, options.revision)
    return int(unreadable > 0)


def _run(options: argparse.Namespace) -> int:
    from .classifier import InstrumentClassifier  # here, so that --help does not wait for PyTorch

    classifier = InstrumentClassifier.from_pretrained(options.model, options.revision)
    status = 0
    for file in options.files:
        try:
            prediction = classifier.predict(file)
        except AudioError as error:
            status = 1
            if options.json:
                print(json.dumps({"file": file, "error": str(error)}), flush=True)
            else:
                print(f"error: {error}", file=sys.stderr, flush=True)
        else:
            print(prediction.to_json() if options.json else "\n".join(table(prediction)) + "\n", flush=True)
    return status


def table(prediction: "Prediction") -> Iterator[str]:
    """Return the lines of a table for people."""
    cut = ", the beginning of a longer recording" if prediction.truncated else ""
    yield f"{prediction.file} ({_clock(prediction.duration)}{cut})"
    if prediction.silent:
        yield "  Silence."
        return
    if prediction.instrument is None:
        yield "  No instrument is clear enough to be named; the nearest are:"
    shown = prediction.labels.displays
    width = 2 + max(16, *(len(shown[guess.label]) for guess in prediction.top))
    yield f"  {'Instrument':<{width}}{'Probability':>12}{'Share of these':>16}"
    for guess in prediction.top:
        chosen = "*" if guess.label == prediction.instrument else " "
        yield f"{chosen} {shown[guess.label]:<{width}}{guess.probability:>12.1%}{guess.relative:>16.1%}"
    if prediction.resembles:
        yield f"  It resembles: {', '.join(found.display.lower() for found in prediction.resembles)} (a hint)"
    for label, group in groupby(prediction.segments, key=lambda segment: segment.label):
        segments = list(group)
        span = f"{_clock(segments[0].start)} to {_clock(segments[-1].end)}"
        yield f"  {span:<{width}}{shown[label] if label else '-'}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
