"""FFmpeg, through PyAV, reads all that is compressed, and files with pictures or several tracks of sound."""

import io
import os
from collections.abc import Iterator, Sequence
from io import FileIO
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from .blocks import Block, Waveform, as_floats, frames_per_block
from .ogg import links

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

_SILENCE = 3e-5  # -90 dBFS: a track that stays below it gives way to the next
_FRAME_SAMPLES = 2**14  # a frame of mp3 has 1,152
_MOST_PLANES = 8  # PyAV reads planes that do not exist where there are more


def read(file: FileIO, max_seconds: float) -> Iterator[Block]:
    """Yield the blocks of the track that a player would play; nothing if there is no sound that can be decoded.

    Args:
        file: Opened for reading.
        max_seconds: How far into a silent track another sound is waited for.

    Yields:
        Blocks that are good until the next one is asked for.
    """
    file.seek(0)
    sections = links(file) if file.read(4) == b"OggS" else [(0, os.fstat(file.fileno()).st_size)]
    for begin, end in sections:
        yield from _first_audible(_Section(file, begin, end), max_seconds)


class _Section(io.RawIOBase):
    """A part of a file, for FFmpeg; indulgent with headers that point nowhere."""

    def __init__(self, file: FileIO, begin: int, end: int) -> None:
        super().__init__()
        self._file, self._begin, self._end = file, begin, end
        self._position = begin

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        rest = max(0, self._end - self._position)
        self._file.seek(self._position)
        content = self._file.read(rest if size < 0 else min(size, rest))
        self._position += len(content)
        return content

    def tell(self) -> int:
        return self._position - self._begin

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to the end where no such position exists (PyAV would print an exception and go on)."""
        origin = {os.SEEK_SET: self._begin, os.SEEK_CUR: self._position}.get(whence, self._end)
        target = origin + offset
        self._position = target if self._begin <= target <= self._end else self._end
        return self.tell()


def _first_audible(section: _Section, max_seconds: float) -> Iterator[Block]:
    """Yield the first track that holds sound, or the first of several that are silent."""
    import av

    try:
        with _opened(section) as container:
            tracks = _tracks(container)
            if len(tracks) == 1:
                yield from _blocks(container, tracks[0])
                return
    except av.FFmpegError:
        return
    longest: list[tuple[int, tuple[int, ...]]] = []
    for track in tracks:
        silence: list[tuple[int, tuple[int, ...]]] = []
        seconds = 0.0
        blocks = _track(section, track)
        for rate, frames in blocks:
            if np.ptp(frames, axis=0).max(initial=0.0) / 2 > _SILENCE:
                yield from _silence(silence)
                yield from chain([(rate, frames)], blocks)
                return
            silence.append((rate, frames.shape))
            seconds += len(frames) / max(1, rate)
            if seconds > max_seconds:
                break
        longest = longest or silence
    yield from _silence(longest)


def _silence(shapes: Sequence[tuple[int, tuple[int, ...]]]) -> Iterator[Block]:
    for rate, shape in shapes:
        yield rate, np.zeros(shape, np.float32)


def _tracks(container: "InputContainer") -> list[int]:
    """Return the indices of the audio streams: the one that players choose, then those flagged as default, then all."""
    from av.stream import Disposition

    best = container.streams.best("audio")
    streams = sorted(
        container.streams.audio,
        key=lambda stream: (stream is not best, not stream.disposition & Disposition.default, stream.index),
    )
    return [stream.index for stream in streams]


def _opened(section: _Section) -> "InputContainer":
    import av  # it takes a while, and most uncompressed files do without

    section.seek(0)
    # No protocol: a playlist that was renamed to .mp3 must not make FFmpeg open other files or hosts.
    return av.open(section, "r", container_options={"protocol_whitelist": "none"}, metadata_errors="replace")


def _track(section: _Section, index: int) -> Iterator[Block]:
    """Yield the blocks of one stream as far as they can be decoded."""
    import av

    try:
        with _opened(section) as container:
            yield from _blocks(container, index)
    except av.FFmpegError:
        return


def _blocks(container: "InputContainer", index: int) -> Iterator[Block]:
    def kind(frame: "AudioFrame") -> tuple[int, int, str, str]:
        return frame.sample_rate, frame.layout.nb_channels, frame.layout.name, frame.format.name

    for (rate, channels, _, sample_format), frames in groupby(_undamaged_frames(container, index), kind):
        planar = sample_format == "fltp" and channels <= _MOST_PLANES
        for block in _planes(_longer(frames), channels) if planar else _interleaved(frames, channels):
            yield rate, block


def _undamaged_frames(container: "InputContainer", index: int) -> "Iterator[AudioFrame]":
    from av import AudioStream, FFmpegError, InvalidDataError

    stream = container.streams[index]
    if not isinstance(stream, AudioStream):
        return
    try:
        for packet in container.demux(stream):
            try:
                yield from stream.decode(packet)
            except InvalidDataError:
                continue
    except (FFmpegError, IndexError):  # IndexError is PyAV's, for a stream that begins in the middle of the file
        return


def _longer(frames: "Iterator[AudioFrame]") -> "Iterator[AudioFrame]":
    """Join frames of one kind: a copy by FFmpeg takes less than a view of each plane in Python."""
    import av

    queue = av.AudioFifo()
    for frame in frames:
        frame.pts = None  # the queue would refuse gaps
        queue.write(frame)
        if queue.samples >= _FRAME_SAMPLES and (joined := queue.read()):
            yield joined
    if rest := queue.read():
        yield rest


def _planes(frames: "Iterator[AudioFrame]", channels: int) -> Iterator[Waveform]:
    """Yield blocks of what the decoders of mp3, Ogg and m4a produce: a plane of floats for each channel."""
    block, filled = np.empty((channels, frames_per_block(channels)), np.float32), 0
    for frame in frames:
        if filled + frame.samples > block.shape[1]:
            if filled:
                yield block[:, :filled].T
            filled = 0
            if frame.samples > block.shape[1]:
                block = np.empty((channels, frame.samples), np.float32)
        for channel, plane in zip(block, frame.planes, strict=False):
            channel[filled : filled + frame.samples] = np.frombuffer(memoryview(plane), np.float32, frame.samples)
        filled += frame.samples
    if filled:
        yield block[:, :filled].T


def _interleaved(frames: "Iterator[AudioFrame]", channels: int) -> Iterator[Waveform]:
    """Yield blocks of any other sample format, converted by FFmpeg."""
    import av

    converter = av.AudioResampler("flt", frame_size=frames_per_block(channels))
    for frame in chain(frames, [None]):  # None for the rest
        for block in converter.resample(frame):
            yield as_floats(block.to_ndarray().reshape(-1, channels))
