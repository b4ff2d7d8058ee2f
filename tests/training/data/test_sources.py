"""What training reads: a library with a manifest, a folder per class, rendered phrases, IRMAS."""

import csv
import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from instrument_model.labels import INSTRUMENT_NAMES, LABELS
from training.data.clips import Clip, check_split
from training.data.sources import folder, irmas, manifest, rendered
from training.data.sources.download import fetch, unpack
from training.errors import TrainingError


def write_tone(path: Path, pitch: float = 440.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(1600) / 16_000
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch * time), 16_000)
    return path


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# --- a library with a manifest ---------------------------------------------------------------------------------------


def manifest_row(**changes: str) -> dict[str, str]:
    row = {
        "path": "a/violin/1.ogg",
        "label": "violin",
        "detail": "violin",
        "kind": "phrase",
        "split": "train",
        "source": "a",
        "origin": "concert.wav",
    }
    return row | changes


def test_manifest_rows_become_clips(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "manifest.csv",
        [
            manifest_row(),
            manifest_row(path="a/other/2.ogg", label="other", detail="oboe", kind="note", split="dev", origin=""),
            manifest_row(path="m1", label="mix", detail="mixed_violin_clarinet_sax_bassoon"),
            manifest_row(path="m2", label="mix", detail="mixed_acoustic_guitar_voice"),
            manifest_row(path="m3", label="mix", detail="mixed_string_orchestra"),
        ],
    )
    violin, oboe, quartet, song = manifest.read(tmp_path)
    assert violin == Clip(
        tmp_path / "audio/a/violin/1.ogg", ("violin",), "phrase", "train", "a", "concert", detail="violin"
    )
    assert (oboe.labels, oboe.kind, oboe.split, oboe.group) == ((), "note", "dev", "a/other/2.ogg")
    assert quartet.labels == ("clarinet", "saxophone", "violin")
    assert song.labels == ("acoustic_guitar", "voice")


@pytest.mark.parametrize("column", manifest.COLUMNS)
def test_manifest_without_a_column_is_named(tmp_path: Path, column: str) -> None:
    row = manifest_row()
    del row[column]
    write_csv(tmp_path / "manifest.csv", [row])
    with pytest.raises(TrainingError, match=rf"manifest\.csv has no column {column};"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("column", "value"), [("label", "viola"), ("kind", "song"), ("split", "validation"), ("label", "")]
)
def test_manifest_with_a_wrong_value_is_named_with_its_line(tmp_path: Path, column: str, value: str) -> None:
    write_csv(tmp_path / "manifest.csv", [manifest_row(), manifest_row(**{column: value})])
    with pytest.raises(TrainingError, match=rf"Line 3 of .*manifest\.csv has '{value}' as its {column}"):
        manifest.read(tmp_path)


def test_manifest_that_is_missing_empty_binary_or_cut_short(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"manifest\.csv cannot be read"):
        manifest.read(tmp_path)
    path = tmp_path / "manifest.csv"
    path.write_text(",".join(manifest.COLUMNS) + "\n")
    with pytest.raises(TrainingError, match="lists no clips"):
        manifest.read(tmp_path)
    path.write_bytes(b"\xff\xfe\x00path")
    with pytest.raises(TrainingError, match="not a CSV file"):
        manifest.read(tmp_path)
    path.write_text(",".join(manifest.COLUMNS) + "\na/1.ogg,violin\n")
    with pytest.raises(TrainingError, match=r"Line 2 .* has no value for detail"):
        manifest.read(tmp_path)


# --- a folder per class ----------------------------------------------------------------------------------------------


def test_folder_per_class(tmp_path: Path) -> None:
    for name in ("violin/a-1.wav", "violin/a-2.wav", "violin/concert/x.wav", "violin_notes/a4.wav", "other/oboe.wav"):
        write_tone(tmp_path / name)
    (tmp_path / "violin/notes.txt").write_text("no audio")
    (tmp_path / ".git").mkdir()
    clips = {clip.path.relative_to(tmp_path).as_posix(): clip for clip in folder.read(tmp_path, source="mine")}
    assert len(clips) == 5
    assert clips["violin/a-1.wav"].group == clips["violin/a-2.wav"].group != clips["violin/concert/x.wav"].group
    assert (clips["violin_notes/a4.wav"].kind, clips["violin/a-1.wav"].kind) == ("note", "phrase")
    assert clips["other/oboe.wav"].labels == ()
    assert {clip.source for clip in clips.values()} == {"mine"}


