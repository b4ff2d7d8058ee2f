"""Models from the Hugging Face Hub: two files, checked before and after their download, kept in the Hub's own cache.

Whoever may name a repository can make this library download from it, so nothing is taken on trust: a pickle is never
touched, `config.json` is small and valid before the weights are asked for, the weights are no larger than the network
that it describes, and what arrives has the checksum that the Hub announces.
"""

import hashlib
import re
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from ..config import ModelConfig
from ..errors import ModelError
from ..weights import CONFIG_FILE, WEIGHTS_FILE, file_sha256, load_config, weights_bytes
from .errors import hub_failures, hub_sentence, named

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

DOWNLOAD_SECONDS = 120.0
"""How long a download may take in all."""

ANSWER_SECONDS = 10.0
"""How long the Hub may be silent (for its client's transfers, HF_HUB_DOWNLOAD_TIMEOUT sets another limit)."""

MAX_CONFIG_BYTES = 100_000
MAX_HEADER_BYTES = 1_000_000  # of a safetensors file; ours has 30 kB
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
PICKLES = (".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth")


class Snapshot(NamedTuple):
    """A model folder in the Hub's cache, and the commit that it holds."""

    folder: Path
    commit: str


def download(repo: str, revision: str | None = None, *, timeout: float = DOWNLOAD_SECONDS) -> Snapshot:
    """Find a model in the Hub's cache or download it there.

    A commit that is in the cache is used without asking the Hub. A branch or tag is looked up; where the Hub cannot be
    reached, or HF_HUB_OFFLINE is set, the commit that it stood for the last time is used.

    Args:
        repo: `owner/name`.
        revision: A branch, tag or commit (40 hexadecimal digits); by default the main branch.
        timeout: In seconds, for everything together.

    Raises:
        ModelError: The name is wrong, the Hub does not answer in time or refuses, the repository holds no model of this
            library, or a file arrives broken.
    """
    if is_commit(revision) and (found := cached(repo, revision)):
        return found
    try:
        return _start(repo, revision).result(timeout)
    except TimeoutError as error:
        name = named(repo, revision)
        raise ModelError(f"{name} did not arrive from the Hub within {timeout:g} seconds; try again later.") from error


def cached(repo: str, revision: str | None = None) -> Snapshot | None:
    """Return the model as the cache holds it, whole and intact; None where it does not.

    Never asks the Hub. A file that has become damaged is removed, so that it will be downloaded again.

    Raises:
        ModelError: The name of the repository is wrong, or the cache cannot be read.
    """
    from huggingface_hub import try_to_load_from_cache

    try:
        found = [try_to_load_from_cache(repo, name, revision=revision) for name in (CONFIG_FILE, WEIGHTS_FILE)]
        paths = [Path(path) for path in found if isinstance(path, str)]
        if len(paths) < len(found) or not all(_intact(path) for path in paths):
            return None
    except hub_failures() as error:
        raise ModelError(hub_sentence(error, repo, revision)) from error
    folder = paths[0].parent
    return Snapshot(folder, folder.name)


def is_commit(revision: str | None) -> bool:
    """Return whether this is a whole commit, which always stands for the same files, and not a branch or a tag."""
    return revision is not None and COMMIT.fullmatch(revision) is not None


_running: dict[tuple[str, str | None], Future[Snapshot]] = {}
_lock = Lock()


def _start(repo: str, revision: str | None) -> Future[Snapshot]:
    """Download in a thread, because the Hub's client cannot be told to give up: it waits as long as a server likes.

    Whoever asks again after a time-out joins the download that is still running.
    """
    key = (repo, revision)

    def run() -> None:
        try:
            future.set_result(_download(repo, revision))
        except BaseException as error:
            future.set_exception(error)  # raised again where the result is awaited
        finally:
            with _lock:
                del _running[key]

    with _lock:
        if key in _running:
            return _running[key]
        future = _running[key] = Future()
    Thread(target=run, name=f"download {repo}", daemon=True).start()
    return future


