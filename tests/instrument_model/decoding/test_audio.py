"""Files and arrays become the same mono samples whatever they are stored as."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from instrument_model import AudioError, audio
from instrument_model.audio import array_blocks, decoded_blocks, read_audio, read_blocks
from instrument_model.decoding.blocks import BLOCK_SAMPLES
from tests.support.sounds import FORMATS, Samples, pitch_of, tone, write

RATE = 32_000


def array_audio(waveform: object, rate: float, max_seconds: float | None = None) -> Samples:
    return np.concatenate(list(array_blocks(waveform, rate, RATE, max_seconds)))  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format(suffix: str, recordings: dict[str, Path]) -> None:
    waveform = read_audio(recordings[suffix], RATE)
    assert waveform.dtype == np.float32
    assert len(waveform) == pytest.approx(2 * RATE, abs=0.06 * RATE)  # encoders pad to whole packets
    assert pitch_of(waveform, RATE) == pytest.approx(440, abs=1)
    middle = waveform[RATE // 2 : RATE]
    assert np.sqrt(2) * middle.std() == pytest.approx(0.375, abs=0.02)  # the mean of 0.5 and 0.25


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_samples_are_those_of_the_file(subtype: str, tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-0.9, 0.9, (3 * BLOCK_SAMPLES // 4, 2)).astype(np.float32)
    soundfile.write(tmp_path / "noise.wav", samples, RATE, subtype=subtype)
    blocks = list(decoded_blocks(tmp_path / "noise.wav"))  # of which none may take another's memory
    expected, _ = soundfile.read(tmp_path / "noise.wav", dtype="float32")
    assert len(blocks) == 2
    np.testing.assert_array_equal(np.concatenate([frames for _, frames in blocks]), expected)


@pytest.mark.parametrize("rate", [4_000, 8_000, 11_025, 22_050, 32_000, 44_100, 96_000, 192_000])
def test_every_rate(rate: int, tmp_path: Path) -> None:
    waveform = read_audio(write(tmp_path / "tone.wav", tone(1.0, rate), rate), RATE)
    assert len(waveform) == pytest.approx(RATE, abs=1)
    assert pitch_of(waveform, RATE) == pytest.approx(440, abs=1)


def test_the_name_has_no_say_in_the_format(recordings: dict[str, Path], tmp_path: Path) -> None:
    for suffix, wrong in (("mp3", "wav"), ("m4a", "mp3"), ("wav", "raw"), ("flac", "txt")):
        renamed = tmp_path / f"{suffix}.{wrong}"
        renamed.write_bytes(recordings[suffix].read_bytes())
        np.testing.assert_array_equal(read_audio(renamed, RATE), read_audio(recordings[suffix], RATE))


def test_blocks_are_small_and_resample_as_one_stream(tmp_path: Path) -> None:
    samples = (0.3 * np.random.default_rng(0).standard_normal(44_100 * 20)).clip(-1, 1).astype(np.float32)
    path = write(tmp_path / "noise.float.wav", samples, 44_100)
    blocks = list(read_blocks(path, RATE))
    assert max(map(len, blocks)) < 4 * RATE
    np.testing.assert_allclose(np.concatenate(blocks), soxr.resample(samples, 44_100, RATE).clip(-1, 1), atol=1e-6)


def test_channels_are_averaged(tmp_path: Path) -> None:
    samples = np.zeros((RATE, 8), np.float32)
    samples[:, 5] = tone(1.0, RATE)
    path = write(tmp_path / "eight.float.wav", samples, RATE)
    np.testing.assert_allclose(read_audio(path, RATE), tone(1.0, RATE) / 8, atol=1e-6)


def test_sixteen_channels_with_ffmpeg(tmp_path: Path) -> None:
    samples = np.repeat(tone(1.0, RATE)[:, np.newaxis], 16, axis=1)
    waveform = read_audio(write(tmp_path / "sixteen.wv", samples, RATE), RATE)
    np.testing.assert_allclose(waveform, samples[:, 0], atol=1e-4)


def test_silent_stereo_is_silence() -> None:
    assert not array_audio(np.zeros((RATE, 2)), RATE).any()


def test_what_is_not_finite_becomes_silence(tmp_path: Path) -> None:
    samples = tone(1.0, RATE)
    broken = samples.copy()
    broken[1000:1100], broken[2000], broken[3000] = np.nan, np.inf, -np.inf
    path = tmp_path / "broken.wav"
    soundfile.write(path, broken, RATE, subtype="FLOAT")
    waveform = read_audio(path, RATE)
    assert np.isfinite(waveform).all()
    assert not waveform[1000:1100].any()
    np.testing.assert_allclose(waveform[4000:], samples[4000:], atol=1e-6)


@pytest.mark.parametrize("suffix", ["wav", "m4a"])
def test_reading_stops_at_the_cap(suffix: str, recordings: dict[str, Path]) -> None:
    whole, part = read_audio(recordings[suffix], RATE), read_audio(recordings[suffix], RATE, max_seconds=0.7)
    assert len(part) == round(0.7 * RATE)
    np.testing.assert_allclose(part[:-500], whole[: len(part) - 500], atol=1e-6)  # the resampler's filter ends there


def test_the_cap_without_being_asked(recordings: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_SECONDS", 0.5)
    assert len(read_audio(recordings["flac"], RATE)) == RATE // 2


def test_a_rate_that_changes_on_the_way(recordings: dict[str, Path], tmp_path: Path) -> None:
    slow = write(tmp_path / "slow.aac", tone(2.0, 24_000), 24_000)
    both = tmp_path / "both.aac"
    both.write_bytes(recordings["aac"].read_bytes() + slow.read_bytes())
    waveform = read_audio(both, RATE)
    assert len(waveform) == pytest.approx(4 * RATE, rel=0.05)
    for half in np.array_split(waveform, 2):
        assert pitch_of(half[3000:-3000], RATE) == pytest.approx(440, abs=2)


def test_the_cap_holds_for_arrays() -> None:
    assert len(array_audio(tone(2.0, 44_100), 44_100, max_seconds=0.5)) == RATE // 2


@pytest.mark.parametrize(
    ("waveform", "rate", "sentence"),
    [
        (np.zeros((200, RATE), np.float32), RATE, "has shape .200, 32000.; give .samples,., .samples, channels. or"),
        (np.zeros(RATE, bool), RATE, "holds bool values"),
        (None, RATE, "holds object values"),
        (np.zeros((2, 2, RATE), np.float32), RATE, "has shape"),
        (np.float32(0.5), RATE, "has shape"),
        (np.zeros(0, np.float32), RATE, "holds 0.00 seconds"),
        (np.zeros((0, 2), np.float32), RATE, "has shape|holds 0.00 seconds"),
        (np.zeros(10, np.float32), RATE, "holds 0.00 seconds"),
        (np.zeros(RATE, np.complex64), RATE, "holds complex64 values"),
        (["a", "b"], RATE, "values; give floats"),
        ([[0.0, 1.0], [0.0]], RATE, "is no array of numbers"),
        (np.zeros(RATE, np.float32), 0, "sample rate of 0 Hz"),
        (np.zeros(RATE, np.float32), 10**9, "sample rate of 1000000000 Hz"),
        (np.zeros(RATE, np.float32), np.nan, "rate is 'nan'; give a number of Hz"),
        (np.zeros(RATE, np.float32), "44.1 kHz", "rate is '44.1 kHz'; give a number of Hz"),
        (np.zeros(RATE, np.float32), None, "rate is 'None'; give a number of Hz"),
    ],
)
def test_arrays_that_are_refused(waveform: object, rate: float, sentence: str) -> None:
    with pytest.raises(AudioError, match=sentence):
        array_audio(waveform, rate)


def test_an_abandoned_file_is_closed(recordings: dict[str, Path], open_files: "OpenFiles") -> None:
    for suffix in ("wav", "m4a"):
        blocks = read_blocks(recordings[suffix], RATE)
        next(blocks)
        assert open_files.of(recordings[suffix])
        del blocks
        assert not open_files.of(recordings[suffix])


class OpenFiles:
    """The files that this process holds open (Linux)."""

    def of(self, path: Path) -> list[Path]:
        return [link for link in self._links() if link == path]

    @staticmethod
    def _links() -> Iterator[Path]:
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                yield descriptor.readlink()
            except FileNotFoundError:  # that of this very listing
                continue


@pytest.fixture
def open_files() -> OpenFiles:
    return OpenFiles()
