"""Files on their way to and from the Hub, from huggingface_hub's source (_commit_api.py, lfs.py, file_download.py)."""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .access import Access, refusal
from .repositories import REPO

FILES = "/{owner}/{name}"
LFS = ".git/info/lfs/objects/batch"


@dataclass
class Uploads:
    """Asks how to send each file, sends large ones to the storage, and commits everything at once."""

    access: Access

    def routes(self) -> list[Route]:
        """Those on the Hub itself."""
        return [
            Route(REPO + "/preupload/{revision:path}", self.preupload, methods=["POST"]),
            Route(REPO + "/commit/{revision:path}", self.commit, methods=["POST"]),
            Route(FILES + LFS, self.lfs_batch, methods=["POST"]),
            Route("/{kind}s" + FILES + LFS, self.lfs_batch, methods=["POST"]),
            Route("/lfs/verify", self.lfs_verify, methods=["POST"]),
        ]

    def storage_routes(self) -> list[Route]:
        """Those on the storage of large files."""
        return [Route("/{sha256}", self.receive_large_file, methods=["PUT"])]

    async def preupload(self, request: Request) -> Response:
        repository = self.access.repository(request, write=True)
        existing = repository.files(self.access.commit_of(repository, request.path_params["revision"]))
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if self.access.storage.is_large(file["path"], file["size"]) else "regular",
                "shouldIgnore": False,
                "oid": existing[file["path"]].checksum if file["path"] in existing else None,
            }
            for file in (await request.json())["files"]
        ]
        return JSONResponse({"files": files})

    async def lfs_batch(self, request: Request) -> Response:
        self.access.repository(request, write=True)
        objects = []
        for wanted in (await request.json())["objects"]:
            upload = {"href": f"{self.access.storage_url}/{wanted['oid']}"}
            verify = {"href": f"{self.access.hub_url}/lfs/verify"}
            there = self.access.storage.object(wanted["oid"]).is_file()
            objects.append(wanted if there else {**wanted, "actions": {"upload": upload, "verify": verify}})
        return JSONResponse({"transfer": "basic", "objects": objects}, media_type="application/vnd.git-lfs+json")

    async def receive_large_file(self, request: Request) -> Response:
        content = await request.body()
        if sha256(content).hexdigest() != request.path_params["sha256"]:
            raise refusal(400, "The content has another checksum")
        self.access.storage.object(request.path_params["sha256"]).write_bytes(content)
        return Response()

    async def lfs_verify(self, request: Request) -> Response:
        body = await request.json()
        stored = self.access.storage.object(body["oid"])
        if not stored.is_file() or stored.stat().st_size != body["size"]:
            raise refusal(404, "The object was not uploaded")
        return JSONResponse({})

    async def commit(self, request: Request) -> Response:
        repository = self.access.repository(request, write=True)
        lines = [json.loads(line) for line in (await request.body()).splitlines()]
        header = next(line["value"] for line in lines if line["key"] == "header")
        revision = request.path_params["revision"]
        base = self.access.commit_of(repository, revision)
        if header.get("parentCommit") not in (None, base):
            raise refusal(412, "A commit has happened since. Please refresh and try again.")
        files = repository.files(base)
        for line in lines:
            value = line["value"]
            match line["key"]:
                case "file":
                    files[value["path"]] = self.access.storage.add(base64.b64decode(value["content"]), value["path"])
                case "lfsFile" if self.access.storage.object(value["oid"]).is_file():
                    files[value["path"]] = self.access.storage.describe(value["oid"], value["size"], lfs=True)
                case "lfsFile":
                    raise refusal(400, f"Your push was rejected because an LFS pointer to {value['oid']} is missing")
                case "deletedFile":
                    del files[value["path"]]
        pull_request = "create_pr" in request.query_params
        number = sum(ref.startswith("refs/pr/") for ref in repository.refs) + 1
        ref = f"refs/pr/{number}" if pull_request else f"refs/heads/{revision}"
        commit = self.access.storage.commit(repository, files, header["summary"], ref, parent=base)
        url = f"{self.access.hub_url}/{'' if repository.kind == 'model' else repository.kind + 's/'}{repository.name}"
        answer = {"success": True, "commitOid": commit, "commitUrl": f"{url}/commit/{commit}"}
        return JSONResponse(answer | ({"pullRequestUrl": f"{url}/discussions/{number}"} if pull_request else {}))


@dataclass
class Downloads:
    """A large file comes from elsewhere, a small one from behind a redirect within the Hub."""

    access: Access

    def routes(self) -> list[Route]:
        """Those on the Hub itself."""
        return [
            Route("/api/resolve-cache/{kind}s/{owner}/{name}/{revision}/{path:path}", self.small_file),
            Route(FILES + "/resolve/{revision}/{path:path}", self.resolve),
            Route("/{kind}s" + FILES + "/resolve/{revision}/{path:path}", self.resolve),
        ]

    def storage_routes(self) -> list[Route]:
        """Those on the storage of large files."""
        return [Route("/{sha256}", self.large_file)]

    async def resolve(self, request: Request) -> Response:
        repository, path = self.access.repository(request), request.path_params["path"]
        commit = self.access.commit_of(repository, request.path_params["revision"])
        file = repository.files(commit).get(path)
        if file is None:
            raise refusal(404, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit})
        headers = {"X-Repo-Commit": commit}
        if not file.lfs:
            cache = f"/api/resolve-cache/{repository.kind}s/{repository.name}/{commit}/{path}"
            return RedirectResponse(cache, 307, headers)
        headers |= {"X-Linked-ETag": f'"{file.sha256}"', "X-Linked-Size": str(file.size)}
        return RedirectResponse(f"{self.access.storage_url}/{file.sha256}?signature=secret", 302, headers)

    async def small_file(self, request: Request) -> Response:
        repository, path = self.access.repository(request), request.path_params["path"]
        commit = self.access.commit_of(repository, request.path_params["revision"])
        file = repository.files(commit)[path]
        headers = {"X-Repo-Commit": commit, "ETag": f'"{file.oid}"'}
        return Response(self.access.storage.object(file.sha256).read_bytes(), headers=headers)

    async def large_file(self, request: Request) -> Response:
        if "Authorization" in request.headers:
            raise refusal(400, "Only one auth mechanism allowed")  # what S3 says to a token beside a signature
        return FileResponse(self.access.storage.object(request.path_params["sha256"]))
