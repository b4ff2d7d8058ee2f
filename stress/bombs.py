"""Small files that claim huge contents: `python -m stress.bombs`.

Ten hours of silence in a few hundred kilobytes, thousands of channels, a sample rate that changes on the way. The app's
limits are applied: a quarter of an hour is read, and the rest is left alone.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import soundfile

from tests.support.bad_files import wav
from tests.support.sounds import tone, write

from .damage import RIGHT, judged
from .decoding import MAX_SECONDS, Decoder, Outcome

PATIENCE = 60.0  # seconds; the damaged ones get ten, but these hold a quarter of an hour of sound
RATE = 8_000  # Hz, at which silence is smallest
Maker = Callable[[Path, float], object]


def silent_flac(path: Path, seconds: float) -> None:
    """Write a recording in which a block of silence takes a dozen bytes."""
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16", format="FLAC") as file:
        block = np.zeros(60 * RATE, np.int16)
        for _ in range(round(seconds / 60)):
            file.write(block)


def silent(container: str, codec: str, rate: int, sample_format: str = "flt", **options: str) -> Maker:
    """Write one packet of encoded silence, again and again."""

    def make(path: Path, seconds: float) -> None:
        with av.open(str(path), "w", format=container) as file:
            stream = file.add_stream(codec, rate=rate, options=options, layout="mono", format=sample_format)
            assert isinstance(stream, av.AudioStream)  # noqa: S101
            resampler = av.AudioResampler(sample_format, "mono", rate)
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, rate), np.float32), "flt", "mono")
            quiet.sample_rate = rate
            packet = bytes(list(stream.encode(resampler.resample(quiet)[0]))[-1])
            samples = stream.codec_context.frame_size
            for number in range(round(seconds * rate / samples)):
                again = av.Packet(packet)
                again.stream, again.time_base = stream, Fraction(1, rate)
                again.pts = again.dts = number * samples
                again.duration = samples
                file.mux(again)

    return make


def silent_mp3(path: Path, seconds: float) -> None:
    """Write the smallest frames that there are, again and again."""
    minute = path.with_suffix(".minute.mp3")
    silent("mp3", "libmp3lame", RATE, "fltp", b="8000", write_xing="0")(minute, 60)
    path.write_bytes(minute.read_bytes() * round(seconds / 60))
    minute.unlink()


def channels(count: int) -> Maker:
    """Write as many channels as the header can say."""
    return lambda path, _: path.write_bytes(wav(bytes(2 * count * 300), channels=count))


def changing_rates(suffix: str, rates: Sequence[int]) -> Maker:
    """Write several recordings of a second each, one after the other in one file."""

    def make(path: Path, _: float) -> None:
        parts = [write(path.with_name(f"{rate}.{suffix}"), tone(1.0, rate), rate) for rate in rates]
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
        for part in parts:
            part.unlink()

    return make


BOMBS: dict[str, Maker] = {
    "silence.flac": silent_flac,
    "silence.opus": silent("ogg", "libopus", 48_000, frame_duration="60"),
    "silence.webm": silent("webm", "libopus", 48_000, frame_duration="60"),
    "silence.m4a": silent("mp4", "aac", RATE, "fltp"),
    "silence.mp3": silent_mp3,
    "channels-1024.wav": channels(1024),
    "channels-32767.wav": channels(32_767),
    "rates.mp3": changing_rates("mp3", (44_100, 22_050, 48_000)),
    "rates.ogg": changing_rates("ogg", (44_100, 16_000, 48_000)),
    "rates.flac": changing_rates("flac", (44_100, 16_000)),
    "rates.aac": changing_rates("aac", (44_100, 16_000, 48_000)),
}


@contextmanager
def bombs(hours: float) -> Iterator[dict[str, Path]]:
    """Return the files by name, in a folder that is removed."""
    with TemporaryDirectory() as folder:
        paths = {}
        for name, make in BOMBS.items():
            paths[name] = Path(folder, name)
            make(paths[name], 3600 * hours)
        yield paths


def judge(name: str, outcome: Outcome) -> Outcome:
    """Return whether it is what the file's kind asks for."""
    outcome = judged(outcome)
    if name.startswith("silence") and outcome.kind == "read" and float(outcome.detail) != MAX_SECONDS:
        return Outcome("wrong result", f"{outcome.detail} s", outcome.seconds, outcome.megabytes)
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=10.0, help="of silence")
    options = parser.parse_args(arguments)
    decoder, faults = Decoder(PATIENCE), 0
    print(f"{'file':<20}{'kB':>8}  {'outcome':<10}{'s':>7}{'MB':>6}  seconds of sound, or the sentence")
    with bombs(options.hours) as paths:
        for name, path in paths.items():
            outcome = judge(name, decoder(path, predict=True))
            faults += outcome.kind not in RIGHT
            size, took = path.stat().st_size / 1000, f"{outcome.seconds:>7.2f}{outcome.megabytes:>6.0f}"
            print(f"{name:<20}{size:>8.0f}  {outcome.kind:<10}{took}  {outcome.detail}")
    decoder.close()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
