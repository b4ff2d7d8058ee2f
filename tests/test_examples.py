"""The example clips: light, played from our score, and recognised."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from examples.render import SOUNDFONT, loudness, main, midi_file, midi_number
from examples.score import PIECES
from instrument_model import InstrumentClassifier
from instrument_model.audio import read_audio
from instrument_model.labels import INSTRUMENT_NAMES
from tests.support.app_server import EXAMPLES

pytestmark = pytest.mark.slow

CLIPS = (*INSTRUMENT_NAMES, "ensemble")


def test_there_is_a_clip_of_each_instrument_and_one_of_several() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.mp3")} == set(CLIPS) == {piece.name for piece in PIECES}


@pytest.mark.parametrize("name", CLIPS)
def test_clips_are_short_light_and_audible(name: str) -> None:
    path = EXAMPLES / f"{name}.mp3"
    assert path.stat().st_size < 150_000
    assert 5.5 < soundfile.info(path).duration < 9.5
    assert np.abs(read_audio(path, 32_000)).max() > 0.4


def test_the_bundled_model_recognises_them() -> None:
    classifier = InstrumentClassifier.from_pretrained()
    tops = {
        name: [guess.label for guess in classifier.predict(EXAMPLES / f"{name}.mp3").top] for name in INSTRUMENT_NAMES
    }
    assert sum(top[0] == name for name, top in tops.items()) >= 8, tops
    assert all(name in top for name, top in tops.items()), tops


def test_the_script_plays_a_clip_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert SOUNDFONT.is_file(), "Debian's fluid-soundfont-gm is missing; make test installs it"
    assert main(["trumpet", "--out", str(tmp_path)]) == 0
    assert "trumpet.mp3" in capsys.readouterr().out
    again, stored = (read_audio(folder / "trumpet.mp3", 16_000) for folder in (tmp_path, EXAMPLES))
    assert len(again) == pytest.approx(len(stored), rel=0.02)

    def envelope(sound: np.ndarray) -> np.ndarray:
        length = min(len(again), len(stored)) // 800 * 800
        return np.asarray(np.sqrt((sound[:length].reshape(-1, 800) ** 2).mean(axis=1)))

    assert np.corrcoef(envelope(again), envelope(stored))[0, 1] > 0.98


def test_wrong_names_and_fonts_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oboe"]) == 1
    assert main(["cello", "--soundfont", str(tmp_path / "none.sf2")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith("error: ") for line in lines] == [True, True]


def test_notes_and_dynamics_are_read_as_written() -> None:
    assert [midi_number(pitch) for pitch in ("A4", "C4", "Bb3", "F#5")] == [69, 60, 58, 78]
    assert loudness("[p] C4:1 C4:1 C4:1 [f]") == [50.0, 66.0, 82.0]
    piano = midi_file(next(piece for piece in PIECES if piece.name == "piano"))
    assert piano.length == pytest.approx(9.5 * 60 / 84, rel=0.01)  # nine and a half quarter notes, 84 a minute
