"""Which model answers: a folder, the one that was asked for from the Hub, or the bundled one until that has come."""

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from instrument_model.classifier import BUNDLED_WEIGHTS, InstrumentClassifier
from instrument_model.errors import ModelError
from instrument_model.hub.download import DOWNLOAD_SECONDS, Snapshot, cached, download, is_commit
from instrument_model.hub.errors import named, retry_after
from instrument_model.weights import is_repository

from ..model_card import fetch_card

log = logging.getLogger(__name__)


class ModelProvider:
    """Gives a classifier at once and a better one later.

    A server must start whatever the Hub does. So the model from the Hub is loaded at once only where its pinned commit
    is in the cache already; otherwise the bundled one answers while a thread downloads the other, trying again after
    growing pauses until it has it. A branch or tag is looked up once, not followed.

    Attributes:
        classifier: What answers now; take it once per request, because it may be replaced at any time.
        settled: Whether that is the wanted model, which is not exchanged any more.
        folder: The folder of the model that answers, with its card and figures; until these have arrived, that of the
            bundled one.
        status: One sentence for the log and for the page: which model answers, and why if it is not the wanted one.
    """

    def __init__(
        self,
        repo: str | None = None,
        revision: str | None = None,
        *,
        folder: Path | None = None,
        bundled: Path | None = None,
        threads: int | None = None,
        timeout: float = DOWNLOAD_SECONDS,
        first_pause: float = 30.0,
        longest_pause: float = 3600.0,
    ) -> None:
        """Load a model.

        Args:
            repo: The Hub repository that is wanted, `owner/name`; without one the bundled model is the wanted one.
            revision: Its branch, tag or commit.
            folder: The model folder that is wanted instead.
            bundled: The model folder to fall back on, if not the one that comes with the code.
            threads: How many cores a recording may use; all if None.
            timeout: Seconds that one download may take.
            first_pause: Seconds before the second attempt, doubled before each further one.
            longest_pause: The longest pause, in seconds.

        Raises:
            ModelError: The bundled model is needed and cannot be loaded.
        """
        self._repo, self._revision, self._timeout, self._threads = repo, revision, timeout, threads
        self._first_pause, self._longest_pause = first_pause, longest_pause
        self._closed = Event()
        self.settled = True
        self.folder = folder or BUNDLED_WEIGHTS
        if folder:
            classifier = InstrumentClassifier.from_pretrained(folder, threads=threads)
            classifier.identity = replace(classifier.identity, source=folder.name)  # visitors need not know the rest
            self.classifier = classifier
            self._report(logging.INFO, f"The model {folder.name} answers.")
            return
        if repo and self._load_cached(repo):
            return
        self.classifier = InstrumentClassifier.from_pretrained(bundled, threads=threads)
        if not repo:
            self._report(logging.INFO, "The bundled model answers.")
            return
        self.settled = False
        self._report(logging.INFO, f"The bundled model answers until {self._name} has arrived from the Hub.")
        Thread(target=self._keep_trying, args=(repo,), name="model provider", daemon=True).start()

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, threads: int | None = None
    ) -> "ModelProvider":
        """Take a folder or a repository from MODEL, or a repository from MODEL_REPO, and MODEL_REVISION.

        Raises:
            ModelError: MODEL is neither, or is given beside another MODEL_REPO; a model on this computer is needed and
                cannot be loaded.
        """
        names = ("MODEL", "MODEL_REPO", "MODEL_REVISION")
        model, repo, revision = (environment.get(name, "").strip() or None for name in names)
        if model and repo and model != repo:
            raise ModelError("MODEL and MODEL_REPO name different models; leave one of them out.")
        if model and Path(model).is_dir():
            if revision:
                raise ModelError(f"{model} is a folder and has no revisions; leave MODEL_REVISION out.")
            return cls(folder=Path(model).resolve(), threads=threads)
        if model and not is_repository(model):
            raise ModelError(f"MODEL is {model}, which is neither a folder nor a repository owner/name; correct it.")
        return cls(repo or model, revision, threads=threads)

    def close(self) -> None:
        """End the attempts to reach the Hub."""
        self._closed.set()

    @property
    def from_hub(self) -> bool:
        """Whether the model that is wanted comes from the Hub, and may arrive after the page was made."""
        return self._repo is not None

    @property
    def _name(self) -> str:
        return named(str(self._repo), self._revision)

    def _load_cached(self, repo: str) -> bool:
        try:
            snapshot = cached(repo, self._revision) if is_commit(self._revision) else None
            if snapshot:
                self._answer_with(repo, snapshot.commit)
                Thread(target=self._show_card, args=(repo, snapshot), name="model card", daemon=True).start()
        except ModelError as error:
            log.warning("The cached model cannot be used: %s", error)
            return False
        return snapshot is not None

    def _keep_trying(self, repo: str) -> None:
        pause = self._first_pause
        while problem := self._attempt(repo):
            wait = min(max(pause, retry_after(problem.__cause__) or 0.0), self._longest_pause)
            again = datetime.now(UTC) + timedelta(seconds=wait)
            status = f"The bundled model answers, and the Hub is asked again at {again:%H:%M:%S} UTC: {problem}"
            self._report(logging.WARNING, status)
            if self._closed.wait(wait):
                return
            pause = min(2 * pause, self._longest_pause)

    def _attempt(self, repo: str) -> ModelError | None:
        try:
            snapshot = download(repo, self._revision, timeout=self._timeout)
            self._answer_with(repo, snapshot.commit)
            self._show_card(repo, snapshot)
        except ModelError as error:
            return error
        except Exception:
            log.exception("%s could not be loaded.", repo)
            return ModelError(f"{repo} could not be loaded by a fault of this program; see its log.")
        return None

    def _show_card(self, repo: str, snapshot: Snapshot) -> None:
        fetch_card(repo, snapshot.commit)
        self.folder = snapshot.folder

    def _answer_with(self, repo: str, commit: str) -> None:
        classifier = InstrumentClassifier.from_pretrained(repo, commit, threads=self._threads)
        # In this order: who meets the new model is never told of the old one.
        self._report(logging.INFO, f"The model {repo} at {commit[:12]} answers.")
        self.classifier, self.settled = classifier, True

    def _report(self, level: int, status: str) -> None:
        self.status = status
        log.log(level, "%s", status)
