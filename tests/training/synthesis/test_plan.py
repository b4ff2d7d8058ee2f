"""What is drawn: scores, voices, plans and bands."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.support.training.scores import FONT, make_font
from training.data.clips import OTHER
from training.errors import TrainingError
from training.synthesis.bands import draw_bands
from training.synthesis.general_midi import RENDERED_LABELS, VOICES, Voice
from training.synthesis.midi_performance import arpeggio, drum_pattern, into_register, play
from training.synthesis.midi_score import Note, chords, excerpt, monophonic, read_score
from training.synthesis.plan import draw_phrase, draw_plan


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
