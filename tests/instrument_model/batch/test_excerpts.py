"""The best seconds of an instrument from a folder, as the command line cuts them."""

import shutil
from pathlib import Path

import pytest
import soundfile

from instrument_model.cli import main
from tests.support.app_server import EXAMPLES


@pytest.fixture(name="music")
def fixture_music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    for name in ("cello.mp3", "trumpet.mp3"):
        for place in (folder, folder / "more"):
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(EXAMPLES / name, place)
    (folder / "broken.wav").write_text("no sound", encoding="utf-8")
    return folder


def test_each_recording_of_an_instrument_gives_an_excerpt(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cellos"
    assert main([str(music), "--excerpts", "cello", "--out", str(out)]) == 1  # because one cannot be read
    printed = capsys.readouterr()
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 2
    assert names[0].startswith("cello_0m")
    assert names[1].startswith("more_cello_0m")
    assert all(name.endswith("_cello.wav") and name in printed.out for name in names)
    assert "broken.wav" in printed.err
    assert all(0.5 < soundfile.info(out / name).duration <= 6.1 for name in names)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--excerpts", "kazoo", "--out", "x"], "There is no instrument 'kazoo'; choose one of cello"),
        (["--excerpts", "cello"], "give one folder of recordings, and a folder for the excerpts"),
        (["--excerpts", "cello", "--out", "music/cellos"], "lies in the folder of recordings"),
    ],
)
def test_what_cannot_be_cut_gets_a_sentence(
    music: Path,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(music.parent)
    assert main(["music", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_an_instrument_that_is_nowhere_heard_is_said_so(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (music / "broken.wav").unlink()
    assert main([str(music), "--excerpts", "organ", "--out", str(tmp_path / "out")]) == 0
    assert "No organ is heard" in capsys.readouterr().err
