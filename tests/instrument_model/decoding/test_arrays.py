"""Sound in memory, in any of the forms that other libraries give it."""

import gzip
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from instrument_model import AudioError
from instrument_model.audio import Recording, array_blocks, checked_limit, open_blocks, read_audio
from tests.support.sounds import Samples, tone, write

RATE = 32_000


def heard(audio: object, rate: object = RATE) -> Samples:
    """What is read of an array."""
    return np.concatenate(list(array_blocks(audio, rate, RATE)))  # type: ignore[arg-type]  # anything at all


def opened(audio: object) -> Samples:
    """What is read of whatever a recording is given as."""
    return np.concatenate(list(open_blocks(audio, RATE)[1]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [("int16", 2**15), ("int32", 2**31), ("int64", 2**63 - 1024), ("float64", 1), ("float32", 1), ("float16", 1)],
)
def test_every_type(dtype: str, scale: int) -> None:
    samples = 0.9 * tone(0.5, RATE).astype(np.float64) / 0.5
    np.testing.assert_allclose(heard((samples * scale).astype(dtype)), samples, atol=1e-3)


@pytest.mark.parametrize(
    ("dtype", "bits"), [("int32", 16), ("int64", 16), ("int64", 24), ("int32", 24), ("int64", 32), ("float32", 16)]
)
def test_wide_types_may_hold_narrow_samples(dtype: str, bits: int) -> None:
    samples = tone(0.5, RATE, level=0.999)
    np.testing.assert_allclose(heard((samples * 2.0 ** (bits - 1)).astype(dtype)), samples, atol=2e-3)


def test_lists_of_integers() -> None:
    samples = tone(0.5, RATE)
    np.testing.assert_allclose(heard([int(x) for x in samples * 32_767]), samples, atol=1e-3)


@pytest.mark.parametrize(("dtype", "half"), [("uint8", 2**7), ("uint16", 2**15), ("uint64", 2**15), ("uint32", 2**31)])
def test_unsigned(dtype: str, half: int) -> None:
    samples = tone(0.5, RATE, level=0.99)
    np.testing.assert_allclose(heard((samples.astype(np.float64) * half + half).astype(dtype)), samples, atol=0.01)


@pytest.mark.parametrize("shape", ["time first", "channels first", "batch of one"])
def test_the_longer_direction_is_time(shape: str) -> None:
    stereo = np.stack([tone(0.5, RATE), tone(0.5, RATE, 660.0)], axis=1)
    given = {"time first": stereo, "channels first": stereo.T, "batch of one": stereo.T[np.newaxis]}[shape]
    np.testing.assert_allclose(heard(given), stereo.mean(axis=1), atol=1e-6)


def tensors() -> dict[str, torch.Tensor]:
    """The same sound as tensors of every kind."""
    plain = torch.from_numpy(tone(0.5, RATE))
    return {
        "plain": plain,
        "channels first": plain[None].repeat(2, 1),
        "with gradients": plain.clone().requires_grad_(),
        "bfloat16": plain.to(torch.bfloat16),
        "float16": plain.half(),
        "16-bit": (plain * 32_767).to(torch.int16),
        "sparse": plain.to_sparse(),
        "negated": torch._neg_view(-plain),
    }


@pytest.mark.parametrize("kind", list(tensors()))
def test_tensors(kind: str) -> None:
    np.testing.assert_allclose(heard(tensors()[kind]), tone(0.5, RATE), atol=3e-3)


def test_a_tensor_without_values_is_refused() -> None:
    with pytest.raises(AudioError, match="is no array of numbers"):
        heard(torch.empty(RATE, device="meta"))


@pytest.mark.parametrize(
    "rate",
    [
        44_100,
        44_100.0,
        np.int64(44_100),
        np.float32(44_100),
        np.array(44_100),
        np.array([44_100]),
        torch.tensor(44_100),
    ],
)
def test_rates_of_any_kind(rate: object) -> None:
    np.testing.assert_array_equal(heard(tone(0.5, 44_100), rate), heard(tone(0.5, 44_100), 44_100))


def test_everything_that_a_recording_may_be(tmp_path: Path) -> None:
    samples = tone(0.5, 44_100)
    path = write(tmp_path / "tone.flac", samples, 44_100)
    expected = read_audio(path, RATE)
    content = path.read_bytes()
    written = BytesIO()
    written.write(content)  # stands at its end
    (tmp_path / "tone.flac.gz").write_bytes(gzip.compress(content))
    with path.open("rb") as file, gzip.open(tmp_path / "tone.flac.gz") as packed:
        ways = [path, str(path), content, bytearray(content), written, file, packed]
        ways += [SimpleNamespace(read=BytesIO(content).read, seekable=lambda: False)]
        for way in ways:
            np.testing.assert_array_equal(opened(way), expected)
    for array in ((samples, 44_100), (44_100, samples), {"array": samples, "sampling_rate": 44_100, "path": None}):
        np.testing.assert_allclose(opened(array), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("audio", "sentence"),
    [
        (tone(0.5, RATE), "cannot be a ndarray alone; give a file, .waveform, sample_rate. or"),
        (None, "cannot be a NoneType alone"),
        ((tone(0.5, RATE),), "is a tuple of 1"),
        ({"bytes": b""}, "without array and sampling_rate"),
        (b"", "is empty"),
        ("zero\0byte.wav", "does not exist"),
        (SimpleNamespace(read=lambda *_: "text", seekable=lambda: False), "open it with mode 'rb'"),
    ],
)
def test_what_is_no_recording(audio: Recording, sentence: str) -> None:
    with pytest.raises(AudioError, match=sentence) as caught:
        opened(audio)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1, 0, 0.01, "long"])
def test_max_seconds_is_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(AudioError, match=r"max_seconds is .*; give"):
        checked_limit(seconds)
