"""What the app removes: what is in the folder that it has made itself, and nothing else, whatever it is told."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from instrument_model.errors import InstrumentModelError
from interface.server.cleanup import Sweeper
from interface.server.uploads import PREFIX, RECORD, SETTING, UploadFolder
from tests.support.app_server import EXAMPLES, NO_TLS, ROOT, App, running_app

PROGRAM = """
import sys
from interface.server.cleanup import Sweeper
from interface.server.uploads import UploadFolder
uploads = UploadFolder.choose()
uploads.create()
sweeper = Sweeper(uploads, keep_seconds=0, unfinished_seconds=0)
for name in ("first.wav", "second.wav"):
    (uploads.files / name).write_bytes(b"sound")
    sweeper.sweep()
    assert not (uploads.files / name).exists()
(uploads.files / "upload.wav").write_bytes(b"sound")
print(uploads.path, flush=True)
sys.stdin.read()
sweeper.sweep()
uploads.remove()
"""
"""The folder and the sweeper of the app, with the time of every file up at once."""


@contextmanager
def sweeping(folder: Path, **environment: str) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """That program in a folder, and the folder that it has made."""
    variables = {name: value for name, value in os.environ.items() if name != SETTING}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout
        yield program, Path(program.stdout.readline().strip())
        program.communicate()


@pytest.fixture(name="own")
def fixture_own(tmp_path: Path) -> Path:
    """A user's folder: a repository, recordings, and things that have the names of what programs write."""
    shutil.copytree(EXAMPLES, tmp_path / "recordings")
    names = (".git/config", "notes.txt", "tmpabcdef", "gradio/b.wav", "files/c", f"{PREFIX}0/files/a.wav", RECORD)
    for name in (*names, f"{PREFIX}{'0' * 32}/files/a.wav", f"{PREFIX}{'1' * 32}/{RECORD}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for folder in tmp_path.glob(f"{PREFIX}*"):
        folder.chmod(0o700)
    return tmp_path


@pytest.fixture(name="temporary")
def fixture_temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program takes for the system's folder of temporary files."""
    return tmp_path_factory.mktemp("temporary")


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file in a folder and below."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("setting", [{SETTING: ""}, {SETTING: " "}, {}])
def test_an_empty_variable_counts_as_unset(own: Path, temporary: Path, setting: dict[str, str]) -> None:
    before = contents(own)
    with sweeping(own, TMPDIR=str(temporary), **setting) as (program, folder):
        assert folder.parent == temporary
    assert program.returncode == 0
    assert contents(own) == before
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("relative", [False, True])
def test_a_folder_of_the_users_gets_a_folder_of_ours(own: Path, relative: bool) -> None:
    before = contents(own)
    with sweeping(own, **{SETTING: "." if relative else str(own)}) as (program, folder):
        assert folder.parent == own
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "files").stat().st_mode & 0o777 == 0o700
        new = {path for path in contents(own) if path not in before}
        assert new == {folder / RECORD, folder / "files" / "upload.wav"}
    assert program.returncode == 0
    assert contents(own) == before


def test_processes_side_by_side_leave_each_other_alone(tmp_path: Path) -> None:
    with sweeping(tmp_path, TMPDIR=str(tmp_path)) as (_, first):
        with sweeping(tmp_path, TMPDIR=str(tmp_path)) as (_, second):
            assert first != second
            assert (first / "files" / "upload.wav").exists()
        assert not second.exists()
        assert (first / "files" / "upload.wav").exists()
    assert not first.exists()


def test_what_a_killed_process_left_is_removed_by_the_next(own: Path) -> None:
    before = contents(own)
    with sweeping(own, **{SETTING: str(own)}) as (killed, left):
        killed.kill()
    assert (left / "files" / "upload.wav").exists()
    (left / "files" / "link").symlink_to(own / "recordings")
    copy = Path(shutil.copytree(left, own / f"{PREFIX}{'2' * 32}", symlinks=True))
    with sweeping(own, **{SETTING: str(own)}):
        assert not left.exists()
        assert (copy / "files" / "upload.wav").exists(), "somebody has copied it, so it is theirs"
    shutil.rmtree(copy)
    assert contents(own) == before


