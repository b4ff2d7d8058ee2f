"""What a Hub stores: repositories with commits, branches, tags and pull requests, as files below one folder."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LFS_BYTES = 100_000  # a larger file is stored outside of Git, and so is any safetensors file
LFS_NAME = re.compile(r".*\.(safetensors|pt|bin|pkl|mp3|wav|flac)")


@dataclass(frozen=True)
class StoredFile:
    """One file of a commit.

    Attributes:
        oid: Git's hash of the content (for a large file, of the pointer in its place).
        sha256: The SHA-256 of the content.
        size: What the Hub announces, in bytes.
        lfs: Whether it is stored outside of Git.
    """

    oid: str
    sha256: str
    size: int
    lfs: bool

    @property
    def checksum(self) -> str:
        """What the Hub names this content by: an ETag, or the `oid` of an unchanged file."""
        return self.sha256 if self.lfs else self.oid


@dataclass
class Repository:
    """A model, data set or Space."""

    kind: str  # "model", "space"
    name: str  # "owner/name"
    private: bool = False
    gated: bool = False
    sdk: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)  # "refs/heads/main", "refs/tags/v1", "refs/pr/1" to commit
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)  # commit to parent, title and files

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, tag, pull request or commit stands for."""
        if revision in self.commits:
            return revision
        names = (revision, f"refs/heads/{revision}", f"refs/tags/{revision}")
        return next((self.refs[name] for name in names if name in self.refs), None)

    def files(self, commit: str) -> dict[str, StoredFile]:
        """The files of a commit by their paths."""
        return {path: StoredFile(**values) for path, values in self.commits[commit]["files"].items()}


class Storage:
    """The repositories and the contents of their files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "objects").mkdir(parents=True, exist_ok=True)

    def find(self, kind: str, name: str) -> Repository | None:
        path = self._path(kind, name)
        return Repository(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def save(self, repository: Repository) -> None:
        path = self._path(repository.kind, repository.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(repository), indent=1), encoding="utf-8")
        temporary.replace(path)

    def create(self, kind: str, name: str, *, private: bool = False, sdk: str | None = None) -> Repository:
        """Makes a repository whose main branch holds what the Hub puts there, a `.gitattributes`."""
        repository = Repository(kind, name, private=private, sdk=sdk)
        attributes = self.add(b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n", ".gitattributes")
        self.commit(repository, {".gitattributes": attributes}, "initial commit")
        return repository

    def add(self, content: bytes, path: str, announced: int | None = None) -> StoredFile:
        """Stores a content under its checksum."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.object(sha256).write_bytes(content)
        size = len(content)
        return self.describe(sha256, size if announced is None else announced, lfs=self.is_large(path, size))

    def is_large(self, path: str, size: int) -> bool:
        """Whether the Hub keeps such a file outside of Git."""
        return size > LFS_BYTES or LFS_NAME.fullmatch(path) is not None

    def describe(self, sha256: str, size: int, *, lfs: bool) -> StoredFile:
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()
        tracked = pointer if lfs else self.object(sha256).read_bytes()
        oid = hashlib.sha1(b"blob %d\0" % len(tracked) + tracked, usedforsecurity=False).hexdigest()
        return StoredFile(oid, sha256, size, lfs)

    def object(self, sha256: str) -> Path:
        return self.folder / "objects" / sha256

    def commit(
        self,
        repository: Repository,
        files: Mapping[str, StoredFile],
        title: str,
        ref: str = "refs/heads/main",
        parent: str | None = None,
    ) -> str:
        """Makes a commit of exactly these files and points a branch or pull request at it."""
        values: dict[str, Any] = {
            "parent": parent,
            "title": title,
            "files": {path: asdict(file) for path, file in files.items()},
        }
        commit = hashlib.sha1(json.dumps([values, len(repository.commits)]).encode(), usedforsecurity=False).hexdigest()
        repository.commits[commit] = values
        repository.refs[ref] = commit
        self.save(repository)
        return commit

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / f"{kind}s" / f"{name}.json"
