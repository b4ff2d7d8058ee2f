"""What Gradio remembers of visits: no more than this page needs, and of a bounded number.

A program that calls the API without a session is a new visitor with each request, so what a visit costs is paid by
every request.
"""

from typing import Any

from gradio.blocks import BlocksConfig
from gradio.queueing import Queue
from gradio.utils import LRUCache


class PageConfig(BlocksConfig):
    """The components and events of the page; visits get copies that describe nothing."""

    def __copy__(self) -> "VisitConfig":
        visit = VisitConfig(self.root_block)
        vars(visit).update(vars(super().__copy__()))  # type: ignore[no-untyped-call]
        return visit


class VisitConfig(BlocksConfig):
    """The components and events of one visit.

    Gradio describes every component anew for each visit and keeps there what the visitor sees, for links that restore
    it (`DeepLinkButton`), which this page does not have. That took 10 ms and 180 kB of a request.
    """

    @staticmethod
    def config_for_block(*_: object, **__: object) -> dict[str, Any]:
        """Nothing, in which no value can be kept."""
        return {}


def forget_finished(queue: Queue) -> None:
    """Bounds what the queue keeps of requests that have been answered, as it bounds the answers themselves."""
    queue.pending_event_ids_session = LRUCache[str, set[str]](queue.pending_messages_per_session.max_size)