def test_no_planted_link_is_followed(own: Path, temporary: Path) -> None:
    """Links under names that the app might use, one to what a killed process has left."""
    with sweeping(own, **{SETTING: str(own)}) as (killed, left):
        killed.kill()
    before = contents(own)
    (temporary / left.name).symlink_to(left, target_is_directory=True)
    (temporary / f"{PREFIX}{'3' * 32}").symlink_to(own / "recordings", target_is_directory=True)
    with sweeping(own, TMPDIR=str(temporary)) as (program, folder):
        (folder / "files" / "link").symlink_to(own, target_is_directory=True)
        (folder / "link").symlink_to(own, target_is_directory=True)
    assert program.returncode == 0
    assert contents(own) == before
    assert (temporary / left.name).is_symlink()


def test_the_record_must_be_a_file_of_the_folder(own: Path) -> None:
    with sweeping(own, **{SETTING: str(own)}) as (killed, left):
        killed.kill()
    (left / RECORD).rename(own / "record")
    (left / RECORD).symlink_to(own / "record")
    with sweeping(own, **{SETTING: str(own)}):
        assert (left / "files" / "upload.wav").exists()
    (left / RECORD).unlink()
    os.mkfifo(left / RECORD)
    with sweeping(own, **{SETTING: str(own)}):
        assert (left / "files" / "upload.wav").exists(), "and nothing waits for a pipe"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give folders away")
def test_a_foreign_folder_is_left_alone(own: Path) -> None:
    with sweeping(own, **{SETTING: str(own)}) as (killed, left):
        killed.kill()
    os.chown(left, 12_345, -1)
    with sweeping(own, **{SETTING: str(own)}):
        assert (left / "files" / "upload.wav").exists()
    os.chown(left, os.getuid(), -1)
    left.chmod(0o755)
    with sweeping(own, **{SETTING: str(own)}):
        assert (left / "files" / "upload.wav").exists(), "it was open to others"


def test_a_place_that_is_taken_gets_a_sentence(own: Path) -> None:
    taken = UploadFolder.choose({SETTING: str(own)})
    taken.path.symlink_to(own / "recordings", target_is_directory=True)
    with pytest.raises(InstrumentModelError, match=f"(?s)cannot be kept in .* set {SETTING} to a folder"):
        taken.create()
    taken.remove()
    assert taken.path.is_symlink()
    with pytest.raises(InstrumentModelError, match=SETTING):
        UploadFolder.choose({SETTING: str(own / "notes.txt")}).create()


def test_a_folder_that_is_exchanged_while_it_is_used_is_not_followed(own: Path) -> None:
    uploads = UploadFolder.choose({SETTING: str(own)})
    uploads.create()
    (uploads.files / "upload.wav").write_bytes(b"sound")
    uploads.path.rename(own / "moved")
    (own / "recordings").rename(own / "files.of.the.user")
    uploads.path.mkdir()
    uploads.files.symlink_to(own / "files.of.the.user", target_is_directory=True)
    before = contents(own)
    sweeper = Sweeper(uploads, keep_seconds=0, unfinished_seconds=0)
    sweeper.sweep()
    assert before.keys() - contents(own).keys() == {own / "moved" / "files" / "upload.wav"}
    uploads.remove()
    assert uploads.files.is_symlink()


def upload(app: App) -> None:
    with (EXAMPLES / "cello.mp3").open("rb") as clip:
        assert (
            httpx.post(f"{app.url}/gradio_api/upload", files={"files": clip}, timeout=60, verify=NO_TLS).status_code
            == 200
        )


@pytest.mark.slow
def test_the_app_keeps_to_its_folder(own: Path, temporary: Path) -> None:
    """The app itself, started with a folder of the user's, then with an empty variable."""
    before = contents(own)
    for place, setting in ((own, str(own)), (temporary, "")):
        with running_app({SETTING: setting, "TMPDIR": str(temporary)}) as app:
            upload(app)
            (clip,) = place.glob(f"{PREFIX}*/files/*/cello.mp3")
            assert clip.read_bytes() == (EXAMPLES / "cello.mp3").read_bytes()
    assert {path: path.read_bytes() for path in before} == before
