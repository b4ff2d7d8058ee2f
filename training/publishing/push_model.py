"""Publish a model with its evaluation as one commit on the Hugging Face Hub, then download it and compare.

Beside the model go its ONNX file, what Transformers needs, and the library's wheel.

    python -m training.publishing.push_model weights --repo OWNER/NAME --dry-run
    python -m training.publishing.push_model weights --repo OWNER/NAME --tag v1.0

Log in before with `hf auth login` or set HF_TOKEN.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..cli import Command
from ..errors import TrainingError
from .hub import add_commit, add_repo, describe, hub_api
from .measured_model import EVALUATION, add_model_arguments, read_model_arguments
from .publication import Publication
from .wheel import build_wheel, check_wheel

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo


def push(folder: Path, options: argparse.Namespace) -> "CommitInfo":
    """Make one commit of a staged folder, so that a failure leaves the branch as it was.

    Raises:
        TrainingError: The Hub cannot be reached or refuses.
    """
    with hub_api(options.repo) as api:
        # A repository that exists stays as private or public as it is.
        api.create_repo(options.repo, private=options.private, exist_ok=True)
        if options.tag in {tag.name for tag in api.list_repo_refs(options.repo).tags}:
            raise TrainingError(f"{options.repo} has a tag {options.tag} already; choose another one.")
        if options.branch:
            api.create_branch(options.repo, branch=options.branch, exist_ok=True)
        commit = api.upload_folder(
            repo_id=options.repo,
            folder_path=folder,
            revision=options.branch,
            create_pr=options.pull_request,
            delete_patterns=[f"{EVALUATION}/*", "*.whl"],  # those of an earlier evaluation and version
            commit_message=options.message,
        )
        if options.tag:
            api.create_tag(options.repo, tag=options.tag, revision=commit.oid)
    return commit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model_arguments(parser)
    add_repo(parser, "repository on the Hub")
    parser.add_argument("--branch", metavar="NAME", help="commit to this branch instead of main; created where missing")
    parser.add_argument("--pull-request", action="store_true", help="propose the commit instead of making it")
    parser.add_argument("--wheel", type=Path, metavar="FILE", help="the library's wheel (default: one is built)")
    parser.add_argument("--space", metavar="OWNER/SPACE", help="Space with this model, for a link in the card")
    parser.add_argument("--tag", metavar="NAME", help="for the commit, such as v1.0")
    add_commit(parser, "Publish the model with its evaluation")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        ModelError: The model cannot be loaded, or is not what the Hub gives back.
        TrainingError: There is no evaluation of it, or the Hub cannot be reached or refuses.
    """
    if options.branch and options.pull_request:
        raise TrainingError("A pull request goes to the main branch; give --branch or --pull-request, not both.")
    measured, provenance = read_model_arguments(options)
    from .staging import stage  # these import the libraries of training
    from .verification import verify

    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "published")
        folder.mkdir()
        wheel = options.wheel or build_wheel(Path(temporary))
        check_wheel(wheel)
        publication = Publication(options.repo, wheel.name, options.branch or "main", options.space)
        stage(measured, provenance, publication, wheel, folder)
        print(describe(folder))
        if options.dry_run:
            print(f"Nothing was uploaded to {options.repo}.")
            return
        commit = push(folder, options)
        found = verify(folder, options.model, options.repo, commit.oid)
    print(
        f"Downloaded again: every file as it was sent, probabilities within {found.library:.0e}, "
        f"those of the ONNX file within {found.onnx:.0e}."
    )
    print(commit.pr_url or commit.commit_url)
    print(f"Pin it with MODEL_REPO={options.repo} MODEL_REVISION={commit.oid}")


main = Command("training.publishing.push_model", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
