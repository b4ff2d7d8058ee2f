"""The texts of the page, one folder per language, and those for programs."""

from .catalogue import Texts
from .english import ENGLISH

__all__ = ["ENGLISH", "Texts"]
