"""The stretches of a recording as files, at the sensitivity that a visitor has chosen."""

import tempfile
from pathlib import Path

from gradio.utils import get_upload_folder

from ..analysis import exports
from ..server.gradio_internals import visitor_texts
from ..service import Service, api_error
from ..strings import programs


class Exports:
    """Answers with files, which are removed as uploads are."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def export(self, audio: str, ending: str, sensitivity: str) -> str:
        """Return the file with this ending, one of those that the page offers at the calibrated sensitivity."""
        prediction = self._service.answer(audio, sensitivity=sensitivity)
        files = exports.files(prediction, visitor_texts().names(prediction.labels))
        if ending not in files:
            raise api_error(programs.CALL_WRONG_VALUE)
        name = f"{Path(audio).stem}.{sensitivity or 'calibrated'}.{ending}"
        target = Path(tempfile.mkdtemp(dir=get_upload_folder()), name)
        target.write_text(files[ending], encoding="utf-8")
        return str(target)
