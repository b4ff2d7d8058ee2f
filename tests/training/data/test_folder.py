"""A folder per class: recordings, splits and mistakes."""

from pathlib import Path

import pytest

from tests.support.sounds import write_tone
from training.data.clips import check_split
from training.data.sources import folder
from training.errors import TrainingError


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


@pytest.mark.parametrize(("recordings", "least"), [(2, 1), (4, 1), (5, 2), (12, 2)])
def test_small_classes_hold_out_enough(tmp_path: Path, recordings: int, least: int) -> None:
    for number in range(recordings):
        path = tmp_path / f"piano/song{number}_1.wav"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for seed in range(20):
        clips = folder.read(tmp_path, dev_share=0.01, seed=seed)
        assert sum(clip.split == "dev" for clip in clips) == least


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
