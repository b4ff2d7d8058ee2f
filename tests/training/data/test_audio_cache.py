"""Decoded audio on disk: right, incremental, resumable, and whole even where a disk fills up."""

import os
import pickle
import resource
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from instrument_model.audio import read_audio
from training.data import shards
from training.data.audio_cache import AudioCache
from training.data.clips import Clip
from training.errors import TrainingError

RATE = 32_000


def make_clip(folder: Path, name: str, pitch: float = 440.0, seconds: float = 0.2, rate: int = RATE) -> Clip:
    path = folder / f"{name}.wav"
    time = np.arange(int(seconds * rate)) / rate
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * pitch * time), rate, subtype="FLOAT")
    return Clip(path, (), "phrase", "train", "test", name)


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    (tmp_path / "audio").mkdir()
    return [make_clip(tmp_path / "audio", str(number), 200.0 + 100 * number) for number in range(5)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were decoded."""
    names: list[str] = []

    def noted(path: Path, *others: Any) -> npt.NDArray[np.float32]:  # noqa: ANN401
        names.append(path.stem)
        return read_audio(path, *others)

    monkeypatch.setattr(shards, "read_audio", noted)
    return names


def test_waveforms_are_those_of_the_files(clips: list[Clip], folder: Path) -> None:
    cache = AudioCache.build(folder, clips)
    assert len(cache) == 5
    assert not cache.unreadable
    for clip in clips:
        expected, _ = soundfile.read(clip.path, dtype="float32")
        assert cache[clip].dtype == np.int16
        np.testing.assert_allclose(cache.waveform(clip), expected, atol=1 / 32767)
        assert cache.seconds(clip) == pytest.approx(0.2)
        with pytest.raises(ValueError, match="read-only"):
            cache[clip][0] = 1


def test_other_rates_and_channels_become_mono_at_the_rate_of_the_cache(tmp_path: Path, folder: Path) -> None:
    clip = make_clip(tmp_path, "slow", 440.0, 0.5, rate=8000)
    mono, _ = soundfile.read(clip.path)
    soundfile.write(clip.path, np.stack([mono, mono], axis=1), 8000)
    waveform = AudioCache.build(folder, [clip]).waveform(clip)
    assert len(waveform) == pytest.approx(16_000, abs=4)
    assert np.fft.rfft(waveform).__abs__().argmax() * RATE / len(waveform) == pytest.approx(440, abs=2)


def test_a_second_build_decodes_only_what_is_new_or_changed(
    clips: list[Clip], folder: Path, decoded: list[str], tmp_path: Path
) -> None:
    AudioCache.build(folder, clips[:3])
    assert sorted(decoded) == ["0", "1", "2"]
    decoded.clear()
    make_clip(tmp_path / "audio", "1", 990.0, seconds=0.3)
    cache = AudioCache.build(folder, clips)
    assert sorted(decoded) == ["1", "3", "4"]
    assert [cache.seconds(clip) for clip in clips] == pytest.approx([0.2, 0.3, 0.2, 0.2, 0.2])
    decoded.clear()
    AudioCache.build(folder, clips)
    assert not decoded


def test_a_killed_build_keeps_its_finished_shards(
    clips: list[Clip], folder: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "SHARD_BYTES", 1)  # a shard for every clip
    write, written = shards.write_shard, []

    def killed_at_the_third(path: Path, number: int, *others: Any) -> Any:  # noqa: ANN401
        written.append(number)
        if len(written) == 3:
            raise KeyboardInterrupt
        return write(path, number, *others)

    monkeypatch.setattr("training.data.audio_cache.write_shard", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        AudioCache.build(folder, clips)
    assert [clip in AudioCache.open(folder) for clip in clips] == [True, True, False, False, False]
    decoded.clear()
    cache = AudioCache.build(folder, clips)
    assert sorted(decoded) == ["2", "3", "4"]
    for clip in clips:
        expected, _ = soundfile.read(clip.path, dtype="float32")
        np.testing.assert_allclose(cache.waveform(clip), expected, atol=1 / 32767)


def test_unreadable_clips_are_listed_and_the_rest_goes_on(clips: list[Clip], folder: Path) -> None:
    clips[1].path.write_text("not a recording")
    clips[3].path.unlink()
    cache = AudioCache.build(folder, clips)
    assert cache.readable(clips) == [clips[0], clips[2], clips[4]]
    assert set(cache.unreadable) == {clips[1].path, clips[3].path}
    assert "No sound could be read from 1.wav" in cache.unreadable[clips[1].path]
    assert "3.wav does not exist" in cache.unreadable[clips[3].path]
    with pytest.raises(TrainingError, match=r"1\.wav cannot be read"):
        cache[clips[1]]
    make_clip(clips[3].path.parent, "3")
    assert clips[3] in AudioCache.build(folder, clips)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(clips: list[Clip], folder: Path) -> None:
    AudioCache.build(folder, clips[:2])
    before = sorted(path.name for path in folder.iterdir())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))  # the system refuses to let a file grow, as when full
    try:
        with pytest.raises(TrainingError, match=r"cache in .* cannot be written \(File too large\); make room"):
            AudioCache.build(folder, clips)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(path.name for path in folder.iterdir()) == before
    cache = AudioCache.open(folder)
    assert [clip in cache for clip in clips] == [True, True, False, False, False]
    assert len(AudioCache.build(folder, clips)) == 5


def test_a_cache_survives_pickling(clips: list[Clip], folder: Path) -> None:
    cache = AudioCache.build(folder, clips)
    cache[clips[0]]
    pickled = pickle.dumps(cache)
    assert len(pickled) < 10_000  # no audio in it
    np.testing.assert_array_equal(pickle.loads(pickled)[clips[0]], cache[clips[0]])  # noqa: S301


def test_damage_and_misuse_are_named(clips: list[Clip], folder: Path) -> None:
    with pytest.raises(TrainingError, match="no audio cache in"):
        AudioCache.open(folder)
    cache = AudioCache.build(folder, clips[:2])
    with pytest.raises(TrainingError, match=r"4\.wav is not in the audio cache"):
        cache[clips[4]]
    with pytest.raises(TrainingError, match="is at 32000 Hz"):
        AudioCache.build(folder, clips, 16_000)
    os.truncate(folder / "00000.int16", 8000)
    with pytest.raises(TrainingError, match=r"00000\.int16 is cut short"):
        AudioCache.open(folder)[clips[1]]
    (folder / "00000.int16").unlink()
    with pytest.raises(TrainingError, match=r"00000\.int16 cannot be mapped"):
        AudioCache.open(folder)[clips[1]]
    (folder / "index.json").write_text("{}")
    with pytest.raises(TrainingError, match=r"index\.json is damaged"):
        AudioCache.open(folder)
