"""The timeline below an answer: stretches, ticks, clock and spectrogram."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from instrument_model.labels import LABEL_NAMES
from instrument_model.prediction import Segment
from interface.analysis import timeline
from interface.analysis.listening import Picture


def test_neighbours_with_the_same_label_are_one_stretch() -> None:
    nothing = dict.fromkeys(LABEL_NAMES, 0.0)
    segments = [
        Segment(0, 1, "cello", 0.6, nothing),
        Segment(1, 3, "cello", 0.9, nothing),
        Segment(3, 4, None, 0.2, nothing),
        Segment(4, 5, "cello", 0.5, nothing),
    ]
    merged = timeline.stretches(segments)
    assert [(part.start, part.end, part.label) for part in merged] == [(0, 3, "cello"), (3, 4, None), (4, 5, "cello")]
    assert merged[0].probability == pytest.approx((0.6 + 2 * 0.9) / 3)


@given(st.floats(0.05, 7200))
def test_the_time_axis_has_a_few_round_moments(duration: float) -> None:
    ticks = timeline.time_ticks(duration)
    assert ticks[0] == 0
    assert ticks[-1] <= duration
    assert len(ticks) <= max(timeline.TICKS + 1, duration / 600 + 1)


@given(st.floats(0, 7200))
def test_the_clock_never_shows_sixty_seconds(seconds: float) -> None:
    for decimals in (0, 1):
        minutes, rest = timeline.clock(seconds, decimals).split(":")
        assert float(rest) < 60
        assert 60 * int(minutes) + float(rest) == pytest.approx(seconds, abs=0.51)


def test_the_picture_is_a_png_whose_opacity_is_the_level() -> None:
    levels = np.zeros((4, 8), np.float32)
    levels[0] = 1  # the lowest band, which belongs at the bottom
    uri = timeline.mask_png(Picture(levels))
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA")
    alpha = np.array(image)[..., 3]
    assert alpha.shape == (4, 8)
    assert (alpha[-1] == 255).all()
    assert (alpha[:-1] == 0).all()
