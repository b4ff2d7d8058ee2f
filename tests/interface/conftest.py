"""What several tests of the page need."""

import pytest

from instrument_model import InstrumentClassifier


@pytest.fixture(scope="session")
def trained() -> InstrumentClassifier:
    """The bundled model."""
    return InstrumentClassifier.from_pretrained()
