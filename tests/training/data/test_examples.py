"""Training examples: each depends on its number and the seed alone, and has the labels of what sounds in it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from instrument_model.labels import LABEL_NAMES
from tests.support.training.runs import make_items, part
from training.data.arguments import unseen_sources
from training.data.audio_cache import AudioCache
from training.data.augmentation_names import SCENE_LEVEL_NAMES
from training.data.clips import Clip, Split, check_split
from training.data.mixing import BAND_TARGET, accompany, mix
from training.errors import TrainingError


def test_no_recording_is_on_both_sides_of_the_split(clips: list[Clip]) -> None:
    check_split(clips)
    sides = {clip.split for clip in clips}
    assert sides == {"train", "dev"}
    moved = [*clips, Clip(clips[0].path, clips[0].labels, "phrase", "test", clips[0].source, clips[0].group)]
    with pytest.raises(TrainingError, match="clips in both"):
        check_split(moved)


def test_an_item_depends_on_its_number_and_the_seed_alone(clips: list[Clip], audio: AudioCache) -> None:
    first, second = make_items(clips, audio), make_items(clips, audio)
    for index in (5, 0, 17):
        for key in ("waveform", "target", "label_weight"):
            np.testing.assert_array_equal(first[index][key], second[index][key])
    assert not np.array_equal(first[1]["waveform"][:100], first[2]["waveform"][:100])


def test_items_of_a_batch_have_one_length_and_finite_samples(clips: list[Clip], audio: AudioCache) -> None:
    items = make_items(clips, audio)
    lengths = set()
    for start in range(0, 64, 8):
        batch = [items[i]["waveform"] for i in range(start, start + 8)]
        assert len({len(waveform) for waveform in batch}) == 1
        assert all(waveform.dtype == np.float32 and np.isfinite(waveform).all() for waveform in batch)
        lengths.add(len(batch[0]))
    assert len(lengths) > 1


def test_a_class_without_clips_is_named(clips: list[Clip], audio: AudioCache) -> None:
    with pytest.raises(TrainingError, match="no clip of flute"):
        make_items([clip for clip in clips if "flute" not in clip.labels], audio)


def test_bands_stand_behind_a_soloist_and_never_lead(clips: list[Clip], audio: AudioCache) -> None:
    bands = [replace(clip, labels=(), kind="accompaniment") for clip in clips if clip.labels == ("piano",)]
    others = [clip for clip in clips if clip.labels != ("piano",)]
    with pytest.raises(TrainingError, match="no clip of piano"):
        make_items([*others, *bands], audio)
    items = make_items([*clips, *bands], audio, without=(*SCENE_LEVEL_NAMES, "mixture"))
    accompanied = [item for item in map(items.__getitem__, range(64)) if (item["parts"][0] != item["clean"]).any()]
    assert 8 < len(accompanied) < 32
    assert all(item["target"].max() == 1 for item in accompanied)
    alone = make_items([*clips, *bands], audio, without=("band", "mixture"))
    assert all((item["parts"][0] == item["clean"]).all() for item in map(alone.__getitem__, range(16)))


def test_the_parts_of_a_mixture_are_there_alone_where_their_labels_count(clips: list[Clip], audio: AudioCache) -> None:
    items = [make_items(clips, audio, without=("band",), length=128)[index] for index in range(128)]
    counts = [int((item["parts"] != 0).any(axis=1).sum()) for item in items]
    assert {1, 2, 3} <= set(counts)
    for item, count in zip(items, counts, strict=True):
        assert count >= int(item["target"].sum())  # each of these recordings has one label or none
        if count == 1 and (item["parts"][0] == item["clean"]).all():
            assert item["label_weight"].all()


def test_a_mixture_has_the_union_of_labels_unless_the_second_part_is_faint() -> None:
    union = mix(part("cello"), part("flute", "voice"), 5.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(union.target)} == {"cello", "flute", "voice"}
    assert union.label_weight.all()
    faint = mix(part("cello"), part("flute"), 12.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.target)} == {"cello"}
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.label_weight == 0)} == {"flute"}


def test_a_band_sounds_but_does_not_lead() -> None:
    heard = accompany(part("violin"), part("piano", "violin"), 5.0)
    assert {LABEL_NAMES[i]: float(heard.target[i]) for i in np.flatnonzero(heard.target)} == {
        "piano": pytest.approx(BAND_TARGET),
        "violin": 1.0,
    }
    assert heard.label_weight.all()
    faint = accompany(part("violin"), part("piano", "violin"), 12.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.target)} == {"violin"}
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.label_weight == 0)} == {"piano"}


def test_unseen_sources_leave_out_collections_with_training_clips() -> None:
    sides: tuple[tuple[Split, str], ...] = (("train", "x"), ("dev", "x"), ("dev", "y"))
    known = [Clip(Path(f"{n}.wav"), (), "phrase", split, source, str(n)) for n, (split, source) in enumerate(sides)]
    assert [clip.source for clip in unseen_sources(known)] == ["y"]
