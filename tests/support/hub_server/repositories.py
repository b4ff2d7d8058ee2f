"""Users, cards, repositories and their branches, tags and variables, from huggingface_hub's source (hf_api.py)."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .access import Access, refusal
from .cards import card_errors

REPO = "/api/{kind}s/{owner}/{name}"


@dataclass
class Repositories:
    """The part of the interface that moves no files."""

    access: Access

    def routes(self) -> list[Route]:
        """All of them on the Hub itself."""
        return [
            Route("/api/whoami-v2", self.whoami),
            Route("/api/validate-yaml", self.validate_card, methods=["POST"]),
            Route("/api/repos/create", self.create, methods=["POST"]),
            Route(REPO, self.info),
            Route(REPO + "/revision/{revision:path}", self.info),
            Route(REPO + "/tree/{revision:path}", self.tree),
            Route(REPO + "/refs", self.refs),
            Route(REPO + "/branch/{branch:path}", self.branch, methods=["POST"]),
            Route(REPO + "/tag/{revision:path}", self.tag, methods=["POST"]),
            Route(REPO + "/variables", self.variables),
            Route(REPO + "/variables", self.set_variable, methods=["POST"]),
            Route(REPO + "/variables", self.delete_variable, methods=["DELETE"]),
        ]

    async def whoami(self, request: Request) -> Response:
        user = self.access.user(request)
        if user is None:
            raise refusal(401, "Invalid username or password.")
        return JSONResponse({"type": "user", "name": user, "orgs": []})

    async def validate_card(self, request: Request) -> Response:
        body = await request.json()
        errors = card_errors(body["content"], body["repoType"])
        content = {"errors": [{"message": error} for error in errors], "warnings": []}
        return JSONResponse(content, 400 if errors else 200)

    async def create(self, request: Request) -> Response:
        body = await request.json()
        user = self.access.user(request)
        owner, kind = body.get("organization") or user, body.get("type", "model")
        if user is None or owner != user:
            raise refusal(403 if user else 401, f"You don't have the rights to create a {kind} for {owner}")
        repo_id = f"{owner}/{body['name']}"
        url = f"{self.access.hub_url}/{'' if kind == 'model' else kind + 's/'}{repo_id}"
        if self.access.storage.find(kind, repo_id):
            return JSONResponse({"error": f"You already created this {kind} repo", "url": url}, 409)
        private = body.get("visibility") == "private" or bool(body.get("private"))
        self.access.storage.create(kind, repo_id, private=private, sdk=body.get("sdk"))
        return JSONResponse({"url": url, "id": repo_id})

    async def info(self, request: Request) -> Response:
        repository = self.access.repository(request)
        commit = self.access.commit_of(repository, request.path_params.get("revision", "main"))
        siblings: list[dict[str, Any]] = []
        for path, file in repository.files(commit).items():
            sibling: dict[str, Any] = {"rfilename": path}
            if request.query_params.get("blobs"):
                sibling |= {"blobId": file.oid, "size": file.size}
                if file.lfs:
                    sibling["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": 134}
            siblings.append(sibling)
        fields = {"id": repository.name, "sha": commit, "private": repository.private, "siblings": siblings}
        return JSONResponse(fields | {"sdk": repository.sdk})

    async def tree(self, request: Request) -> Response:
        repository = self.access.repository(request)
        commit = self.access.commit_of(repository, request.path_params["revision"])
        entries = []
        for path, file in repository.files(commit).items():
            large = {"lfs": {"oid": file.sha256, "size": file.size, "pointerSize": 134}} if file.lfs else {}
            entries.append({"type": "file", "path": path, "oid": file.oid, "size": file.size, **large})
        return JSONResponse(entries)

    async def refs(self, request: Request) -> Response:
        names = {
            "branches": "refs/heads/",
            "tags": "refs/tags/",
            "pullRequests": "refs/pr/",
            "converts": "refs/convert/",
        }
        refs = self.access.repository(request).refs.items()
        return JSONResponse(
            {
                key: [
                    {"name": ref.removeprefix(prefix), "ref": ref, "targetCommit": commit}
                    for ref, commit in refs
                    if ref.startswith(prefix)
                ]
                for key, prefix in names.items()
            }
        )

    async def branch(self, request: Request) -> Response:
        repository = self.access.repository(request, write=True)
        ref = f"refs/heads/{request.path_params['branch']}"
        if ref in repository.refs:
            raise refusal(409, "Reference already exists")
        repository.refs[ref] = self.access.commit_of(repository, (await request.json()).get("startingPoint", "main"))
        self.access.storage.save(repository)
        return JSONResponse({})

    async def tag(self, request: Request) -> Response:
        repository = self.access.repository(request, write=True)
        ref = f"refs/tags/{(await request.json())['tag']}"
        if ref in repository.refs:
            raise refusal(409, "Tag reference exists already")
        repository.refs[ref] = self.access.commit_of(repository, request.path_params["revision"])
        self.access.storage.save(repository)
        return JSONResponse({})

    async def variables(self, request: Request) -> Response:
        return JSONResponse({key: {"value": value} for key, value in self.access.repository(request).variables.items()})

    async def set_variable(self, request: Request) -> Response:
        repository, body = self.access.repository(request, write=True), await request.json()
        repository.variables[body["key"]] = body["value"]
        self.access.storage.save(repository)
        return await self.variables(request)

    async def delete_variable(self, request: Request) -> Response:
        repository = self.access.repository(request, write=True)
        repository.variables.pop((await request.json())["key"])
        self.access.storage.save(repository)
        return await self.variables(request)
