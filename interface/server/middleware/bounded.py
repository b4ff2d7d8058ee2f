"""A dictionary that forgets its oldest entries."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Newest(dict[str, Value], Generic[Value]):
    """The newest entries of what would otherwise grow for ever."""

    def __init__(self, most: int, make: Callable[[], Value] | None = None) -> None:
        """Begin empty.

        Args:
            most: Entries that are kept.
            make: Makes the value of a key that is missing, as in a `defaultdict`.
        """
        super().__init__()
        self._most, self._make = most, make

    def __setitem__(self, key: str, value: Value) -> None:
        """Add an entry, and forget the oldest if there are too many."""
        if key not in self and len(self) >= self._most:
            del self[next(iter(self))]
        super().__setitem__(key, value)

    def __missing__(self, key: str) -> Value:
        """Make an entry."""
        if self._make is None:
            raise KeyError(key)
        self[key] = value = self._make()
        return value
