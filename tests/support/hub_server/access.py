"""Who may do what with which repository, and how the Hub refuses."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from .storage import Repository, Storage


def refusal(status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None) -> HTTPException:
    """An error in the Hub's form; the client tells them apart by their code."""
    codes = {"X-Error-Code": code} if code else {}
    return HTTPException(status, message, {"X-Error-Message": message, **codes, **(headers or {})})


@dataclass
class Access:
    """The repositories as a request may see them.

    Attributes:
        storage: The repositories.
        users: Token to user; a user may write to the repositories of that name.
        hub_url: Where the Hub answers.
        storage_url: Where its large files are.
    """

    storage: Storage
    users: dict[str, str]
    hub_url: str
    storage_url: str

    def user(self, request: Request) -> str | None:
        """The name behind the request's token."""
        authorization = request.headers.get("Authorization")
        if authorization is None:
            return None
        token = authorization.removeprefix("Bearer ")
        if token not in self.users:
            raise refusal(401, "Invalid credentials in Authorization header")
        return self.users[token]

    def repository(self, request: Request, *, write: bool = False) -> Repository:
        """The repository in the request's path, where the sender may read it or even write to it."""
        parts = request.path_params
        user, repo_id = self.user(request), f"{parts['owner']}/{parts['name']}"
        repository = self.storage.find(parts.get("kind", "model"), repo_id)
        if repository is None or (repository.private and user != parts["owner"]):
            raise refusal(404 if user else 401, "Repository not found", "RepoNotFound")
        if repository.gated and user != parts["owner"]:
            raise refusal(403, f"Access to model {repo_id} is restricted.", "GatedRepo")
        if write and user != parts["owner"]:
            raise refusal(403, f"You don't have the rights to write to {repo_id}")
        return repository

    def commit_of(self, repository: Repository, revision: str) -> str:
        """The commit that a branch, tag, pull request or commit stands for."""
        commit = repository.resolve(revision)
        if commit is None:
            raise refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return commit
