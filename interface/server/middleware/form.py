"""The form of an upload, looked through while it arrives: its parts are files, and nothing else is kept."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.formparsers import MultiPartException

from ...strings import programs

FILES = b"files"
"""The name that Gradio's page and clients give to every part."""


class UploadForm:
    """Reads a form beside Gradio, which would keep a part without a file name in memory, whatever its size.

    Attributes:
        files: The parts that have begun so far.
    """

    def __init__(self, content_type: str) -> None:
        """Begin with nothing.

        Args:
            content_type: The request's header, which names the boundary between parts.

        Raises:
            MultiPartException: The body is no form.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise MultiPartException(programs.UPLOAD_FORM)
        self.files = 0
        self._name, self._value, self._disposition = b"", b"", b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Read on.

        Raises:
            MultiPartException: A part is no file, or the form is broken.
        """
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise MultiPartException(programs.UPLOAD_FORM) from None

    def _begin(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name, self._value = b"", b""

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") != FILES or b"filename" not in options:
            raise MultiPartException(programs.UPLOAD_FORM)
        self.files += 1
