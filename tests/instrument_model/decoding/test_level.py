"""Samples beyond full scale are scaled, and it is said."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from instrument_model import InstrumentClassifier
from instrument_model.audio import array_blocks, read_blocks
from tests.support.sounds import Samples, tone, write

RATE = 32_000


def float_file(path: Path, samples: Samples, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, samples, RATE, subtype=subtype)
    return path


@pytest.mark.parametrize("suffix", ["wav", "aiff", "w64", "caf", "au"])
@pytest.mark.parametrize("level", [10.0, 32_767.0, 1e30])
def test_floats_over_full_scale_keep_their_shape(suffix: str, level: float, tmp_path: Path) -> None:
    samples: Samples = 2 * np.concatenate([np.float32(0.1) * tone(3.0, RATE), tone(1.0, RATE)])
    blocks = read_blocks(float_file(tmp_path / f"loud.{suffix}", np.float32(level) * samples), RATE)
    np.testing.assert_allclose(np.concatenate(list(blocks)), samples, atol=1e-4)  # as from the first block on
    assert blocks.remarks[0].startswith(f"The samples exceed full scale (peak {20 * np.log10(level):+.1f} dBFS)")


def test_arrays_likewise() -> None:
    blocks = array_blocks(8 * tone(4.0, RATE), RATE, RATE)
    np.testing.assert_allclose(np.concatenate(list(blocks)), 2 * tone(4.0, RATE), atol=1e-5)
    assert "(peak +12.0 dBFS)" in blocks.remarks[0]


def test_lone_samples_far_out_do_not_silence_the_rest() -> None:
    samples = tone(2.0, RATE)
    samples[[50, 30_000]] = 1e20, -1e6
    found = np.concatenate(list(array_blocks(samples, RATE, RATE)))
    assert np.sqrt(2) * found[1000:20_000].std() > 0.1


def test_nothing_is_said_of_what_fits(tmp_path: Path) -> None:
    blocks = read_blocks(float_file(tmp_path / "fits.wav", 2 * tone(1.0, RATE)), RATE)
    assert len(list(blocks)) > 0
    assert blocks.remarks == ()


def test_codecs_that_overshoot_a_little_are_clipped(tmp_path: Path) -> None:
    square = np.sign(tone(2.0, RATE)).astype(np.float32)
    blocks = read_blocks(write(tmp_path / "square.ogg", square, RATE), RATE)
    assert np.abs(np.concatenate(list(blocks))).max() == 1.0
    assert blocks.remarks == ()


def test_compressed_floats_far_over_full_scale(tmp_path: Path) -> None:
    path = tmp_path / "loud.wv"
    with av.open(path, "w", format="wv") as file:
        stream = file.add_stream("wavpack", rate=RATE, layout="mono", format="fltp")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(20 * tone(2.0, RATE)[np.newaxis], "fltp", "mono")
        frame.sample_rate = RATE
        fifo = av.AudioFifo()
        fifo.write(frame)
        for piece in (*fifo.read_many(4096, partial=True), None):
            file.mux(stream.encode(piece))
    blocks = read_blocks(path, RATE)
    np.testing.assert_allclose(np.concatenate(list(blocks))[: 2 * RATE], 2 * tone(2.0, RATE), atol=2e-2)
    assert "(peak +20.0 dBFS)" in blocks.remarks[0]


def test_a_prediction_says_so(classifier: InstrumentClassifier, tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 4 * RATE).astype(np.float32)
    loud = classifier.predict(float_file(tmp_path / "loud.wav", 10 * samples))
    plain = classifier.predict(float_file(tmp_path / "plain.wav", samples))
    assert loud.probabilities == pytest.approx(plain.probabilities, abs=1e-3)
    assert loud.to_dict()["remarks"] == list(loud.remarks)
    assert len(loud.remarks) == 1
    assert plain.to_dict()["remarks"] == []
