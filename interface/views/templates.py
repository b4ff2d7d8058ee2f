"""Jinja's templates of the page, and how they write figures."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ..analysis import timeline
from ..strings import ENGLISH


def percent(share: float) -> str:
    """`97 %`; what is not quite certain is not written as 100."""
    value = 100 * share
    return "< 1 %" if value < 1 else "> 99 %" if value > 99 else f"{value:.0f} %"


environment = Environment(
    loader=PackageLoader("interface"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(percent=percent, clock=timeline.clock)
environment.globals.update(t=ENGLISH)
