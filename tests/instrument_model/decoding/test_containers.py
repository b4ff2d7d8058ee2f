"""Files with several recordings or tracks in them, and Opus, whose header mentions a rate that does not matter."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from instrument_model import AudioError
from instrument_model.audio import read_audio
from tests.support.sounds import Samples, pitch_of, tone, write

RATE = 32_000


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "opus", "flac", "webm", "aac"])
def test_recordings_put_together_are_read_to_the_end(suffix: str, tmp_path: Path) -> None:
    """As radio stations, dictaphones and `cat` do; libsndfile would stop after the first."""
    parts = [write(tmp_path / f"{n}.{suffix}", tone(n, 48_000, pitch=440.0 * n), 48_000) for n in (1, 2)]
    both = tmp_path / f"both.{suffix}"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    samples = read_audio(both, RATE)
    assert len(samples) / RATE == pytest.approx(3.0, abs=0.15)
    assert pitch_of(samples[: RATE // 2], RATE) == pytest.approx(440, abs=5)
    assert pitch_of(samples[-RATE:], RATE) == pytest.approx(880, abs=5)


def test_tags_at_the_end_of_an_mp3_are_no_second_recording(tmp_path: Path) -> None:
    path = write(tmp_path / "tagged.mp3", tone(1.0, 48_000), 48_000)
    plain = read_audio(path, RATE)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    np.testing.assert_array_equal(read_audio(path, RATE), plain)


def opus(path: Path, samples: Samples, rate: int) -> Path:
    """An Opus file whose header says this rate; the samples have it, too."""
    soundfile.write(path, samples, rate, format="OGG", subtype="OPUS")
    return path


@pytest.mark.parametrize("rate", [8_000, 12_000, 16_000, 24_000, 44_100, 192_000, 0])
def test_opus_has_48_kilohertz_whatever_its_header_says(rate: int, tmp_path: Path) -> None:
    samples = tone(2.0, 48_000, 440.0, 0.2) + tone(2.0, 48_000, 9_000.0, 0.2)
    path = opus(tmp_path / "bright.opus", samples, 48_000)
    content = bytearray(path.read_bytes())
    place = content.index(b"OpusHead") + 12
    content[place : place + 4] = rate.to_bytes(4, "little")
    page = content.index(b"OggS", place)
    content[22:26] = bytes(4)
    content[22:26] = ogg_crc(bytes(content[:page])).to_bytes(4, "little")
    path.write_bytes(content)
    found = read_audio(path, RATE)
    assert len(found) / RATE == pytest.approx(2.0, abs=0.05)
    spectrum = np.abs(np.fft.rfft(found[RATE // 2 : 3 * RATE // 2]))
    assert spectrum[9_000] > 0.5 * spectrum[440]  # one bin is one hertz


@pytest.mark.parametrize("kinds", [("OPUS", "OPUS"), ("VORBIS", "VORBIS"), ("VORBIS", "OPUS")])
def test_chains_whose_links_differ(kinds: tuple[str, str], tmp_path: Path) -> None:
    content = b""
    for number, (kind, rate, channels) in enumerate(zip(kinds, (16_000, 24_000), (1, 2), strict=True)):
        samples = np.repeat(tone(2.0, rate, 440.0 * (1 + number))[:, np.newaxis], channels, axis=1)
        soundfile.write(tmp_path / "part.ogg", samples, rate, format="OGG", subtype=kind)
        content += (tmp_path / "part.ogg").read_bytes()
    (tmp_path / "chain.ogg").write_bytes(content)
    found = read_audio(tmp_path / "chain.ogg", RATE)
    assert len(found) / RATE == pytest.approx(4.0, abs=0.1)
    assert pitch_of(found[: round(1.9 * RATE)], RATE) == pytest.approx(440, abs=2)
    assert pitch_of(found[round(2.1 * RATE) :], RATE) == pytest.approx(880, abs=2)


def several(path: Path, tracks: list[Samples], codec: str, default: int) -> Path:
    """A file with several tracks of sound side by side."""
    form = "flt" if codec == "libopus" else "fltp" if codec in ("aac", "libvorbis") else "s16"
    with av.open(path, "w") as file:
        streams = []
        for number in range(len(tracks)):
            stream = file.add_stream(codec, rate=48_000, layout="mono", format=form)
            assert isinstance(stream, av.AudioStream)
            stream.disposition = av.stream.Disposition.default if number == default else av.stream.Disposition(0)
            streams.append(stream)
        packets = []
        for samples, stream in zip(tracks, streams, strict=True):
            fifo = av.AudioFifo()
            frame = av.AudioFrame.from_ndarray(samples[np.newaxis], "flt", "mono")
            frame.sample_rate = 48_000
            fifo.write(frame)
            resampler = av.AudioResampler(form, "mono", 48_000)
            for piece in fifo.read_many(960, partial=True):
                packets += [packet for part in resampler.resample(piece) for packet in stream.encode(part)]
            packets += stream.encode(None)
        for packet in sorted(packets, key=lambda packet: float((packet.pts or 0) * packet.time_base)):
            file.mux(packet)
    return path


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mkv", "libopus"), ("mp4", "aac"), ("mkv", "pcm_s16le"), ("ogg", "libopus")]
)
@pytest.mark.parametrize("default", [0, 1])
def test_the_default_track_is_heard(suffix: str, codec: str, default: int, tmp_path: Path) -> None:
    tracks = [tone(2.0, 48_000, 440.0), tone(2.0, 48_000, 880.0)]
    found = read_audio(several(tmp_path / f"two.{suffix}", tracks, codec, default), RATE)
    assert len(found) / RATE == pytest.approx(2.0, abs=0.1)
    if suffix != "ogg":  # which flags no track
        assert pitch_of(found, RATE) == pytest.approx(440 * (1 + default), abs=2)


def test_a_silent_track_gives_way(tmp_path: Path) -> None:
    tracks = [np.zeros(2 * 48_000, np.float32), tone(2.0, 48_000, 880.0)]
    found = read_audio(several(tmp_path / "two.mkv", tracks, "pcm_s16le", 0), RATE)
    assert pitch_of(found, RATE) == pytest.approx(880, abs=2)


def test_silence_before_the_music_is_kept(tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(5 * 48_000, np.float32), tone(1.0, 48_000)])
    found = read_audio(several(tmp_path / "two.mkv", [late, tone(6.0, 48_000, 880.0)], "pcm_s16le", 0), RATE)
    assert len(found) == pytest.approx(6 * RATE, abs=100)
    assert not found[: round(4.9 * RATE)].any()
    assert pitch_of(found, RATE) == pytest.approx(440, abs=2)


def test_when_all_tracks_are_silent_so_is_the_recording(tmp_path: Path) -> None:
    tracks = [np.zeros(2 * 48_000, np.float32), np.zeros(48_000, np.float32)]
    found = read_audio(several(tmp_path / "two.mkv", tracks, "pcm_s16le", 0), RATE)
    assert len(found) == pytest.approx(2 * RATE, abs=100)
    assert not found.any()


def test_a_track_that_cannot_be_decoded_gives_way(tmp_path: Path) -> None:
    tracks = [tone(2.0, 48_000, 440.0), tone(2.0, 48_000, 880.0)]
    path = several(tmp_path / "two.mkv", tracks, "pcm_s16le", 0)
    content = path.read_bytes()
    assert content.count(b"A_PCM/INT/LIT") == 2
    path.write_bytes(content.replace(b"A_PCM/INT/LIT", b"A_NOBODY/KNOW", 1))
    assert pitch_of(read_audio(path, RATE), RATE) == pytest.approx(880, abs=2)


def test_damaged_mp3_is_read_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(write(tmp_path / "tone.mp3", tone(4.0, 44_100), 44_100).read_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 200):
        content[place] = rng.integers(0, 256)
    (tmp_path / "tone.mp3").write_bytes(b"ID3\4\0\0\0\0\1\0" + rng.bytes(128) + content[: len(content) * 3 // 4])
    assert len(read_audio(tmp_path / "tone.mp3", RATE)) > RATE
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["MAT4", "MAT5", "VOC", "NIST", "PVF", "SVX", "IRCAM", "PAF", "AVR"])
def test_rare_formats(kind: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "rare", tone(1.0, RATE), RATE, format=kind, subtype="PCM_16")
    assert pitch_of(read_audio(tmp_path / "rare", RATE), RATE) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("suffix", ["flac", "wav", "mp3"])
def test_a_tag_may_come_first(suffix: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"tone.{suffix}", tone(1.0, RATE), RATE)
    path.write_bytes(b"ID3\4\0\0\0\0\1\0" + bytes(128) + path.read_bytes())
    assert pitch_of(read_audio(path, RATE), RATE) == pytest.approx(440, abs=1)


def test_beginnings_of_streams_without_end_are_refused_soon(tmp_path: Path) -> None:
    (tmp_path / "begins.ogg").write_bytes(b"OggS\0\2" * 100_000)
    with pytest.raises(AudioError, match="No sound could be read"):
        read_audio(tmp_path / "begins.ogg", RATE)


def ogg_crc(page: bytes) -> int:
    """The checksum of an Ogg page (RFC 3533, section 6)."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
        register &= 0xFFFFFFFF
    return register
