"""Rendered phrases: the MIDI file, and what FluidSynth makes of it."""

import os
import resource
from collections import Counter
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from tests.support.training.scores import FONT, make_font
from training.data.clips import OTHER, check_split
from training.data.sources import rendered
from training.errors import TrainingError
from training.render import main
from training.synthesis import render
from training.synthesis.general_midi import RENDERED_LABELS, font_presets, voices_of
from training.synthesis.midi_performance import into_register, write_midi
from training.synthesis.midi_score import Note, Score, excerpt, read_score
from training.synthesis.plan import draw_phrase, draw_plan


def test_midi_file_has_bank_before_program_and_ends_all_notes(midi: list[Path], tmp_path: Path) -> None:
    font = make_font(tmp_path / "one.sf2", [(40, 8), (16, 8)])
    phrase = draw_phrase("violin", midi, [font], 1.0, (0, 1))
    score = excerpt(read_score(phrase.midi), 0.0, 6.0, 1.0)
    write_midi(tmp_path / "out.mid", score, phrase.parts, 6.0, np.random.default_rng(0))
    written = mido.MidiFile(tmp_path / "out.mid")
    messages = [message for message in written.tracks[0] if not message.is_meta]
    first = [message for message in messages if message.channel == 0][:2]
    assert [message.type for message in first] == ["control_change", "program_change"]
    assert (first[0].control, first[0].value, first[1].program) == (0, 8, 40)
    kinds = Counter(message.type for message in messages)
    assert kinds["note_on"] == kinds["note_off"] > 10
    assert 5.0 < written.length <= 6.1
    assert {message.channel for message in messages} == {0, 1}


def pitch_of(waveform: npt.NDArray[np.float32], rate: int) -> float:
    """MIDI pitch from the first peak of the autocorrelation that is nearly as high as the highest."""
    spectrum = np.fft.rfft(waveform, 2 * len(waveform))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: rate // 50]
    lags = np.arange(rate // 2000, rate // 50)
    peaks = [k for k in lags[1:-1] if correlation[k - 1] < correlation[k] > correlation[k + 1]]
    highest = max(correlation[peak] for peak in peaks)
    lag = next(peak for peak in peaks if correlation[peak] > 0.9 * highest)
    return float(69 + 12 * np.log2(rate / lag / 440))


@pytest.mark.slow
def test_rendered_phrases(midi: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "out"
    counts = {"flute": 1, "electric_guitar": 1, OTHER: 1}
    plan = draw_plan(midi, [FONT], counts, 0.0, seed=5)
    results = list(render.render(plan[:2], output))
    assert [sounds for _, sounds in results] == [True, True]
    first = {path: path.stat().st_mtime_ns for path in output.rglob("*.ogg")}
    (output / "other").mkdir(exist_ok=True)

    assert [phrase for phrase, _ in render.render(plan, output)] == plan[2:]  # goes on where it stopped
    assert all(path.stat().st_mtime_ns == time for path, time in first.items())
    clips = rendered.read(output)
    check_split(clips)
    assert sorted(clip.labels for clip in clips) == [(), ("electric_guitar",), ("flute",)]
    for clip in clips:
        waveform, rate = soundfile.read(clip.path)
        assert rate == 32_000
        assert waveform.ndim == 1
        assert 7 < len(waveform) / rate < 14
        assert 0.2 < np.abs(waveform).max() <= 1.0
    assert not list(output.rglob(".*"))


def test_a_full_disk_is_one_sentence_and_leaves_no_half_phrase(midi: list[Path], tmp_path: Path) -> None:
    plan = draw_plan(midi, [FONT], {"flute": 1}, 0.0, seed=5)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    waveform = np.random.default_rng(0).uniform(-0.5, 0.5, 320_000).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "synthesise", lambda _: waveform)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))  # no file may grow further, as on a full disk
        try:
            with pytest.raises(TrainingError, match=r"\.ogg cannot be written \(File too large\); make room"):
                list(render.render(plan, tmp_path / "out"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_the_pitch_that_sounds_is_the_pitch_that_was_meant(tmp_path: Path) -> None:
    one_note = Score((Note(0.0, 20.0, 60),), (Note(0.0, 20.0, 60),))
    path = tmp_path / "midi/long.mid"
    path.parent.mkdir()
    track = mido.MidiTrack([mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=480 * 40)])
    mido.MidiFile(tracks=[track], ticks_per_beat=480).save(path)
    phrase = draw_phrase("clarinet", [path], [FONT], 0.0, (1, 1))
    _, shift = into_register(list(one_note.melody), phrase.parts[0].voice, phrase.parts[0].register)
    waveform = render.synthesise(phrase)
    assert pitch_of(waveform[32_000:48_000], 32_000) == pytest.approx(60 + shift, abs=0.5)
    np.testing.assert_array_equal(waveform, render.synthesise(phrase))


def test_command_line_counts_and_says_what_is_wrong(
    midi: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, output = str(midi[0].parent), str(tmp_path / "out")

    def fails_with(*arguments: str) -> str:
        assert main([*arguments, "--out", output]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1
        return error

    (tmp_path / "bad.sf2").write_bytes(b"no sound font")
    (tmp_path / "empty").mkdir()
    assert "cannot be read" in fails_with(folder, "--soundfont", str(tmp_path / "absent.sf2"))
    assert "bad.sf2 is not a sound font" in fails_with(folder, "--soundfont", str(tmp_path / "bad.sf2"))
    assert "There are no MIDI files below" in fails_with(str(tmp_path / "empty"), "--soundfont", str(FONT))
    assert "--count viola=3 is not of the form" in fails_with(folder, "--soundfont", str(FONT), "--count", "viola=3")
    (tmp_path / "empty/broken.mid").write_bytes(b"MThd broken")
    assert "broken.mid cannot be read" in fails_with(
        str(tmp_path / "empty"), "--soundfont", str(FONT), "--count", "flute=1"
    )
    assert not list(Path(output).rglob("*.ogg"))
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert "The program fluidsynth is missing" in fails_with(folder, "--soundfont", str(FONT))


def test_the_installed_font_plays_every_label() -> None:
    assert len(font_presets(FONT)) > 128
    assert all(voices_of(label, FONT) for label in RENDERED_LABELS)
