"""Two halves of the development data: what is chosen on one half is reported on the other.

A collection stands in one half. Those that hold songs (labels that are not complete) may be too few to share out, so
of these it is each recording that stands in one half.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..data.clips import Clip


def halves(clips: Sequence[Clip]) -> NDArray[np.int64]:
    """Return 0 or 1 for each clip, (clips,); every label is shared out about equally.

    Units are taken in the order of their names' hashes, the largest first, and each goes where its labels are rarer.
    """
    labels = sorted({label for clip in clips for label in clip.labels})
    columns = {label: number for number, label in enumerate((*labels, "none"))}
    counts: dict[tuple[bool, str], NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(columns)))
    units = [(clip.complete, clip.source if clip.complete else f"{clip.source}/{clip.group}") for clip in clips]
    for unit, clip in zip(units, clips, strict=True):
        for label in clip.labels or ("none",):
            counts[unit][columns[label]] += 1

    def order(unit: tuple[bool, str]) -> tuple[float, str]:
        return -counts[unit].sum(), hashlib.sha256(unit[1].encode()).hexdigest()

    filled = {complete: np.zeros((2, len(columns))) for complete in (True, False)}
    side = {}
    for unit in sorted(counts, key=order):
        totals, count = filled[unit[0]], counts[unit]
        scale = np.maximum(totals.sum(axis=0) + count, 1)
        uneven = [float((((totals[half] + count - totals[1 - half]) ** 2) / scale).sum()) for half in (0, 1)]
        side[unit] = int(uneven[1] < uneven[0])
        totals[side[unit]] += count
    return np.array([side[unit] for unit in units])