def _download(repo: str, revision: str | None) -> Snapshot:
    from huggingface_hub import hf_hub_download

    try:
        info = _ask(repo, revision)
    except hub_failures() as error:
        if _unreachable(error) and (found := cached(repo, revision)):
            return found
        raise ModelError(hub_sentence(error, repo, revision)) from error
    commit = str(info.sha)
    try:
        _check_size(info, CONFIG_FILE, MAX_CONFIG_BYTES)
        config_path = Path(hf_hub_download(repo, CONFIG_FILE, revision=commit, etag_timeout=ANSWER_SECONDS))
        _check_intact(config_path)
        _check_size(info, WEIGHTS_FILE, _max_weights_bytes(load_config(config_path.parent)))
        _check_intact(Path(hf_hub_download(repo, WEIGHTS_FILE, revision=commit, etag_timeout=ANSWER_SECONDS)))
        if revision != commit:
            # Asked for by its name, a branch is remembered in the cache, where it is found again without the Hub.
            hf_hub_download(repo, CONFIG_FILE, revision=revision, etag_timeout=ANSWER_SECONDS)
    except hub_failures() as error:
        raise ModelError(hub_sentence(error, repo, revision)) from error
    return Snapshot(config_path.parent, commit)


def _ask(repo: str, revision: str | None) -> "ModelInfo":
    """Asks the Hub which commit a revision stands for and which files it holds, with their sizes."""
    from huggingface_hub import HfApi

    elsewhere = f"What answers in the Hub's place when asked for {repo} is not the Hub; check HF_ENDPOINT and proxy."
    try:
        info = HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=ANSWER_SECONDS)
    except hub_failures():
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(elsewhere) from error
    if not is_commit(info.sha):
        raise ModelError(elsewhere)
    return info


def _unreachable(error: Exception) -> bool:
    """Return whether the Hub could not say anything about the repository, and not that we may not have it."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, HfHubHTTPError):
        return error.response.status_code >= 429
    return isinstance(error, OfflineModeIsEnabled | httpx2.HTTPError)


def _check_size(info: "ModelInfo", name: str, limit: int) -> None:
    """Refuses a file that is not there or too large, before any of it is downloaded."""
    sizes = {sibling.rfilename: sibling.size for sibling in info.siblings or ()}
    pickle = next((found for found in sizes if found.endswith(PICKLES)), None)
    if name == WEIGHTS_FILE and name not in sizes and pickle:
        raise ModelError(
            f"{info.id} holds only a pickle ({pickle}), which could run any code; ask for a {WEIGHTS_FILE}."
        )
    if name not in sizes:
        raise ModelError(f"{info.id} holds no {name}, so it is no model of this library; choose another repository.")
    size = sizes[name]
    if size is None or size > limit:
        raise ModelError(
            f"{info.id} announces {size or 'an unknown number of'} bytes of {name}, where a model like this has "
            f"at most {limit}; it was not downloaded, choose another repository."
        )


def _max_weights_bytes(config: ModelConfig) -> int:
    """Return the size of this network's weights in single precision."""
    return weights_bytes(config) + MAX_HEADER_BYTES


def _check_intact(path: Path) -> None:
    if not _intact(path):
        raise ModelError(f"{path.name} arrived from the Hub with a wrong checksum and was thrown away; try again.")


def _intact(path: Path) -> bool:
    """Return whether a cached file has the checksum that the cache names it by; one that has not is removed.

    The cache's folders hold links to files named as the Hub's ETag: the SHA-256 of a large file, Git's hash of a small
    one. Where links are not possible (Windows without developer mode), nothing can be said.
    """
    if not path.is_symlink():
        return True
    blob = path.parent / path.readlink()
    if SHA256.fullmatch(blob.name):
        digest = file_sha256(blob)
    elif COMMIT.fullmatch(blob.name):
        content = blob.read_bytes()
        digest = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    else:
        return True
    if digest != blob.name:
        path.unlink()
        blob.unlink()
        return False
    return True
