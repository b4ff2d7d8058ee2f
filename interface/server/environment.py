"""What Gradio and numpy read from the environment when they are imported; import this module before them."""

import os

from .uploads import SETTING, UploadFolder

UPLOADS = UploadFolder.choose()
"""Where this process keeps what visitors upload, once it is created."""

os.environ[SETTING] = str(UPLOADS.files)
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no reports to its makers
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")  # no statistics over all requests after every request
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # several recordings at a time keep the cores busy by themselves
