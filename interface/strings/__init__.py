"""The texts of the page, one folder per language, and those for programs."""

from .catalogue import Texts
from .english import ENGLISH
from .languages import LANGUAGES
from .translation import translated

__all__ = ["ENGLISH", "LANGUAGES", "Texts", "translated"]
