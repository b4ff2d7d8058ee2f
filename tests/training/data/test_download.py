"""IRMAS is downloaded whole or not at all, whatever the connection does."""

import zipfile
from pathlib import Path

import pytest

from instrument_model.labels import LABELS
from tests.support.training.irmas_server import Server, archives, md5
from training.data.sources import irmas
from training.data.sources.download import fetch, unpack
from training.errors import TrainingError


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
