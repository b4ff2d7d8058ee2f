"""What must be settled before Gradio and numpy, which take seconds to import, are imported."""

import os
import sys

from instrument_model.errors import InstrumentModelError

from .shutdown import end_on_sigterm
from .start import check_numbers
from .uploads import SETTING, UploadFolder

end_on_sigterm()
try:
    check_numbers()
except InstrumentModelError as problem:
    sys.exit(f"error: {problem}")

UPLOADS = UploadFolder.choose()
"""Where this process keeps what visitors upload, once it is created."""

# Gradio reads these when it is imported.
os.environ[SETTING] = str(UPLOADS.files)
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no reports to its makers
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")  # no statistics over all requests after every request,
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "999999999")  # nor over the last one
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # several recordings at a time keep the cores busy by themselves