def test_folder_split_by_recording_is_stable_and_of_the_right_size(tmp_path: Path) -> None:
    for recording in range(100):
        for part in range(2):
            path = tmp_path / f"piano/song{recording}_{part}.wav"
            path.parent.mkdir(exist_ok=True)
            path.touch()
    clips = folder.read(tmp_path, dev_share=0.25, seed=1)
    check_split(clips)
    dev = {clip.group for clip in clips if clip.split == "dev"}
    assert 12 <= len(dev) <= 40
    assert clips == folder.read(tmp_path, dev_share=0.25, seed=1)
    assert dev != {clip.group for clip in folder.read(tmp_path, dev_share=0.25, seed=2) if clip.split == "dev"}


@pytest.mark.parametrize("name", ["violin_{:02}", "Violin ({})", "take-{}", "violin recording {}", "{}", "вальс{}"])
def test_numbers_after_a_name_that_says_nothing_are_recordings(tmp_path: Path, name: str) -> None:
    for number in range(1, 13):
        write_tone(tmp_path / "violin" / (name.format(number) + ".wav"))
    clips = folder.read(tmp_path)
    assert len({clip.group for clip in clips}) == 12
    assert {clip.split for clip in clips} == {"train", "dev"}


@pytest.mark.parametrize("name", ["concert_{:02}", "Bach 1007 ({})", "вальс {}", "concert/{}", "violin_2023_{}"])
def test_numbers_after_the_name_of_a_recording_are_pieces_of_it(tmp_path: Path, name: str) -> None:
    for number in range(1, 13):
        write_tone(tmp_path / "violin" / (name.format(number) + ".wav"))
    write_tone(tmp_path / "violin" / "another.wav")
    clips = folder.read(tmp_path, dev_share=0.9)
    assert len({clip.group for clip in clips}) == 2
    assert len({clip.split for clip in clips}) == 2  # whatever the share: both sides have something


def test_folder_with_the_split_made_by_hand(tmp_path: Path) -> None:
    for name in ("train/violin/1.wav", "dev/violin/1.wav", "test/other/1.wav"):
        write_tone(tmp_path / name)
    clips = folder.read(tmp_path)
    check_split(clips)
    assert [(clip.split, clip.labels) for clip in clips] == [("dev", ("violin",)), ("test", ()), ("train", ("violin",))]


def test_folder_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="does not exist"):
        folder.read(tmp_path / "absent")
    with pytest.raises(TrainingError, match="holds no class folders"):
        folder.read(tmp_path)
    write_tone(tmp_path / "violin/1.wav")
    (tmp_path / "cello").mkdir()
    with pytest.raises(TrainingError, match=r"class folder .*cello has no audio files"):
        folder.read(tmp_path)
    (tmp_path / "cello").rename(tmp_path / "fiddle")
    with pytest.raises(TrainingError, match="fiddle is not named after a label"):
        folder.read(tmp_path)


# --- rendered phrases ------------------------------------------------------------------------------------------------


def test_rendered_index(tmp_path: Path) -> None:
    row = {
        "path": "violin/1.ogg",
        "labels": "piano violin",
        "complete": "yes",
        "detail": "violin+grand_piano",
        "source": "rendered_x",
        "group": "g",
    }
    write_csv(tmp_path / "index.csv", [row, row | {"path": "other/2.ogg", "labels": "", "complete": "no"}])
    duet, other = rendered.read(tmp_path)
    assert (duet.labels, duet.split, duet.kind, duet.source) == (("piano", "violin"), "train", "rendered", "rendered_x")
    assert (other.labels, other.complete, duet.complete) == ((), False, True)
    write_csv(tmp_path / "index.csv", [{"path": "violin/1.ogg"}])
    with pytest.raises(TrainingError, match=r"index\.csv has no column labels"):
        rendered.read(tmp_path)


# --- IRMAS -----------------------------------------------------------------------------------------------------------


def irmas_clip(code: str, recording: int, clip: int) -> str:
    return f"{code}/{clip:03}__[{code}][nod][cla]{recording:04}__{clip}.wav"


