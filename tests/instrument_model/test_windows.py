"""Windows cover every sample, however the recording is cut into blocks."""

from collections.abc import Iterator

import numpy as np
import pytest

from instrument_model.config import WindowConfig
from instrument_model.windows import Window, WindowStream
from tests.support.sounds import Samples, tone

RATE = 1000
CONFIG = WindowConfig()  # 3 s, hop 1.5 s, at least 0.25 s


def ramp(seconds: float) -> Samples:
    """Every sample is different."""
    return np.linspace(-1, 1, round(seconds * RATE), dtype=np.float32)


def in_blocks(waveform: Samples, size: int) -> Iterator[Samples]:
    return (waveform[start : start + size] for start in range(0, len(waveform), size))


def windows_of(waveform: Samples, size: int = 700, max_seconds: float | None = None) -> list[Window]:
    return list(WindowStream(in_blocks(waveform, size), CONFIG, RATE, max_seconds))


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        (2.0, [0.0]),
        (3.0, [0.0]),
        (3.001, [0.0, 0.001]),
        (4.5, [0.0, 1.5]),
        (10.0, [0.0, 1.5, 3.0, 4.5, 6.0, 7.0]),
        (10.5, [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]),
    ],
)
def test_where_windows_begin_and_end(seconds: float, starts: list[float]) -> None:
    windows = windows_of(ramp(seconds))
    assert [window.start for window in windows] == starts
    assert {round(window.end - window.start, 6) for window in windows} == {min(seconds, 3.0)}
    assert windows[-1].end == seconds


@pytest.mark.parametrize("size", [1, 7, 1499, 1500, 1501, 3000, 4501, 100_000])
def test_the_size_of_the_blocks_does_not_matter(size: int) -> None:
    waveform = ramp(11.3)
    for window in windows_of(waveform, size):
        first = round(window.start * RATE)
        np.testing.assert_array_equal(window.samples, waveform[first : first + 3 * RATE])


def test_every_sample_is_heard() -> None:
    waveform = ramp(13.777)
    heard = np.concatenate([window.samples for window in windows_of(waveform)])
    np.testing.assert_array_equal(np.unique(heard), waveform)


def test_a_very_short_recording_is_padded() -> None:
    [window] = windows_of(ramp(0.1))
    assert len(window.samples) == 250
    assert window.end == 0.1
    np.testing.assert_array_equal(window.samples[:100], ramp(0.1))
    assert not window.samples[100:].any()


def test_silence_is_marked() -> None:
    waveform = np.concatenate([tone(3.0, RATE, 25.0), tone(4.5, RATE, 25.0, level=0.00009)])
    windows = windows_of(waveform)
    assert [window.silent for window in windows] == [False, False, True, True]
    assert windows[0].peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert windows[-1].peak_dbfs == pytest.approx(-80.9, abs=0.1)


def test_a_constant_is_silence() -> None:
    [window] = windows_of(np.full(3 * RATE, 0.5, np.float32))
    assert window.silent
    assert window.peak_dbfs == -120


@pytest.mark.parametrize(("cap", "seconds", "truncated"), [(None, 8.0, False), (8.0, 8.0, False), (7.999, 7.999, True)])
def test_the_cap(cap: float | None, seconds: float, truncated: bool) -> None:
    stream = WindowStream(in_blocks(ramp(8.0), 300), CONFIG, RATE, cap)
    last = list(stream)[-1]
    assert (stream.seconds, stream.truncated, last.end) == (seconds, truncated, seconds)


def test_only_as_much_is_read_as_is_needed() -> None:
    read: list[int] = []

    def endless() -> Iterator[Samples]:
        while True:
            read.append(len(read))
            yield np.zeros(RATE, np.float32)

    assert len(list(WindowStream(endless(), CONFIG, RATE, max_seconds=6.0))) == 3
    assert len(read) == 7  # the last second shows that there is more
