"""Files and arrays become blocks of mono float32 samples at the rate a model works with.

libsndfile reads wav, flac, ogg, opus, mp3 and aiff; FFmpeg (through PyAV) reads what libsndfile cannot, above all the
m4a and webm that phones and browsers record. A header's word is never taken for the length: blocks are decoded until
the file ends or the cap is reached, so neither a lying header nor an hour of sound costs memory.
"""

import mmap
import os
from collections.abc import Iterator
from io import FileIO
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr
from numpy.typing import ArrayLike, NDArray

from .errors import AudioError

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

MAX_SECONDS = 7200.0
"""What is read of a recording unless the caller says otherwise: a cap on what a small, highly compressed file costs."""

MIN_SECONDS = 0.05
"""A recording with less sound than this is refused: a click has no instrument."""

SAMPLE_RATES = range(4_000, 384_001)
"""Hz. Recordings have 4 to 192 kHz, studio masters up to 384 kHz; another rate is a broken header."""

Waveform = NDArray[np.float32]

_BLOCK_SAMPLES = 2**17  # over all channels; also what a damaged end of a file may take with it
_CANCELLED = 0.01  # channels whose sum is 20 dB weaker than that of unrelated ones were in antiphase
_TAGS = 2048  # bytes after the last frame of an mp3 that are no frame
_OGG_BEGINNING = b"OggS\0\x02"  # of the first page of a stream (RFC 3533, section 6)
_LOUDEST = 16.0  # 24 dB over full scale; a float array beyond this was meant as integers


def read_audio(path: str | os.PathLike[str], sample_rate: int, max_seconds: float | None = None) -> Waveform:
    """The blocks of `read_blocks` in one array, (samples,)."""
    return np.concatenate(list(read_blocks(path, sample_rate, max_seconds)))


def read_blocks(path: str | os.PathLike[str], sample_rate: int, max_seconds: float | None = None) -> Iterator[Waveform]:
    """Decodes a file block by block.

    Channels are averaged; where that would cancel the sound (stereo in antiphase), one channel stands for all. Samples
    that are not finite become silence, and what exceeds full scale is clipped, as a player would. Of a damaged file,
    what can be decoded is read.

    Args:
        path: A local file.
        sample_rate: Of the blocks, in Hz.
        max_seconds: Reading stops here; `MAX_SECONDS` if None.

    Yields:
        (samples,) in [-1, 1], a few seconds at the rates of music.

    Raises:
        AudioError: The file cannot be opened, holds no sound that can be decoded, or less than `MIN_SECONDS`.
    """
    name = "".join(character if character.isprintable() else "?" for character in Path(path).name)
    try:
        if Path(path).is_dir():
            raise AudioError(f"{name} is a folder; give an audio file.")
        if not Path(path).is_file():
            raise AudioError(f"{name} does not exist or is not a file; check its name.")
        with _File(path) as file:
            yield from _resampled(_decode(file, name), sample_rate, max_seconds, name)
    except OSError as error:
        raise AudioError(f"{name} cannot be read ({error.strerror}); check its permissions and its disk.") from error


def decoded_blocks(path: str | os.PathLike[str]) -> Iterator[tuple[int, Waveform]]:
    """Decode a file as it is: its own sample rate, all its channels.

    Yields:
        (sample rate in Hz, (frames, channels)).

    Raises:
        AudioError: The file cannot be opened, or holds no sound that can be decoded.
    """
    name = Path(path).name
    try:
        with _File(path) as file:
            yield from _decode(file, name)
    except OSError as error:
        raise AudioError(f"{name} cannot be read ({error.strerror}); check its permissions and its disk.") from error