def training_archive() -> bytes:
    """Four recordings of two clips in every class, one of them common to all classes, under IRMAS's names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for position, label in enumerate(LABELS):
            for recording in (0, *range(1000 + 3 * position, 1003 + 3 * position)):
                for clip in (1, 2):
                    archive.writestr(f"IRMAS-TrainingData/{irmas_clip(label.irmas, recording, clip)}", b"wave" * 500)
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


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.asked = []
        running.files = {"/IRMAS-TrainingData.zip": training_archive()}
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def archives(server: Server) -> dict[str, str]:
    return {irmas.TRAINING: md5(server.files["/IRMAS-TrainingData.zip"])}


def test_irmas_download_survives_cut_connections(tmp_path: Path, server: Server, url: str) -> None:
    server.cuts = 2
    irmas.download(tmp_path, archives(server), url, pause=0.0)
    assert [asked is None for asked in server.asked] == [True, False, False]  # the rest was asked for, not the whole
    assert not list(tmp_path.glob("*.zip*"))
    assert len(irmas.read_training(tmp_path)) == len(LABELS) * 8 + 1
    irmas.download(tmp_path, archives(server), url, pause=0.0)
    assert len(server.asked) == 3  # what is there is not downloaded again


@pytest.mark.parametrize("ranges", [True, False])
def test_download_goes_on_after_a_kill(tmp_path: Path, server: Server, url: str, ranges: bool) -> None:
    server.ranges = ranges
    data = server.files["/IRMAS-TrainingData.zip"]
    (tmp_path / "x.zip.part").write_bytes(data[:1000])
    assert fetch(f"{url}/IRMAS-TrainingData.zip", tmp_path / "x.zip", md5(data)).read_bytes() == data
    assert server.asked == ["bytes=1000-"]


def test_download_that_was_complete_but_not_renamed(tmp_path: Path, server: Server, url: str) -> None:
    data = server.files["/IRMAS-TrainingData.zip"]
    (tmp_path / "x.zip.part").write_bytes(data)
    assert fetch(f"{url}/IRMAS-TrainingData.zip", tmp_path / "x.zip", md5(data)).read_bytes() == data


def test_wrong_checksum_is_refused_and_nothing_is_left(tmp_path: Path, server: Server, url: str) -> None:
    with pytest.raises(TrainingError, match=r"IRMAS-TrainingData\.zip arrived with the checksum"):
        irmas.download(tmp_path, {irmas.TRAINING: "0" * 32}, url)
    assert not list(tmp_path.iterdir())
    (tmp_path / "IRMAS-TrainingData.zip").write_bytes(b"something else")
    with pytest.raises(TrainingError, match=r"IRMAS-TrainingData\.zip has a wrong checksum; delete it"):
        irmas.download(tmp_path, archives(server), url)


def test_corrupt_archive_is_refused_and_nothing_is_unpacked(tmp_path: Path, server: Server, url: str) -> None:
    whole = server.files["/IRMAS-TrainingData.zip"]
    damaged = bytearray(whole)
    damaged[5000:5100] = bytes(100)
    for data in (whole[: len(whole) // 2], bytes(damaged), b"<html>moved</html>"):
        server.files["/IRMAS-TrainingData.zip"] = data
        with pytest.raises(TrainingError, match=r"archive .*IRMAS-TrainingData\.zip is corrupt"):
            irmas.download(tmp_path, archives(server), url)
        assert [path.name for path in tmp_path.iterdir()] == ["IRMAS-TrainingData.zip"]
        (tmp_path / "IRMAS-TrainingData.zip").unlink()


@pytest.mark.parametrize(
    "name", ["../outside.wav", "/outside.wav", "a/../../outside.wav", "..\\outside.wav", "C:/x.wav"]
)
def test_archive_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("fine.wav", "x")
        archive.writestr(name, "x")
    with pytest.raises(TrainingError, match="outside its folder"):
        unpack(tmp_path / "bad.zip", tmp_path / "inside" / "bad")
    assert [path.name for path in tmp_path.rglob("*")] == ["bad.zip"]


def test_missing_archive_and_absent_server(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert irmas.main([str(tmp_path), "--url", f"{url}/absent"]) == 1
    assert capsys.readouterr().err == (f"error: {url}/absent/IRMAS-TrainingData.zip answered 404; check the address.\n")
    with pytest.raises(TrainingError, match=r"cannot be downloaded .* check the connection"):
        fetch("http://127.0.0.1:9/x.zip", tmp_path / "x.zip", "0" * 32, pause=0.0)


def test_full_disk_while_downloading(tmp_path: Path, server: Server, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(TrainingError, match="GB free and needs"):
        irmas.download(tmp_path, archives(server), url)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def irmas_root(tmp_path: Path) -> Path:
    (tmp_path / "training.zip").write_bytes(training_archive())
    unpack(tmp_path / "training.zip", tmp_path / irmas.TRAINING)
    write_test_set(tmp_path)
    return tmp_path


def test_irmas_split_keeps_recordings_together(irmas_root: Path) -> None:
    clips = irmas.read_training(irmas_root, dev_share=0.3)
    check_split(clips)
    groups = {split: {clip.group for clip in clips if clip.split == split} for split in ("train", "dev")}
    assert not groups["train"] & groups["dev"]
    assert len(groups["train"] | groups["dev"]) == len(LABELS) * 3 + 2
    assert 0.15 < len(groups["dev"]) / (len(LABELS) * 3 + 2) < 0.45
    # The recording that has clips in every class is on one side with all of them.
    assert len({clip.split for clip in clips if clip.group == "0000"}) == 1
    assert len([clip for clip in clips if clip.group == "0000"]) == 2 * len(LABELS)
    assert not any(clip.complete for clip in clips)
    assert {clip.labels for clip in clips if clip.group == "1473"} == {("piano",)}


def test_irmas_protocols(irmas_root: Path) -> None:
    assert {clip.labels[0] for clip in irmas.read_training(irmas_root, "ten-class")} == set(INSTRUMENT_NAMES)
    assert {clip.labels[0] for clip in irmas.read_training(irmas_root)} == {*INSTRUMENT_NAMES, "voice"}
    assert [clip.labels for clip in irmas.read_test(irmas_root)] == [
        ("electric_guitar", "voice"),
        ("voice",),
        ("cello", "piano", "violin"),
    ]
    ten = irmas.read_test(irmas_root, "ten-class")
    assert [clip.labels for clip in ten] == [("electric_guitar",), ("cello", "piano", "violin")]
    assert [(clip.split, clip.group, clip.complete) for clip in ten] == [
        ("test", "test/A song", True),
        ("test", "test/Trio - 2", True),
    ]
    assert len(irmas.read(irmas_root)) == len(irmas.read_training(irmas_root)) + 3


def _without_a_class(root: Path) -> None:
    for path in (root / irmas.TRAINING).rglob("*[[]tru]*.wav"):
        path.unlink()


def _with_a_strange_name(root: Path) -> None:
    write_tone(root / irmas.TRAINING / irmas.TRAINING / "vio" / "copy of a clip.wav")


def _with_an_unknown_code(root: Path) -> None:
    next((root / irmas.TESTING[1]).rglob("*.txt")).write_text("voi\nvla\n")


def _without_an_annotation(root: Path) -> None:
    next((root / irmas.TESTING[1]).rglob("*.txt")).unlink()


def _without_a_part(root: Path) -> None:
    (root / irmas.TESTING[2]).rename(root / "elsewhere")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without_a_class, r"no clips of trumpet \(folder tru\) .* training\.data\.sources\.irmas"),
        (_with_a_strange_name, r"copy of a clip\.wav is not named like an IRMAS clip"),
        (_with_an_unknown_code, r"Aria-1\.txt names the instrument 'vla'"),
        (_without_an_annotation, r"annotation .*Aria-1\.txt cannot be read"),
        (_without_a_part, r"no excerpts in .*IRMAS-TestingData-Part3"),
    ],
)
def test_irmas_damage_is_named(irmas_root: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(irmas_root)
    with pytest.raises(TrainingError, match=message):
        irmas.read(irmas_root)


def test_check_split_names_the_recording() -> None:
    clips = [Clip(Path("a"), (), "note", split, "s", "concert") for split in ("train", "dev")]
    with pytest.raises(TrainingError, match="concert of s has clips in both train and dev"):
        check_split(clips)
