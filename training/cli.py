"""The skeleton of training's commands: a parser from the docstring, shared arguments, and errors in one sentence."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from instrument_model.errors import InstrumentModelError

REFUSED = 1
MISUSED = 2
INTERRUPTED = 130  # the shell's number for a command ended by Ctrl-C


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with status 2."""
        print(f"error: {message}; {self.prog} --help lists the arguments.", file=sys.stderr)
        raise SystemExit(MISUSED)


@dataclass(frozen=True)
class Command:
    """A command, called with its arguments, or with those of the program; returns the exit status.

    Attributes:
        module: What stands behind `python -m`.
        about: The module's docstring; its first line is the command's line in the list of all commands.
        add_arguments: Adds the command's arguments to a parser.
        run: Does the work. What its user can put right is an `InstrumentModelError` whose text is one sentence.
    """

    module: str
    about: str | None
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]

    def parser(self) -> argparse.ArgumentParser:
        """Return the command's parser."""
        layout = argparse.RawDescriptionHelpFormatter
        parser = Parser(prog=f"python -m {self.module}", description=self.about, formatter_class=layout)
        self.add_arguments(parser)
        return parser

    def __call__(self, arguments: Sequence[str] | None = None) -> int:
        """Run the command; what its user can put right is printed as one sentence on stderr."""
        options = self.parser().parse_intermixed_args(arguments)  # MODEL may come last
        try:
            self.run(options)
        except InstrumentModelError as error:
            print(f"error: {error}", file=sys.stderr)
            return REFUSED
        except KeyboardInterrupt:
            print("stopped; the same command goes on from here.", file=sys.stderr)
            return INTERRUPTED
        return 0


def add_model(parser: argparse.ArgumentParser, default: Path | None = None) -> None:
    """Add the model folder that a command works on, as its first argument."""
    if default is None:
        parser.add_argument("model", type=Path, metavar="MODEL", help="model folder")
    else:
        about = f"model folder (default: {default})"
        parser.add_argument("model", type=Path, nargs="?", default=default, metavar="MODEL", help=about)


def add_out(parser: argparse.ArgumentParser, about: str, *, required: bool = True) -> None:
    """Add `--out`, the file or folder to write."""
    parser.add_argument("--out", type=Path, required=required, metavar="PATH", help=about)


def add_seed(parser: argparse.ArgumentParser, about: str) -> None:
    """Add `--seed`: the same number always gives the same result."""
    parser.add_argument("--seed", type=int, default=0, metavar="NUMBER", help=f"{about} (default: %(default)s)")


def add_workers(parser: argparse.ArgumentParser, about: str) -> None:
    """Add `--workers`, how much is done side by side."""
    parser.add_argument("--workers", type=int, default=1, metavar="NUMBER", help=f"{about} (default: %(default)s)")


def add_items(parser: argparse.ArgumentParser, default: int) -> None:
    """Add `--items`, the number of training items."""
    about = "training items (default: %(default)s)"
    parser.add_argument("--items", type=int, default=default, metavar="NUMBER", help=about)
