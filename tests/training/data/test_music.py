"""Music without labels: cut into items about which the labels say nothing and a teacher everything."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.command_line import run
from tests.support.sounds import tone
from tests.support.training.library import make_class_folders
from tests.support.training.runs import checkpoint_state, make_items
from training.data.audio_cache import AudioCache
from training.data.clips import MUSIC, Clip
from training.data.precomputed import PreparedItems
from training.data.sources import music
from training.errors import TrainingError

RATE = 32_000


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("songs")
    for name, pitch in (("single.flac", 330.0), ("album/disc 1/first.ogg", 440.0), ("album/second.OGG", 550.0)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(root / name, tone(4.0, RATE, pitch, 0.4), RATE)
    (root / "album" / "licence.txt").write_text("CC0")
    return root


def test_every_audio_file_is_a_song_and_its_first_folder_a_collection(songs: Path, tmp_path: Path) -> None:
    clips = music.read(songs)
    assert [(clip.source, clip.group) for clip in clips] == [
        ("album", "album/disc 1/first.ogg"),
        ("album", "album/second.OGG"),
        (songs.name, "single.flac"),
    ]
    assert {(clip.kind, clip.split, clip.labels) for clip in clips} == {(MUSIC, "train", ())}
    for nothing in (tmp_path, tmp_path / "missing"):
        with pytest.raises(TrainingError, match="no audio files"):
            music.read(nothing)


def test_the_cache_keeps_as_much_of_a_file_as_it_is_told(songs: Path, tmp_path: Path) -> None:
    first, *_, last = music.read(songs)
    AudioCache.build(tmp_path, [first], RATE, max_seconds=1.0)
    cache = AudioCache.build(tmp_path, [first, last], RATE, max_seconds=3.0)
    assert (cache.seconds(first), cache.seconds(last)) == (1.0, 3.0)  # what is there stays


def test_music_is_its_share_of_the_items_and_has_no_label_that_counts(clips: list[Clip], audio: AudioCache) -> None:
    songs = [replace(clip, labels=(), kind=MUSIC) for clip in clips if clip.labels == ("piano",)]
    bands = [replace(clip, kind="accompaniment") for clip in songs]
    items = [make_items([*clips, *songs, *bands], audio)[index] for index in range(64)]
    unlabelled = [item for item in items if not item["label_weight"].any()]
    assert 20 < len(unlabelled) < 44
    for item in unlabelled:
        assert not item["target"].any()
        assert item["clean"].any()
        np.testing.assert_array_equal(item["parts"][0], item["clean"])  # the teacher hears all of it
        assert not item["parts"][1:].any()
    assert any((item["waveform"] != item["clean"]).any() for item in unlabelled)
    led = [item for item in items if item["label_weight"].sum() == 1]  # in front of music the soloist alone counts
    assert led
    assert all((item["target"] == item["label_weight"]).all() for item in led)


@pytest.mark.slow
def test_a_run_learns_from_music_what_its_teacher_hears_in_it(songs: Path, narrow_model: Path, tmp_path: Path) -> None:
    data = ("--folder", str(make_class_folders(tmp_path / "recordings")), "--cache", str(tmp_path / "cache"))
    size = ("--items", "16", "--batch-size", "4", "--workers", "0")
    make = ["training.prepare", *data, *size, "--out", str(tmp_path / "items"), "--music", str(songs)]
    alone = run(make[0], make[1:])
    assert (alone.status, alone.error[:46]) == (1, "error: Nothing says what sounds in --music but")
    make += ["--teacher", str(narrow_model), "--music-share"]
    beyond = run(make[0], [*make[1:], "1.5"])
    assert (beyond.status, beyond.error[:46]) == (1, "error: --music-share is 1.5; give a share from")
    made = run(make[0], [*make[1:], "1"])
    assert made.status == 0, made.error
    other = run(make[0], [*make[1:], "0.5"])
    assert other.status == 1
    assert "items of other settings" in other.error
    items = PreparedItems([tmp_path / "items"], length=16, batch_size=4, seed=0)
    assert all(not items[index]["label_weight"].any() and items[index]["answers"].all() for index in range(16))
    start = ("--prepared", str(tmp_path / "items"), "--backbone", str(narrow_model), "--out", str(tmp_path / "run"))
    trained = run("training.train", [*data, *size, *start, "--cpu", "--distil", "0.9", "--score-every", "4"])
    assert trained.status == 0, trained.error
    assert all(np.isfinite(loss) for _, loss in checkpoint_state(tmp_path / "run")["progress"]["losses"])
