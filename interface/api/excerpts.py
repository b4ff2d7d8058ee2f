"""The sound itself, for programs and for the page: any part of a recording, or an instrument's best seconds."""

import tempfile
from pathlib import Path

from gradio.utils import get_upload_folder

from instrument_model.errors import InstrumentModelError
from instrument_model.excerpts import best_excerpt, cut, file_name

from ..server.gradio_internals import visitor_texts
from ..service import Service, api_error
from ..strings import programs


class Excerpts:
    """Answers with WAV files, which are removed as uploads are."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def cut(self, audio: str, start: float, end: float) -> str:
        """Cuts a part out of a recording, as a WAV file at its own sample rate and with all its channels.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            start: Where the part begins, in seconds.
            end: Where it ends, in seconds.

        Returns:
            The WAV file.
        """
        if audio and (start is None or end is None):  # whatever the types say: a program may send null
            raise api_error(programs.CALL_WRONG_VALUE)
        return self._cut(audio, start, end, None)

    def excerpt(self, audio: str, instrument: str) -> str:
        """Find where an instrument is heard best in a recording, and cut out these few seconds as a WAV file.

        Args:
            audio: An audio file: wav, flac, mp3, ogg, opus, m4a, aiff or webm.
            instrument: The name of an instrument as in the answers of `predict`, such as `cello`.

        Returns:
            The WAV file; its name tells the instrument and the second it begins at.
        """
        labels = self._service.provider.classifier.config.labels
        if instrument not in labels.names:
            raise api_error(programs.EXCERPT_UNKNOWN.format(names=", ".join(labels.names)))
        prediction = self._service.answer(audio)
        best = best_excerpt(prediction, instrument) if instrument in prediction.labels.names else None
        if best is None:
            texts = visitor_texts()
            name = texts.writing.within(texts.names(labels)[instrument])
            raise api_error(texts.errors.excerpt_nothing.format(name=name))
        return self._cut(audio, best.start, best.end, instrument)

    def _cut(self, audio: str, start: float, end: float, label: str | None) -> str:
        if not audio:
            raise api_error(programs.API_NO_FILE)
        target = Path(tempfile.mkdtemp(dir=get_upload_folder()), file_name(audio, label, start))
        try:
            cut(audio, start, min(end, start + self._service.limits.max_seconds), target)
        except InstrumentModelError as error:
            raise api_error(str(error)) from error
        return str(target)
