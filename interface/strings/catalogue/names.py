"""How figures, lists and names are written."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Writing:
    """The habits of a language.

    Attributes:
        decimal: Stands between whole and part of a number.
        percent_form: A share, with its `{value}`.
        comma: Stands between the entries of a list.
        conjunction: Stands before the last of them.
        small_names: Whether the names of instruments begin with a small letter within a sentence.
    """

    decimal: str
    percent_form: str
    comma: str
    conjunction: str
    small_names: bool

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number, rounded."""
        return self.localised(f"{value:.{decimals}f}")

    def localised(self, figures: str) -> str:
        """Return figures that were written with a point."""
        return figures.replace(".", self.decimal)

    def percent(self, share: float) -> str:
        """Return a share as per cent; what is not quite certain is not written as 100."""
        value = 100 * share
        figure = "< 1" if value < 1 else "> 99" if value > 99 else f"{value:.0f}"
        return self.percent_form.format(value=figure)

    def within(self, name: str) -> str:
        """Return the name of an instrument as it is written within a sentence."""
        return name.lower() if self.small_names else name

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a list in a sentence: `cello, clarinet and flute`."""
        return self.conjunction.join(part for part in (self.comma.join(names[:-1]), names[-1]) if part)
