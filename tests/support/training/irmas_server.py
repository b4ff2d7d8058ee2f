"""IRMAS as its host serves it: archives, cut connections and wrong checksums."""

import hashlib
import http.server
import io
import zipfile
from pathlib import Path

from instrument_model.labels import LABELS
from tests.support.sounds import write_tone
from training.data.sources import irmas


def irmas_clip(code: str, recording: int, clip: int) -> str:
    return f"{code}/{clip:03}__[{code}][nod][cla]{recording:04}__{clip}.wav"


def training_archive() -> bytes:
    """Four recordings of two clips in every class, one of them common to all classes, under IRMAS's names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for position, label in enumerate(LABELS):
            for recording in (0, *range(1000 + 3 * position, 1003 + 3 * position)):
                for clip in (1, 2):
                    archive.writestr(
                        f"IRMAS-TrainingData/{irmas_clip(irmas.CODES[label.name], recording, clip)}", b"wave" * 500
                    )
        archive.writestr("IRMAS-TrainingData/pia/[pia][jaz_blu]1473__2.wav", b"wave")
        archive.writestr("IRMAS-TrainingData/README.txt", "read me")
    return buffer.getvalue()


def write_test_set(root: Path) -> None:
    for part, (name, text) in zip(
        irmas.TESTING,
        [("A song-3", "gel\r\nvoi\r\n"), ("Aria-1", "voi\n"), ("Trio - 2-11", "vio\ncel \npia")],
        strict=True,
    ):
        write_tone(root / part / "Part" / f"{name}.wav")
        (root / part / "Part" / f"{name}.txt").write_text(text)


class Server(http.server.ThreadingHTTPServer):
    """Serves `files` and understands Range; the first `cuts` answers break off in the middle."""

    files: dict[str, bytes]
    cuts = 0
    ranges = True
    asked: list[str | None]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.ranges else 0
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        stop = len(data)
        if self.server.cuts:
            self.server.cuts -= 1
            stop = start + (len(data) - start) // 2
        self.wfile.write(data[start:stop])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def archives(server: Server) -> dict[str, str]:
    return {irmas.TRAINING: md5(server.files["/IRMAS-TrainingData.zip"])}
