"""Rendering phrases: what is drawn, how it is played, and what FluidSynth makes of it."""

import json
import os
import resource
import struct
from collections import Counter
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from training import render
from training.data.clips import check_split
from training.data.sources import rendered
from training.errors import TrainingError
from training.synthesis.bands import draw_bands
from training.synthesis.general_midi import OTHER, RENDERED_LABELS, VOICES, Voice, font_presets, voices_of
from training.synthesis.midi_performance import arpeggio, drum_pattern, into_register, play, write_midi
from training.synthesis.midi_score import Note, Score, chords, excerpt, monophonic, read_score
from training.synthesis.plan import draw_phrase, draw_plan

FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian's fluid-soundfont-gm


def write_score(path: Path, seconds: int = 40) -> Path:
    """A scale above a slow bass of two notes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    melody, bass = mido.MidiTrack(), mido.MidiTrack()
    for second in range(seconds):
        for pitch in (72 + second % 12, 74 + second % 12):
            melody.append(mido.Message("note_on", note=pitch, velocity=90))
            melody.append(mido.Message("note_off", note=pitch, time=480))
        for pitch in (48, 55):
            bass.append(mido.Message("note_on", note=pitch, velocity=90))
        bass.append(mido.Message("note_off", note=48, time=960))
        bass.append(mido.Message("note_off", note=55))
    mido.MidiFile(tracks=[bass, melody], ticks_per_beat=480).save(path)  # two beats a second
    return path


@pytest.fixture
def midi(tmp_path: Path) -> list[Path]:
    write_score(tmp_path / "midi/one.mid")
    write_score(tmp_path / "midi/two.midi", seconds=20)
    return render.find_midi([tmp_path / "midi"])


def make_font(path: Path, presets: list[tuple[int, int]]) -> Path:
    """The part of a sound font that names its presets, with the record that marks the end."""
    records = b"".join(struct.pack("<20sHH14x", b"preset", program, bank) for program, bank in (*presets, (0, 0)))
    chunk = b"phdr" + struct.pack("<I", len(records)) + records
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"sfbk" + chunk)
    return path


def test_score_is_cut_and_reduced(midi: list[Path]) -> None:
    score = read_score(midi[0])
    assert {note.pitch for note in score.harmony} == {48, 55}
    assert len(score.melody) == 80
    cut = excerpt(score, 0.5, seconds=5.0, tempo=2.0)
    assert len(cut.melody) == 20  # ten seconds of the score, two notes a second
    assert cut.melody[0].start == pytest.approx(0.0)
    assert all(note.end <= 5.0 for note in cut.melody + cut.harmony)
    assert [len(chord) for chord in chords(cut.harmony)] == [2] * 10
    overlapping = (Note(0, 2, 60), Note(0, 2, 64), Note(1, 3, 62))
    assert monophonic(overlapping) == [Note(0, 1, 64), Note(1, 3, 62)]


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: f"{voice.detail}")
def test_every_voice_stays_in_its_range_and_key(voice: Voice) -> None:
    notes = [Note(float(number), number + 1.0, pitch) for number, pitch in enumerate((36, 60, 64, 67, 99))]
    for register in (0.0, 1.0):
        moved, shift = into_register(notes, voice, register)
        assert all(voice.low <= note.pitch <= voice.high for note in moved)
        assert {(note.pitch - shift) % 12 for note in moved} == {note.pitch % 12 for note in notes}
        _, second = into_register(notes, voice, register, shift=3)
        assert second % 12 == 3


def test_patterns_last_as_long_as_asked() -> None:
    rng = np.random.default_rng(0)
    played = arpeggio((Note(0, 2, 60), Note(0, 2, 64), Note(0, 2, 67)), rng)
    assert {note.pitch for note in played} <= {60, 64, 67, 72}
    assert len(played) >= 6
    assert max(note.end for note in played) <= 2
    assert 3 < max(note.start for note in drum_pattern(4.0, rng)) < 4


def test_plan_is_deterministic_balanced_and_grows(midi: list[Path], tmp_path: Path) -> None:
    font = make_font(tmp_path / "all.sf2", sorted({(voice.program, voice.bank) for voice in VOICES}))
    counts = dict.fromkeys(RENDERED_LABELS, 4)
    plan = draw_plan(midi, [font], counts, 0.5, seed=3)
    names = [phrase.filename for phrase in plan]
    assert len(set(names)) == 4 * len(RENDERED_LABELS)
    assert names == [phrase.filename for phrase in draw_plan(midi, [font], counts, 0.5, seed=3)]
    assert set(names).isdisjoint(phrase.filename for phrase in draw_plan(midi, [font], counts, 0.5, seed=4))
    assert set(names) < {phrase.filename for phrase in draw_plan(midi, [font], counts | {"violin": 5}, 0.5, seed=3)}
    half = Counter(phrase.parts[0].voice.label for phrase in plan[: len(plan) // 2])
    assert set(half.values()) == {2}


def test_labels_are_those_of_all_that_are_heard(midi: list[Path], tmp_path: Path) -> None:
    font = make_font(tmp_path / "three.sf2", [(40, 0), (0, 0), (68, 0)])
    duets = [draw_phrase("violin", midi, [font], 1.0, (0, number)) for number in range(20)]
    for phrase in duets:
        piano = phrase.detail == "violin+grand_piano"
        faint = phrase.parts[1].level_db < -9
        assert phrase.labels == (("piano", "violin") if piano and not faint else ("violin",))
        assert phrase.complete == (not (piano and faint))
    assert len({(phrase.labels, phrase.complete) for phrase in duets}) == 3
    assert {phrase.detail for phrase in duets} == {"violin+grand_piano", "violin+oboe"}
    assert draw_phrase(OTHER, midi, [font], 0.0, (0, 0)).labels == ()
    assert json.loads(duets[0].settings)["parts"][0]["voice"]["program"] == 40
    with pytest.raises(TrainingError, match="None of the sound fonts has a preset for cello"):
        draw_phrase("cello", midi, [font], 0.0, (0, 0))


def test_bands_leave_the_melody_out_and_name_what_is_heard(midi: list[Path]) -> None:
    bands = draw_bands(midi, [FONT], 60, 3)
    assert bands[:7] == draw_bands(midi, [FONT], 7, 3)
    assert {part.style for band in bands for part in band.parts} <= {"chords", "arpeggio", "bass", "drums"}
    assert Counter(band.kind for band in bands) == {"accompaniment": 60}
    assert any("piano" in band.labels for band in bands)
    for band in bands:
        loudest = max(part.level_db for part in band.parts)
        for part in band.parts:
            heard = part.voice.label != OTHER and part.level_db >= loudest - 9
            assert not heard or part.voice.label in band.labels
        assert band.complete == (not any("section" in p.voice.detail and p.voice.program < 51 for p in band.parts))


def test_a_bass_plays_the_lowest_notes(midi: list[Path]) -> None:
    score = excerpt(read_score(midi[0]), 0.0, 8.0, 1.0)
    bass = next(part for band in draw_bands(midi, [FONT], 20, 3) for part in band.parts if part.style == "bass")
    notes, _ = play(score, bass, 8.0, np.random.default_rng(0))
    assert len({note.pitch for note in notes}) == 1  # of 48 and 55
    assert all(first.end <= second.start + 0.3 for first, second in pairwise(notes))


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
    assert not list(output.rglob("*.part"))


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
        assert render.main([*arguments, "-o", output]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1
        return error

    (tmp_path / "bad.sf2").write_bytes(b"no sound font")
    (tmp_path / "empty").mkdir()
    assert "cannot be read" in fails_with(folder, "-s", str(tmp_path / "absent.sf2"))
    assert "bad.sf2 is not a sound font" in fails_with(folder, "-s", str(tmp_path / "bad.sf2"))
    assert "There are no MIDI files below" in fails_with(str(tmp_path / "empty"), "-s", str(FONT))
    assert "--count viola=3 is not of the form" in fails_with(folder, "-s", str(FONT), "--count", "viola=3")
    (tmp_path / "empty/broken.mid").write_bytes(b"MThd broken")
    assert "broken.mid cannot be read" in fails_with(str(tmp_path / "empty"), "-s", str(FONT), "--count", "flute=1")
    assert not list(Path(output).rglob("*.ogg"))
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert "The program fluidsynth is missing" in fails_with(folder, "-s", str(FONT))


def test_the_installed_font_plays_every_label() -> None:
    assert len(font_presets(FONT)) > 128
    assert all(voices_of(label, FONT) for label in RENDERED_LABELS)
