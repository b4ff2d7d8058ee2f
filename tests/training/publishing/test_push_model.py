"""Publication of a model, with the real client over HTTP: what arrives, what is refused, what a failure leaves."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import ModelCard
from numpy.typing import NDArray

from instrument_model.classifier import InstrumentClassifier
from instrument_model.config import ModelConfig
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, file_sha256, load_config
from tests.support.hub_client import client_environment, client_process
from tests.support.hub_server import HubServer
from tests.support.training.publication import Push
from training.publishing.onnx_model import ONNX_FILE

pytestmark = pytest.mark.slow
PLOTS = {"confusion.png", "per_class_accuracy.png", "reliability.png", "conditions.png"}
TRANSFORMERS_FILES = {
    "configuration_instrument_model.py",
    "feature_extraction_instrument_model.py",
    "modeling_instrument_model.py",
    "mobilenet.py",
    "architecture.py",
    "preprocessor_config.json",
}


def test_one_commit_with_everything(push: Push, hub: HubServer, repo: str, model_folder: Path, wheel: Path) -> None:
    outcome = push()
    assert outcome.status == 0, outcome.error
    repository = hub.model(repo)
    commit = repository.refs["refs/heads/main"]
    assert len(repository.commits) == 2, "the one that creates the repository, and ours"
    files = repository.files(commit)
    plots = {f"evaluation/{name}" for name in PLOTS}
    clips = {f"examples/{name}.mp3" for name in ("cello", "ensemble")}
    model = {"README.md", CONFIG_FILE, WEIGHTS_FILE, ONNX_FILE, wheel.name, *TRANSFORMERS_FILES}
    assert set(files) == {".gitattributes", "evaluation/metrics.json", *model, *plots, *clips}
    assert hub.content(repository, WEIGHTS_FILE) == (model_folder / WEIGHTS_FILE).read_bytes()
    assert hub.content(repository, wheel.name) == wheel.read_bytes()
    config = hub.content(repository, CONFIG_FILE).decode()
    assert ModelConfig.from_json(config) == load_config(model_folder)
    assert json.loads(config)["auto_map"]
    assert files[WEIGHTS_FILE].lfs
    assert files[ONNX_FILE].lfs
    metrics = json.loads(hub.content(repository, "evaluation/metrics.json"))
    assert list(metrics) == [repo]
    assert b"somebody" not in hub.content(repository, "evaluation/metrics.json")
    assert f"{hub.url}/{repo}/commit/{commit}" in outcome.out
    assert f"MODEL_REPO={repo} MODEL_REVISION={commit}" in outcome.out
    assert "every file as it was sent, probabilities within 0e+00, those of the ONNX file within " in outcome.out
    assert not repository.private


def test_token_is_never_shown(push: Push, hub: HubServer) -> None:
    outcome = push()
    assert hub.token not in outcome.out + outcome.error
    wrong = "hf_" + "0" * 34
    outcome = push(token=wrong)
    assert outcome.status == 1
    assert outcome.error.startswith("error: The Hub does not accept your token")
    assert wrong not in outcome.out + outcome.error


def predict(source: str, revision: str | None, waveform: NDArray[np.float32]) -> dict[str, float]:
    """In a client process."""
    classifier = InstrumentClassifier.from_pretrained(source, revision)
    prediction = classifier.predict((waveform, 32_000))
    assert revision is None or prediction.model.revision == revision
    return dict(prediction.probabilities)


def test_fresh_process_predicts_the_same(
    push: Push, hub: HubServer, repo: str, model_folder: Path, tmp_path: Path
) -> None:
    assert push().status == 0
    commit = hub.model(repo).refs["refs/heads/main"]
    waveform = np.random.default_rng(1).uniform(-0.5, 0.5, 5 * 32_000).astype(np.float32)
    expected = predict(str(model_folder), None, waveform)
    hub.requests.clear()
    with client_process(client_environment(hub, tmp_path)) as fresh:
        found = fresh.submit(predict, repo, commit, waveform).result()
    assert found == pytest.approx(expected, abs=1e-6)
    asked = [request.line for request in hub.requests]
    about_this = [line for line in asked if repo in line]
    from_storage = [line for line in asked if line.endswith(file_sha256(model_folder / WEIGHTS_FILE))]
    assert asked == [line for line in asked if line in about_this or line in from_storage]
    assert len([line for line in asked if line.startswith("GET")]) <= 5


def test_card(push: Push, hub: HubServer, repo: str, model_folder: Path) -> None:
    assert push().status == 0
    text = hub.content(hub.model(repo), "README.md").decode()
    data: Any = ModelCard(text).data
    assert (data.license, data.library_name, data.pipeline_tag) == (
        "cc-by-nc-sa-4.0",
        "transformers",
        "audio-classification",
    )
    assert data.base_model is None, "what it began from is on GitHub and not on the Hub"
    assert "https://github.com/fschmid56/EfficientAT" in text
    widgets = data.to_dict()["widget"]
    assert [widget["src"] for widget in widgets] == [
        f"https://huggingface.co/{repo}/resolve/main/examples/{name}.mp3" for name in ("cello", "ensemble")
    ]
    assert all(len(widget["output"]) == 3 for widget in widgets)
    assert {"music", "instrument-recognition"} <= set(data.tags or ())
    assert data.datasets
    assert "accuracy" in (data.metrics or ())
    assert data.to_dict()["co2_eq_emissions"]["emissions"] == pytest.approx(5 * 30 / 1000 * 480)
    results = {result.metric_name: result.metric_value for result in data.eval_results or ()}
    assert set(results) >= {"Top-1, mean over the instruments", "One of the instruments against none of them"}
    assert f'InstrumentClassifier.from_pretrained("{repo}")' in text
    assert file_sha256(model_folder / WEIGHTS_FILE) in text
    assert "| tin_whistles | 120 | 31.5 | CC0 1.0 (LICENSE) |" in text
    assert "Share-alike: other." in text
    assert "Licensed only by the repository or the set that holds the recordings: other." in text
    assert "![confusion](evaluation/confusion.png)" in text
    assert "None" not in re.sub("None of|top_k=None", "", text)
    assert "nan" not in text


def test_private_branch_and_tag(push: Push, hub: HubServer, repo: str) -> None:
    outcome = push("--private", "--branch", "next", "--tag", "v1.0", "--message", "Better")
    assert outcome.status == 0, outcome.error
    repository = hub.model(repo)
    assert repository.private
    assert WEIGHTS_FILE not in repository.files(repository.refs["refs/heads/main"])
    commit = repository.refs["refs/heads/next"]
    assert repository.refs["refs/tags/v1.0"] == commit
    assert repository.commits[commit]["title"] == "Better"
    before = hub.model(repo)
    outcome = push("--tag", "v1.0")
    assert outcome.error == f"error: {repo} has a tag v1.0 already; choose another one.\n"
    assert hub.model(repo) == before


def test_pull_request(push: Push, hub: HubServer, repo: str) -> None:
    outcome = push("--pull-request")
    assert outcome.status == 0, outcome.error
    repository = hub.model(repo)
    assert WEIGHTS_FILE not in repository.files(repository.refs["refs/heads/main"])
    assert WEIGHTS_FILE in repository.files(repository.refs["refs/pr/1"])
    assert f"{hub.url}/{repo}/discussions/1" in outcome.out


def test_plots_of_an_earlier_evaluation_and_older_wheels_go(
    push: Push, hub: HubServer, repo: str, evaluation: Path, wheel: Path, tmp_path: Path
) -> None:
    older = shutil.copy(wheel, tmp_path / "instrument_model-0.9.0-py3-none-any.whl")
    assert push("--wheel", str(older)).status == 0
    shutil.copytree(evaluation, tmp_path / "evaluation")
    (tmp_path / "evaluation" / "conditions.png").unlink()
    assert push("--evaluation", str(tmp_path / "evaluation")).status == 0
    files = hub.model(repo).files(hub.model(repo).refs["refs/heads/main"])
    assert "evaluation/conditions.png" not in files
    assert "evaluation/confusion.png" in files
    assert {name for name in files if name.endswith(".whl")} == {wheel.name}


def test_a_link_to_the_space_and_snippets_for_the_branch(push: Push, hub: HubServer, repo: str) -> None:
    outcome = push("--branch", "next", "--space", "owner/app")
    assert outcome.status == 0, outcome.error
    card = hub.content(hub.model(repo), "README.md", "next").decode()
    assert "https://huggingface.co/spaces/owner/app" in card
    assert f"https://huggingface.co/{repo}/resolve/next/" in card
    assert f'from_pretrained("{repo}", revision="next")' in card


def test_dry_run_asks_the_hub_nothing(push: Push, hub: HubServer, repo: str) -> None:
    outcome = push("--dry-run", token=None)
    assert outcome.status == 0, outcome.error
    assert hub.requests == []
    for name in ("README.md", CONFIG_FILE, WEIGHTS_FILE, ONNX_FILE, "evaluation/metrics.json"):
        assert f"bytes  {name}\n" in outcome.out
    assert f"Nothing was uploaded to {repo}." in outcome.out
