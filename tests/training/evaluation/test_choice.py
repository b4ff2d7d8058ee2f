"""What is chosen on one half of the development data and reported on the other."""

import math
from collections import Counter
from pathlib import Path

import numpy as np

from instrument_model.labels import INSTRUMENT_NAMES
from training.data.clips import Clip
from training.evaluation.halves import halves
from training.evaluation.validation import AUROC_TOLERANCE, Development, Score, best


def clip(number: int, label: str, source: str, *, complete: bool = True) -> Clip:
    labels = (label,) if label else ()
    return Clip(Path(f"{number}.wav"), labels, "phrase", "dev", source, f"song {number}", complete=complete)


def test_a_collection_stands_in_one_half_and_labels_are_shared_out() -> None:
    clips = [
        clip(100 * number + copy, name, f"collection {number % 30}")
        for number, name in enumerate([*INSTRUMENT_NAMES, ""] * 6)
        for copy in range(3)
    ]
    side = halves(clips)
    sides = {(c.source, int(h)) for c, h in zip(clips, side, strict=True)}
    assert len(sides) == len({source for source, _ in sides}) == 30
    counts = Counter((c.labels, int(h)) for c, h in zip(clips, side, strict=True))
    for labels in {c.labels for c in clips}:
        assert 3 <= counts[labels, 0] <= 15
        assert counts[labels, 0] + counts[labels, 1] == 18
    shuffled = np.random.default_rng(0).permutation(len(clips))
    assert (halves([clips[n] for n in shuffled]) == side[shuffled]).all()


def test_songs_of_one_collection_are_shared_out() -> None:
    clips = [clip(number, "flute", "song_excerpts", complete=False) for number in range(20)]
    assert Counter(halves(clips).tolist()) == {0: 10, 1: 10}


def score(total: float, auroc: float) -> Score:
    return Score(top1=total, top3=1.0, auroc=auroc, songs=math.nan, short=total, noisy=total)


def test_the_best_names_well_and_rejects_nearly_as_well_as_any() -> None:
    assert math.isclose(score(0.7, 0.9).total, 0.7)
    scores = {"a": score(0.8, 0.95), "b": score(0.9, 0.95 - AUROC_TOLERANCE / 2), "c": score(0.95, 0.9)}
    assert best(scores) == "b"
    assert best({name: score(value.total, math.nan) for name, value in scores.items()}) == "c"


def test_figures_of_a_half_by_hand() -> None:
    tone = np.full(32_000 * 3, 1000, np.int16)
    clips = [clip(n, name, f"s{n}", complete=n % 2 == 0) for n, name in enumerate(("flute", "flute", "violin", ""))]
    development = Development(clips, dict.fromkeys(clips, tone), 32_000, 3.0)
    answers = np.zeros((4, 11))
    answers[:, INSTRUMENT_NAMES.index("flute")] = (0.9, 0.8, 0.7, 0.1)
    figures = development.figures(answers, answers, answers)
    assert (figures.top1, figures.songs, figures.auroc) == (0.5, 1.0, 1.0)  # all flutes, no violin
    violin = int(development.halves[2])
    assert development.figures(answers, answers, answers, half=violin).top1 < 1.0
