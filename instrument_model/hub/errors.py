"""What can go wrong between us and the Hub, in sentences for people.

The Hub's client raises some thirty kinds of errors, with messages of many lines that may hold signed addresses; these
messages are not shown.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

LOG_IN = "log in with `hf auth login` or set HF_TOKEN"


def hub_failures() -> tuple[type[Exception], ...]:
    """Return what calls of the Hub's client raise for reasons outside of this program.

    A function and not a constant, because the client is slow to import.
    """
    import httpx2  # the HTTP library of huggingface_hub 2
    from huggingface_hub.errors import EntryNotFoundError, HFValidationError

    # OSError: the cache's disk. RuntimeError: the client's own storage library, hf_xet.
    return httpx2.HTTPError, HFValidationError, EntryNotFoundError, OSError, RuntimeError


def hub_sentence(error: Exception, repo: str, revision: str | None = None) -> str:
    """Return what went wrong and what to do about it, in one sentence.

    Args:
        error: One of `hub_failures`.
        repo: The repository that was asked for.
        revision: Its branch, tag or commit, where one was given.
    """
    import httpx2
    from huggingface_hub import errors

    name = named(repo, revision)
    # The client hides its reason behind "it is not in the cache either" or "error while uploading".
    hidden = isinstance(error, errors.LocalEntryNotFoundError | RuntimeError)
    reason = error.__cause__ if hidden and error.__cause__ else error
    match reason:
        case errors.HFValidationError():
            return f"{repo!r} is not the name of a Hub repository, such as owner/name; check it."
        case errors.GatedRepoError():
            return f"{repo} is for those who accept its conditions; do so on its page, and {LOG_IN}."
        case errors.RepositoryNotFoundError():
            return f"The Hub has no {repo}, or does not show it to you; check the name, or {LOG_IN}."
        case errors.RevisionNotFoundError():
            return f"{repo} has no revision {revision}; check the branch, tag or commit."
        case errors.OfflineModeIsEnabled():
            return f"{name} is not in the cache, and HF_HUB_OFFLINE forbids asking the Hub; unset it or use a folder."
        case errors.HfHubHTTPError():
            return _status_sentence(reason, name)
        case errors.EntryNotFoundError():
            return f"{name} lacks a file that it announces; try again or choose another revision."
        case httpx2.TimeoutException():
            return f"The Hub did not answer in time when asked for {name}; check the connection and try again."
        case httpx2.RemoteProtocolError() | httpx2.ReadError() | httpx2.WriteError():
            return f"The connection to the Hub was cut on the way from or to {name}; try again."
        case httpx2.HTTPError():
            return f"The Hub cannot be reached for {name}; check the connection, proxy and HF_ENDPOINT, and try again."
        case _:
            return (
                f"{name} did not arrive whole or cannot be stored ({_first_line(reason)}); check the disk, try again."
            )


def named(repo: str, revision: str | None) -> str:
    """Return the repository with its revision, as in "owner/name at v1"."""
    return repo if revision is None else f"{repo} at {revision}"


def retry_after(error: BaseException | None) -> float | None:
    """Return the seconds that the Hub asks us to wait before the next request, where this error is such an answer."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    seconds = headers.get("Retry-After", "")
    return float(seconds) if seconds.isdigit() else None


def _status_sentence(error: "HfHubHTTPError", name: str) -> str:
    match status := error.response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return f"The Hub does not accept your token when asked for {name}; {LOG_IN} with a valid one."
        case HTTPStatus.FORBIDDEN:
            return f"The Hub refuses access to {name}; ask its owner for it or use a token that has it."
        case HTTPStatus.NOT_FOUND:
            return f"The Hub does not find something that belongs to {name}; check name and revision, and try again."
        case HTTPStatus.TOO_MANY_REQUESTS:
            wait = retry_after(error)
            when = "later" if wait is None else f"in {wait:.0f} seconds"
            return f"The Hub limits requests and refuses {name} for now; try again {when}."
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return f"The Hub has a fault of its own ({status}) and cannot serve {name} now; try again later."
        case _:
            return (
                f"The Hub refuses the request for {name} ({status}: {_first_line(error.server_message)}); correct it."
            )


def _first_line(message: object) -> str:
    lines = str(message or "").splitlines()
    return lines[0][:200] if lines else "no reason given"
