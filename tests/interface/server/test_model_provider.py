"""The model that answers while the Hub is slow, down, refusing or wrong, and the one that answers afterwards."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.errors import ModelError
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE
from interface.model_card import MAX_CARD_BYTES, accuracy_link, model_card
from interface.server.model_provider import ModelProvider
from interface.strings import ENGLISH
from tests.support.app_server import HANG_SECONDS
from tests.support.hub_server import HubServer
from tests.support.relabelled import ODD_LABELS, write_relabelled

pytestmark = pytest.mark.slow

_providers: dict[str, ModelProvider] = {}
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class View:
    """What a page would show."""

    status: str
    source: str
    revision: str | None
    has_its_card: bool = False


def open_provider(environment: Mapping[str, str], first_pause: float, timeout: float) -> View:
    """In the client process: starts as the app does, and keeps the provider."""
    repo, revision = environment.get("MODEL_REPO"), environment.get("MODEL_REVISION")
    _providers["it"] = ModelProvider(repo, revision, timeout=timeout, first_pause=first_pause)
    return view()


def view() -> View:
    """In the client process: asks the model that answers now."""
    provider = _providers["it"]
    prediction = provider.classifier.predict((np.zeros(32_000, np.float32), 32_000))
    has_its_card = provider.folder != BUNDLED_WEIGHTS
    return View(provider.status, prediction.model.source, prediction.model.revision, has_its_card)


def close_provider() -> None:
    """In the client process."""
    _providers.pop("it").close()


class App:
    """The provider in the client process."""

    def __init__(self, client: ProcessPoolExecutor) -> None:
        self._process = client

    def start(
        self, repo: str | None, revision: str | None = None, *, first_pause: float = 0.2, timeout: float = 60.0
    ) -> View:
        given = {"MODEL_REPO": repo, "MODEL_REVISION": revision}
        environment = {key: value for key, value in given.items() if value}
        return self._process.submit(open_provider, environment, first_pause, timeout).result()

    def ask(self, question: Callable[[], Answer]) -> Answer:
        return self._process.submit(question).result()

    def until(self, wanted: Callable[[View], bool]) -> View:
        deadline = time.monotonic() + HANG_SECONDS
        while not wanted(seen := self._process.submit(view).result()):
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)
        return seen


@pytest.fixture
def app(client: ProcessPoolExecutor, hub: HubServer) -> Iterator[App]:
    hub.requests.clear()
    yield App(client)
    hub.heal()
    client.submit(close_provider).result()


def test_without_a_repository_the_bundled_model_is_the_wanted_one(app: App, hub: HubServer) -> None:
    seen = app.start(None)
    assert (seen.status, seen.source, seen.revision) == ("The bundled model answers.", "bundled", None)
    assert hub.requests == []


def test_model_from_the_hub_takes_over(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    commit = hub.put("owner/new", model_files)
    assert app.start("owner/new").source in {"bundled", "owner/new"}
    seen = app.until(lambda view: view.source == "owner/new")
    assert seen.revision == commit
    assert seen.status == f"The model owner/new at {commit[:12]} answers."


def card_of_the_provider() -> tuple[str, str]:
    """In the client process: the card that the page shows, and the figures beside the answer "cello"."""
    provider = _providers["it"]
    labels, sha256 = provider.classifier.config.labels, provider.classifier.identity.sha256
    return model_card(provider.folder), accuracy_link(ENGLISH, labels, "cello", sha256, provider.folder)


def test_the_card_is_that_of_the_model_from_the_hub(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    sha256 = hashlib.sha256(model_files[WEIGHTS_FILE]).hexdigest()
    text = f"---\nlicense: mit\n---\n# My own\n\n{sha256}\n\n| Cello | 9 | 50.0 % | 0.770 | 0.5 | 0.6 | 0.5 |\n"
    hub.put("owner/carded", {**model_files, "README.md": text.encode()})
    app.start("owner/carded")
    app.until(lambda view: view.source == "owner/carded")
    deadline = time.monotonic() + HANG_SECONDS
    while not (seen := app.ask(card_of_the_provider))[0].startswith("# My own") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen[0].startswith("# My own")
    assert seen[1] == ENGLISH.card.accuracy_of.format(name="cello", count=77)


def test_a_card_that_is_too_long_stays_on_the_hub(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    hub.put("owner/long", {**model_files, "README.md": b"x" * (MAX_CARD_BYTES + 1)})
    app.start("owner/long")
    app.until(lambda view: view.source == "owner/long")
    deadline = time.monotonic() + HANG_SECONDS
    while app.ask(card_of_the_provider)[0] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert app.ask(card_of_the_provider) == ("", ENGLISH.card.accuracy_link)


def test_hub_that_never_answers(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    commit = hub.put("owner/late", model_files)
    hub.fail("", "hang")
    seen = app.start("owner/late", commit, timeout=1.0)
    assert seen.source == "bundled"
    seen = app.until(lambda view: "is asked again" in view.status)
    assert seen.source == "bundled"
    assert seen.status.startswith("The bundled model answers, and the Hub is asked again at ")
    assert seen.status.endswith(
        f" UTC: owner/late at {commit} did not arrive from the Hub within 1 seconds; try again later."
    )
    hub.heal()
    seen = app.until(lambda view: view.source == "owner/late")
    assert seen.revision == commit


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "The Hub does not accept your token"),
        (403, "The Hub refuses access"),
        (404, "The Hub does not find"),
        (429, "The Hub limits requests"),
        (500, "The Hub has a fault of its own"),
    ],
)
def test_hub_that_refuses_for_a_while(
    app: App, hub: HubServer, model_files: dict[str, bytes], status: int, reason: str
) -> None:
    hub.put(f"owner/refused-{status}", model_files)
    hub.fail("GET /api/models", "status", status=status)
    app.start(f"owner/refused-{status}")
    seen = app.until(lambda view: "is asked again" in view.status)
    assert seen.source == "bundled"
    assert reason in seen.status
    hub.heal()
    app.until(lambda view: view.source == f"owner/refused-{status}")


def test_repository_that_is_put_in_order_later(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    hub.put("owner/repaired", {CONFIG_FILE: model_files[CONFIG_FILE], "pytorch_model.bin": b"a pickle"})
    app.start("owner/repaired")
    seen = app.until(lambda view: "is asked again" in view.status)
    assert "owner/repaired holds only a pickle" in seen.status
    hub.put("owner/repaired", model_files)
    app.until(lambda view: view.source == "owner/repaired")


def test_broken_file(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    hub.put("owner/broken", {**model_files, WEIGHTS_FILE: model_files[WEIGHTS_FILE][:1000]})
    app.start("owner/broken")
    seen = app.until(lambda view: "is asked again" in view.status)
    assert seen.source == "bundled"
    assert "is damaged or not a safetensors file" in seen.status


def test_hub_that_asks_for_patience_is_left_alone(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    hub.put("owner/limited", model_files)
    hub.fail("GET /api/models", "status", status=429, headers={"Retry-After": "3600"})
    app.start("owner/limited", first_pause=0.01)
    app.until(lambda view: "is asked again" in view.status)
    time.sleep(0.3)
    assert len(hub.requests) == 1


def test_pinned_commit_in_the_cache_answers_at_once(app: App, hub: HubServer, model_files: dict[str, bytes]) -> None:
    commit = hub.put("owner/pinned", model_files)
    app.start("owner/pinned", commit)
    app.until(lambda view: view.has_its_card)
    hub.requests.clear()
    hub.fail("", "hang")
    seen = app.start("owner/pinned", commit)
    assert (seen.source, seen.revision) == ("owner/pinned", commit)
    app.until(lambda view: view.has_its_card)
    assert hub.requests == []


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        ModelProvider.from_environment({"MODEL_REPO": " ", "MODEL_REVISION": ""}).status == "The bundled model answers."
    )
    for name in ("MODEL_REPO", "MODEL_REVISION"):
        monkeypatch.delenv(name, raising=False)
    assert ModelProvider.from_environment().status == "The bundled model answers."


def test_a_folder_answers_at_once(tmp_path: Path) -> None:
    provider = ModelProvider.from_environment({"MODEL": str(write_relabelled(tmp_path / "mine"))})
    assert (provider.settled, provider.status) == (True, "The model mine answers.")
    assert provider.classifier.config.labels == ODD_LABELS
    assert provider.classifier.identity.source == "mine"  # and not where it lies


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"MODEL": "no such folder"}, "neither a folder nor a repository"),
        ({"MODEL": "a/b", "MODEL_REPO": "c/d"}, "name different models"),
        ({"MODEL": ".", "MODEL_REVISION": "main"}, "has no revisions"),
        ({"MODEL": "."}, r"holds no config\.json"),
    ],
)
def test_models_that_cannot_be(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=sentence):
        ModelProvider.from_environment(variables)


def test_broken_bundled_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        ModelProvider(bundled=tmp_path)
