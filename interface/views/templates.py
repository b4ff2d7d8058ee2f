"""Jinja's templates of the page, which are given the texts of a language as `t`."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ..analysis import timeline

environment = Environment(
    loader=PackageLoader("interface"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(clock=timeline.clock)
