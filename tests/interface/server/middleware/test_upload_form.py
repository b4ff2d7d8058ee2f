"""What an upload may consist of, and what counts as room on the disk: small files, fields, uploads side by side."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.formparsers import MultiPartException

from interface.server import storage
from interface.server.limits import MB
from interface.server.middleware.form import UploadForm
from interface.server.storage import BYTES_OF_A_FILE, Storage, Usage, usage
from interface.strings import ENGLISH, programs
from tests.support.app_server import NO_TLS, App, running_app

pytestmark = pytest.mark.slow

FORM = "multipart/form-data; boundary=edge"
FILES_LIMIT = 40


@pytest.fixture(scope="module", name="few")
def fixture_few() -> Iterator[App]:
    """An app that has room for few files."""
    with running_app({"UPLOADS_FILES": str(FILES_LIMIT)}) as running:
        yield running


def part(disposition: str, body: bytes) -> bytes:
    return b"--edge\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + body + b"\r\n"


FILE = part('name="files"; filename="a.wav"', b"sound")


def read(body: bytes, piece: int) -> UploadForm:
    """A form that has arrived in pieces of this many bytes."""
    form = UploadForm(FORM)
    for start in range(0, len(body), piece):
        form.feed(body[start : start + piece])
    return form


@pytest.mark.parametrize("piece", [1, 7, 1_000])
def test_a_form_of_files_passes(piece: int) -> None:
    assert read(3 * FILE + b"--edge--\r\n", piece).files == 3


@pytest.mark.parametrize("piece", [1, 7, 1_000])
@pytest.mark.parametrize(
    "body",
    [
        part('name="files"', b"x" * 100),
        FILE + part('name="files"', b"x" * 100),
        part('name="other"; filename="a.wav"', b"x" * 100),
        part('filename="a.wav"', b"x" * 100),
        b"--edge\r\n\r\nx",
        b"no form at all, but long enough to tell",
    ],
    ids=["field", "field after a file", "other name", "no name", "no header", "no form"],
)
def test_anything_else_is_refused(body: bytes, piece: int) -> None:
    with pytest.raises(MultiPartException) as refusal:
        read(body, piece)
    assert refusal.value.message == programs.UPLOAD_FORM


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary="])
def test_other_kinds_of_bodies_are_refused(app: App, kind: str) -> None:
    answer = httpx.post(
        f"{app.url}/gradio_api/upload", content=FILE, headers={"Content-Type": kind}, timeout=60, verify=NO_TLS
    )
    assert (answer.status_code, answer.text) == (400, programs.UPLOAD_FORM)


def peak_mb(app: App) -> float:
    """The most memory that the app has ever taken, in megabytes."""
    status = Path(f"/proc/{app.process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def test_a_large_field_is_refused_before_it_is_kept(app: App) -> None:
    def field() -> Iterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="files"\r\n\r\n'
        for _ in range(6_400):
            yield bytes(65_536)
        yield b"\r\n--edge--\r\n"

    before = peak_mb(app)
    with suppress(httpx.WriteError):  # the app may cut off who sends on
        answer = httpx.post(
            f"{app.url}/gradio_api/upload", content=field(), headers={"Content-Type": FORM}, timeout=60, verify=NO_TLS
        )
        assert (answer.status_code, answer.text) == (400, programs.UPLOAD_FORM)
    assert peak_mb(app) < before + 100
    assert httpx.get(f"{app.url}/config", timeout=60, verify=NO_TLS).status_code == 200


def test_small_files_count_as_files(few: App) -> None:
    url, files = f"{few.url}/gradio_api/upload", [("files", (f"{n}.wav", b"%4d" % n)) for n in range(FILES_LIMIT + 5)]
    answer = httpx.post(url, files=files, timeout=60, verify=NO_TLS)
    assert (answer.status_code, answer.text) == (507, ENGLISH.errors.upload_no_room)
    assert [path for path in few.uploads.rglob("*.wav") if path.is_file()] == [], "a refused form leaves nothing"
    assert httpx.get(f"{few.url}/config", timeout=60, verify=NO_TLS).status_code == 200


def test_blocks_are_counted(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "a.wav").write_bytes(b"four")
    taken = usage(tmp_path)
    assert taken.files == 100
    assert taken.bytes >= sum(path.stat().st_blocks * 512 for path in tmp_path.rglob("*")) >= 400
    assert usage(tmp_path / "nothing") == Usage()


def test_uploads_at_the_same_time_share_a_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []

    def counted(folder: Path) -> Usage:
        counts.append(folder)
        return usage(folder)

    monkeypatch.setattr(storage, "usage", counted)
    (tmp_path / "a.wav").write_bytes(bytes(1_000))
    now = 0.0

    async def uploads() -> Usage:
        nonlocal now
        room = Storage(tmp_path, Usage(MB, 10), lambda: now)
        await asyncio.gather(*(room.count() for _ in range(10)))
        assert len(counts) == 1
        now = storage.SECONDS_BETWEEN_COUNTS + 1
        await asyncio.gather(*(room.count() for _ in range(10)))
        assert len(counts) == 2
        return room.room

    room = asyncio.run(uploads())
    assert room.files == 9
    assert MB - BYTES_OF_A_FILE <= room.bytes <= MB - 1_000


def test_what_arrives_counts_at_once_and_stays_counted(tmp_path: Path) -> None:
    room = Storage(tmp_path, Usage(MB, 3))
    with room.arrival() as first, room.arrival() as second:
        assert first(1_000, 1).files == 2
        assert second(1_000, 1) == Usage(MB - 2_000 - 2 * BYTES_OF_A_FILE, 1)
    assert room.room == Usage(MB - 2_000 - 2 * BYTES_OF_A_FILE, 1)
