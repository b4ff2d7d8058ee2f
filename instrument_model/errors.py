"""What can go wrong for reasons that a user can do something about.

The text of each of these errors is one sentence that says what is wrong and what to do; whoever catches one can show
it as it is.
"""


class InstrumentModelError(Exception):
    """Anything that the user of this library, not its author, can put right."""


class AudioError(InstrumentModelError):
    """A recording that cannot be read."""


class ModelError(InstrumentModelError):
    """A model that cannot be found, loaded or saved."""


class CollectionError(InstrumentModelError):
    """Results of a collection that cannot be written or continued."""
