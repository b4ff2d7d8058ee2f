"""Publish the app as a Hugging Face Space that answers with a model from the Hub, pinned by its commit.

    python -m training.publishing.push_space OWNER/NAME --revision v1 --repo OWNER/SPACE --dry-run

Log in before with `hf auth login` or set HF_TOKEN.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..cli import Command
from ..errors import TrainingError
from .hub import add_commit, add_repo, describe, hub_api

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo

PROJECT = Path(__file__).resolve().parents[2]
FILES = ("app.py", "README.md", "requirements.txt")
OPTIONAL_FILES = ("LICENSE", "packages.txt")
FOLDERS = ("examples", "instrument_model", "interface", "weights")
LEFT_OUT = (".*", "__pycache__", "evaluation", "calibration.json", "provenance.json")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def stage(project: Path, folder: Path, model: str | None = None, commit: str | None = None) -> None:
    """Copy what a Space needs, and nothing else, into a folder.

    Args:
        project: The project's folder.
        folder: An empty folder.
        model: The model on the Hub, `owner/name`; the Space then fetches it while it is built.
        commit: Of the model.

    Raises:
        TrainingError: Something that a Space needs is missing.
    """
    try:
        for name in FILES:
            shutil.copy(project / name, folder)
        for name in OPTIONAL_FILES:
            if (project / name).is_file():
                shutil.copy(project / name, folder)
        for name in FOLDERS:
            code = ("*.py", "*.ipynb") if name == "examples" else ()  # what renders or uses them
            shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT, *code))
    except OSError as error:
        raise TrainingError(f"{project} is not a whole copy of the project ({error}); get it again.") from error
    readme = folder / "README.md"
    if not FRONT_MATTER.match(readme.read_text(encoding="utf-8")):
        raise TrainingError(f"{project / 'README.md'} does not begin with a Space's settings; put them back.")
    if model:
        from huggingface_hub import metadata_load, metadata_save

        # Fetched at build time, the commit is in the cache when the Space starts.
        preload = {"models": [model], "preload_from_hub": [f"{model} config.json,model.safetensors {commit}"]}
        metadata_save(readme, {**(metadata_load(readme) or {}), **preload})


def pin(model: str, revision: str | None) -> str:
    """Return the commit that a model's branch or tag stands for, after checking that it is a model of this library.

    Raises:
        ModelError: It is none, or the Hub cannot be reached or refuses.
    """
    from instrument_model.hub.download import download
    from instrument_model.weights import load_model

    snapshot = download(model, revision)
    load_model(snapshot.folder)
    return snapshot.commit


def push(folder: Path, options: argparse.Namespace, commit: str | None) -> "CommitInfo":
    """Set the Space's variables and make one commit of the staged folder.

    Raises:
        TrainingError: The Hub cannot be reached or refuses.
    """
    wanted = {"MODEL_REPO": options.model, "MODEL_REVISION": commit} if commit else {}
    with hub_api(options.repo) as api:
        api.create_repo(
            options.repo,
            repo_type="space",
            space_sdk="gradio",
            space_hardware=options.hardware,
            private=options.private,
            exist_ok=True,
        )
        present = {key: variable.value for key, variable in api.get_space_variables(options.repo).items()}
        for key in ("MODEL_REPO", "MODEL_REVISION"):
            if key in present and key not in wanted:
                api.delete_space_variable(options.repo, key)
            elif key in wanted and present.get(key) != wanted[key]:  # each change restarts the Space
                api.add_space_variable(options.repo, key, wanted[key])
        return api.upload_folder(
            repo_id=options.repo,
            repo_type="space",
            folder_path=folder,
            delete_patterns="*",  # what an earlier version had and this one has not
            commit_message=options.message,
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument(
        "model", nargs="?", metavar="OWNER/NAME", help="model on the Hub that answers (default: the bundled weights)"
    )
    add_repo(parser, "Space")
    parser.add_argument(
        "--revision", metavar="NAME", help="of the model: a branch, tag or commit (default: main); pinned by its commit"
    )
    parser.add_argument(
        "--hardware", metavar="TEXT", help="of a new Space, such as cpu-basic or zero-a10g (default: the Hub's own)"
    )
    add_commit(parser, "Update the app")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        ModelError: The model cannot be had from the Hub.
        TrainingError: The project is not complete, or the Hub cannot be reached or refuses.
    """
    if options.revision and not options.model:
        raise TrainingError("--revision is that of a model on the Hub; give both or neither.")
    commit = pin(options.model, options.revision) if options.model else None
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stage(PROJECT, folder, options.model, commit)
        print(describe(folder))
        print(f"MODEL_REPO={options.model} MODEL_REVISION={commit}" if commit else "The bundled weights answer.")
        if options.dry_run:
            print(f"Nothing was uploaded to {options.repo}.")
            return
        print(push(folder, options, commit).repo_url)


main = Command("training.publishing.push_space", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
