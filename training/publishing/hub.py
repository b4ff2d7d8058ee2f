"""What publishing a model and publishing a Space have in common: the Hub's client, its errors, and a list of files."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from instrument_model.hub.errors import LOG_IN, hub_failures, hub_sentence

from ..errors import TrainingError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ANSWER_SECONDS = 60.0
"""How long the Hub may be silent while something is sent to it."""


def add_repo(parser: argparse.ArgumentParser, kind: str) -> None:
    """Add `--repo` and who may see it."""
    about = f"{kind}; created where it does not exist"
    parser.add_argument("--repo", required=True, metavar="OWNER/NAME", help=about)
    parser.add_argument("--private", action="store_true", help="create it for its owner's eyes only")


def add_commit(parser: argparse.ArgumentParser, message: str) -> None:
    """Add `--message`, and `--dry-run`, which shows what would be committed."""
    parser.add_argument("--message", default=message, metavar="TEXT", help="of the commit (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="show what would be published and ask the Hub nothing")


@contextmanager
def hub_api(repo: str) -> Iterator["HfApi"]:
    """Give the Hub's client with the login of its user; what fails inside ends as one sentence.

    The token is found by the client (HF_TOKEN, or the file that `hf auth login` writes) and never seen here.

    Raises:
        TrainingError: There is no login, or the Hub cannot be reached or refuses.
    """
    from huggingface_hub import HfApi, get_session, get_token

    try:
        if get_token() is None:
            raise TrainingError(f"Publishing {repo} needs a login; {LOG_IN}.")
        get_session().timeout = ANSWER_SECONDS  # by default, the client waits for ever
        yield HfApi()
    except hub_failures() as error:
        raise TrainingError(hub_sentence(error, repo)) from error
    except ValueError as error:  # the Hub's own complaint about a README.md
        raise TrainingError(f"The Hub does not accept what is to be published as {repo}: {_one_line(error)}") from error


def describe(folder: Path) -> str:
    """Return the files below a folder with their sizes, as they would be uploaded."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{path.stat().st_size:>12,} bytes  {path.relative_to(folder).as_posix()}" for path in paths]
    total = sum(path.stat().st_size for path in paths)
    return "\n".join([*lines, f"{total:>12,} bytes in {len(paths)} files"])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") + "."
