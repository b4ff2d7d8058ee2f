"""What is free goes back to the system."""

import sys

import numpy as np
import psutil
import pytest

from interface.server.malloc import give_back


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps what is free in the middle of a heap")
def test_what_is_free_below_what_is_used_goes_back() -> None:
    blocks = [np.ones(12_500) for _ in range(1_000)]  # each too small for a mapping of its own
    last = blocks.pop()
    del blocks
    before = psutil.Process().memory_info().rss
    give_back()
    assert psutil.Process().memory_info().rss < before - 50_000_000
    assert last.all()