def array_blocks(
    waveform: ArrayLike, from_rate: int, sample_rate: int, max_seconds: float | None = None
) -> Iterator[Waveform]:
    """The same for sound that is already in memory.

    Args:
        waveform: (samples,) or (samples, channels); floats in [-1, 1], or integers, scaled by the range of their type.
        from_rate: The waveform's rate, in Hz.
        sample_rate: Of the blocks, in Hz.
        max_seconds: The rest is left out; `MAX_SECONDS` if None.

    Yields:
        (samples,) in [-1, 1].

    Raises:
        AudioError: The array has another shape or type, is too loud to be in [-1, 1], or is too short.
    """
    try:
        samples = np.asarray(waveform)
    except ValueError as error:
        raise AudioError("The waveform is no array of numbers; give (samples,) or (samples, channels).") from error
    if samples.dtype.kind not in "iuf":
        raise AudioError(f"The waveform holds {samples.dtype} values; give floats in [-1, 1] or integers.")
    if samples.ndim == 1:
        samples = samples[:, np.newaxis]
    if samples.ndim != 2 or samples.shape[1] > max(samples.shape[0], 1):
        raise AudioError(f"The waveform has shape {np.shape(waveform)}; give (samples,) or (samples, channels).")
    if samples.dtype.kind == "f":
        loudest = np.abs(samples).max(initial=0.0, where=np.isfinite(samples))
        if loudest > _LOUDEST:
            raise AudioError(f"The waveform reaches {loudest:g}; give floats in [-1, 1], or integers as integers.")
    step = max(1, _BLOCK_SAMPLES // max(1, samples.shape[1]))
    blocks = (samples[start : start + step] for start in range(0, len(samples), step))
    yield from _resampled(((from_rate, _floats(block)) for block in blocks), sample_rate, max_seconds, "The waveform")


def _resampled(
    decoded: Iterator[tuple[int, Waveform]], sample_rate: int, max_seconds: float | None, name: str
) -> Iterator[Waveform]:
    """Mixes (rate, (frames, channels)) blocks to mono and resamples them as one stream."""
    limit = MAX_SECONDS if max_seconds is None else max_seconds
    seconds, rate, stream = 0.0, 0, None
    for block_rate, frames in decoded:
        if block_rate not in SAMPLE_RATES:
            raise AudioError(f"{name} has a sample rate of {block_rate} Hz; convert it to one between 4 and 192 kHz.")
        if stream is None or block_rate != rate:
            if stream is not None:
                yield _next(stream, np.empty(0, np.float32), last=True)
            rate, stream = block_rate, soxr.ResampleStream(block_rate, sample_rate, 1, dtype="float32")
        block = _mono(frames)[: round((limit - seconds) * rate)]
        seconds += len(block) / rate
        yield _next(stream, block)
        if (limit - seconds) * rate < 0.5:
            break
    if stream is None or seconds < MIN_SECONDS:
        raise AudioError(f"{name} holds {seconds:.2f} seconds of sound; at least {MIN_SECONDS} seconds are needed.")
    yield _next(stream, np.empty(0, np.float32), last=True)


def _next(stream: soxr.ResampleStream, block: Waveform, *, last: bool = False) -> Waveform:
    """A block at the new rate; what overshoots at steep edges is clipped."""
    resampled: Waveform = stream.resample_chunk(block, last=last)
    return np.clip(resampled, -1.0, 1.0, out=resampled)


def _mono(frames: Waveform) -> Waveform:
    """(frames, channels) to (frames,): the mean of the channels, finite and within full scale."""
    if not np.abs(frames).max(initial=0.0) <= 1.0:  # also true of NaN
        frames = np.clip(np.where(np.isfinite(frames), frames, np.float32(0)), -1.0, 1.0)
    channels = frames.shape[1]
    if channels == 1:
        return np.ascontiguousarray(frames[:, 0])
    mono: Waveform = frames @ np.full(channels, 1 / channels, np.float32)
    if mono @ mono * channels**2 < _CANCELLED * np.vdot(frames, frames):
        energies = np.square(frames).sum(axis=0)
        # The first of the loud ones: the same in every block.
        mono = np.ascontiguousarray(frames[:, np.argmax(energies > energies.max() / 2)])
    return mono


def _floats(samples: NDArray[Any]) -> Waveform:
    """Floats as they are, integers scaled to [-1, 1) by the range of their type."""
    if samples.dtype.kind == "f":
        return samples.astype(np.float32, copy=False)
    half = 2.0 ** (8 * samples.dtype.itemsize - 1)
    middle = half if samples.dtype.kind == "u" else 0.0
    return ((samples - middle) / half).astype(np.float32)


class _File(FileIO):
    """Unbuffered, because libsndfile reads from the descriptor, and indulgent with headers that point nowhere."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Goes to the end where no such position exists (PyAV would print the exception and go on)."""
        try:
            return super().seek(offset, whence)
        except OSError:
            return super().seek(0, os.SEEK_END)


def _decode(file: FileIO, name: str) -> Iterator[tuple[int, Waveform]]:
    """Yields (rate, (frames, channels)); FFmpeg goes on where libsndfile cannot."""
    if not file.read(1):
        raise AudioError(f"{name} is empty; record or copy it again.")
    file.seek(0)
    done = 0
    try:
        for rate, frames in _decode_sndfile(file):
            done += len(frames)
            yield rate, frames
        if done:
            return
    except (soundfile.LibsndfileError, _MoreFollowsError):
        pass  # not one of its formats, or damaged, or several recordings in one file
    file.seek(0)
    heard = 0
    for rate, frames in _decode_ffmpeg(file):
        heard += len(frames)
        if heard > done:
            yield rate, frames[max(0, len(frames) - (heard - done)) :]
    if not done + heard:
        raise AudioError(
            f"No sound could be read from {name}; give a wav, flac, ogg, opus, mp3, aiff, m4a or webm recording."
        )


def _decode_sndfile(file: FileIO) -> Iterator[tuple[int, Waveform]]:
    # By descriptor: the name must have no say in what the file is.
    with _Sound(file.fileno(), closefd=False) as sound:
        frames = max(1, _BLOCK_SAMPLES // sound.channels)
        # Into our own array: read(frames) would first ask the header how many there are.
        while len(block := sound.read(out=np.empty((frames, sound.channels), np.float32))):
            yield sound.samplerate, block
        if _more_follows(file, sound.format):
            raise _MoreFollowsError


class _Sound(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    def seekable(self) -> bool:
        """No: after every block soundfile would seek to where it is, which takes mp3 a quarter of its time."""
        return False


class _MoreFollowsError(Exception):
    """libsndfile stopped at the end of the first of several recordings in one file."""


def _more_follows(file: FileIO, kind: str) -> bool:
    """Whether libsndfile has left something: mp3 files put together, or a radio's chain of Ogg streams."""
    if kind == "MP3":  # of which it reads as many frames as the first header counts
        return os.fstat(file.fileno()).st_size - file.tell() > _TAGS
    if kind != "OGG":
        return False
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.rfind(_OGG_BEGINNING) > 0


def _decode_ffmpeg(file: FileIO) -> Iterator[tuple[int, Waveform]]:
    """Yields nothing if there is no audio stream."""
    import av  # most files do without

    def kind(frame: av.AudioFrame) -> tuple[int, int, str, str]:
        return frame.sample_rate, frame.layout.nb_channels, frame.layout.name, frame.format.name

    try:
        # No protocol: a playlist that was renamed to .mp3 must not make FFmpeg open other files or hosts.
        options = {"protocol_whitelist": "none"}
        with av.open(file, "r", container_options=options, metadata_errors="replace") as container:
            for (rate, channels, *_), frames in groupby(_undamaged_frames(container), kind):
                # Interleaved floats are safe: PyAV reads planes that do not exist where there are more than eight.
                converter = av.AudioResampler("flt", frame_size=max(1, _BLOCK_SAMPLES // channels))
                for frame in chain(frames, [None]):  # None for the rest
                    for block in converter.resample(frame):
                        yield rate, _floats(block.to_ndarray().reshape(-1, channels))
    except av.FFmpegError:
        return


def _undamaged_frames(container: "InputContainer") -> "Iterator[AudioFrame]":
    from av import FFmpegError, InvalidDataError

    if not container.streams.audio:
        return
    stream = container.streams.audio[0]
    try:
        for packet in container.demux(stream):
            try:
                yield from stream.decode(packet)
            except InvalidDataError:
                continue
    except (FFmpegError, IndexError):  # IndexError is PyAV's, for a stream that begins in the middle of the file
        return
