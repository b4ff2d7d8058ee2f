"""Publish a model with its evaluation as one commit on the Hugging Face Hub, then download it and compare.

    python -m training.publishing.push_model weights --repo OWNER/NAME --dry-run
    python -m training.publishing.push_model weights --repo OWNER/NAME --tag v1.0

Log in before with `hf auth login` or set HF_TOKEN.
"""

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..cli import Command
from ..errors import TrainingError
from ..evaluation.results import write_results
from .hub import add_commit, add_repo, describe, hub_api
from .measured_model import MeasuredModel
from .model_card import EVALUATION, add_model_arguments, model_card, read_model_arguments
from .provenance import Provenance

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo

TOLERANCE = 1e-6
"""How much a probability may change on the way to the Hub and back."""


def stage(measured: MeasuredModel, provenance: Provenance, repo: str, folder: Path) -> None:
    """Puts into a folder exactly what is to be published: model, card, figures and plots."""
    from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE

    for name in (CONFIG_FILE, WEIGHTS_FILE):
        shutil.copy(measured.folder / name, folder)
    plots = folder / EVALUATION
    plots.mkdir()
    # Paths of this computer are nobody else's business.
    lost = measured.results.unreadable
    published = replace(measured.results, unreadable=lost if isinstance(lost, int) else len(lost))
    write_results(plots, {repo: published})
    for path in measured.plots:
        shutil.copy(path, plots)
    card = model_card(measured, provenance, repo)
    (folder / "README.md").write_text(f"{card}\n", encoding="utf-8")


def push(folder: Path, options: argparse.Namespace) -> "CommitInfo":
    """Makes one commit of a staged folder, so that a failure leaves the branch as it was.

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
            delete_patterns=f"{EVALUATION}/*",  # those of an earlier evaluation
            commit_message=options.message,
        )
        if options.tag:
            api.create_tag(options.repo, tag=options.tag, revision=commit.oid)
    return commit


def verify(model: Path, repo: str, commit: str) -> float:
    """Downloads a commit and compares it with the model it was made from.

    Returns:
        The largest difference between their probabilities, on noise.

    Raises:
        ModelError: It cannot be downloaded.
        TrainingError: It is another model.
    """
    import torch

    from instrument_model.hub.download import download
    from instrument_model.network.model import load_network
    from instrument_model.weights import WEIGHTS_FILE, file_sha256

    published = download(repo, commit).folder
    if file_sha256(published / WEIGHTS_FILE) != file_sha256(model / WEIGHTS_FILE):
        raise TrainingError(f"{repo} at {commit} holds other weights than {model}; publish it again.")
    ours, theirs = load_network(model), load_network(published)
    noise = torch.rand(2, 3 * ours.config.frontend.sample_rate, generator=torch.Generator().manual_seed(0)) - 0.5
    with torch.inference_mode():
        difference = float((ours.probabilities(noise) - theirs.probabilities(noise)).abs().max())
    if difference > TOLERANCE:
        raise TrainingError(
            f"{repo} at {commit} answers differently from {model} (by {difference:.1g}); publish it again."
        )
    return difference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model_arguments(parser)
    add_repo(parser, "repository on the Hub")
    parser.add_argument("--branch", metavar="NAME", help="commit to this branch instead of main; created where missing")
    parser.add_argument("--pull-request", action="store_true", help="propose the commit instead of making it")
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
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stage(measured, provenance, options.repo, folder)
        print(describe(folder))
        if options.dry_run:
            print(f"Nothing was uploaded to {options.repo}.")
            return
        commit = push(folder, options)
    difference = verify(options.model, options.repo, commit.oid)
    print(f"Downloaded again: the same weights, probabilities within {difference:.0e}.")
    print(commit.pr_url or commit.commit_url)
    print(f"Pin it with MODEL_REPO={options.repo} MODEL_REVISION={commit.oid}")


main = Command("training.publishing.push_model", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
