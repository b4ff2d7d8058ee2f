"""Names and figures, in English."""

from instrument_model.labels import LABELS

from ..catalogue import Writing

WRITING = Writing(decimal=".", percent_form="{value} %", comma=", ", conjunction=" and ", small_names=True)

INSTRUMENTS = LABELS.displays
