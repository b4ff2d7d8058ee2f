"""Where a model is published: what its card's snippets and links name."""

from dataclasses import dataclass

HUB = "https://huggingface.co"
EXAMPLES = "examples"
"""Folder of clips, within the project as within a repository on the Hub."""

EXAMPLE_CLIPS = ("cello", "ensemble")
"""The clips that the model's page on the Hub shows with their answers."""


@dataclass(frozen=True)
class Publication:
    """A repository on the Hub as its visitors will see it.

    Attributes:
        repo: `owner/name`.
        wheel: The name of the library's wheel in it.
        branch: What is published to.
        space: A Space in which the model can be tried, `owner/name`.
    """

    repo: str
    wheel: str
    branch: str = "main"
    space: str | None = None

    def url(self, path: str) -> str:
        """Return where a file can be downloaded."""
        return f"{HUB}/{self.repo}/resolve/{self.branch}/{path}"

    @property
    def revision(self) -> str:
        """The argument that a snippet needs for another branch than main."""
        return "" if self.branch == "main" else f', revision="{self.branch}"'
