"""What can go wrong in training for reasons that its user can do something about."""

from instrument_model.errors import InstrumentModelError


class TrainingError(InstrumentModelError):
    """Data, settings or a checkpoint that training cannot go on with; the text says which and what to do."""
