"""The page's script reads the probabilities as the library does; it runs in Node.js here, as it is."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from instrument_model import InstrumentClassifier
from instrument_model.labels import LABEL_NAMES, LABELS
from interface.analysis import timeline
from interface.analysis.listening import Listening, listen
from interface.theme import script
from tests.support.app_server import EXAMPLES


def run(expression: str, answer: dict[str, object]) -> Any:  # noqa: ANN401 - whatever the expression gives
    """What an expression of the script gives, where `answer` is what the server tells the page."""
    program = f"{script('reading.js')}\nconst answer = {json.dumps(answer)};\nconsole.log(JSON.stringify({expression}))"
    node = shutil.which("node") or shutil.which("nodejs")
    assert node, "Node.js is missing; make test installs it"
    return json.loads(subprocess.run([node, "-"], input=program, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def trio() -> Listening:
    return listen(InstrumentClassifier.from_pretrained(), EXAMPLES / "ensemble.mp3", 900.0)


def test_the_whole_is_read_as_the_library_reads_it(trio: Listening) -> None:
    found = run("read(answer, {from: 0, to: answer.duration, shift: 0})", timeline.answer(trio, LABELS.displays))
    assert [LABEL_NAMES[label] for label in found["detected"]] == list(trio.prediction.detected)
    assert [LABEL_NAMES[label] for label in found["top"]] == [guess.label for guess in trio.prediction.top]
    assert LABEL_NAMES[found["instrument"]] == trio.prediction.instrument


def test_stretches_are_those_of_the_library(trio: Listening) -> None:
    found = run("stretches(answer, 0)", timeline.answer(trio, LABELS.displays))
    expected = timeline.stretches(trio.prediction.segments)
    assert [(part["start"], part["end"]) for part in found] == [
        (pytest.approx(part.start, abs=2e-3), pytest.approx(part.end, abs=2e-3)) for part in expected
    ]
    labels = [[LABEL_NAMES[label] for label in part["detected"]] for part in found]
    assert [(names[0] if names else None, set(names[1:])) for names in labels] == [
        (part.label, set(part.also)) for part in expected
    ]


def two_halves() -> dict[str, object]:
    """A cello for two seconds, then a flute that is not quite sure for two, then two of silence."""
    labels = [
        {"name": name, "display": name, "family": "", "instrument": name != "voice"}
        for name in ("cello", "flute", "voice")
    ]
    rows = [(0, 2, True, [0.9, 0.1, 0.0]), (2, 4, True, [0.1, 0.45, 0.2]), (4, 6, False, [0.0, 0.0, 0.0])]
    segments = [dict(zip(("start", "end", "counts", "probabilities"), row, strict=True)) for row in rows]
    overall = [0.5, 0.275, 0.1]
    return {"duration": 6, "labels": labels, "thresholds": [0.5, 0.5, 0.5], "overall": overall, "segments": segments}


@pytest.mark.parametrize(
    ("part", "instrument", "first"),
    [((0, 2), 0, 0.9), ((2, 4), None, 0.45), ((1, 2.5), 0, (0.9 + 0.5 * 0.1) / 1.5), ((3.9, 6), None, 0.45)],
)
def test_a_part_is_the_mean_of_what_lies_in_it(part: tuple[float, float], instrument: int | None, first: float) -> None:
    found = run(f"read(answer, {{from: {part[0]}, to: {part[1]}, shift: 0}})", two_halves())
    assert found["instrument"] == instrument
    assert max(found["probabilities"]) == pytest.approx(first)


def test_what_plays_at_times_is_told_apart_from_what_is_heard() -> None:
    labels = [{"name": name, "display": name, "family": "", "instrument": True} for name in ("piano", "flute", "organ")]
    segments = [
        {"start": i, "end": i + 1, "counts": True, "probabilities": [0.9, 0.8 * (i in (3, 7)), 0.8 * (i == 5)]}
        for i in range(10)
    ]
    overall = [0.9, 0.16, 0.08]
    answer = {"duration": 10, "labels": labels, "thresholds": [0.5] * 3, "overall": overall, "segments": segments}
    found = run("read(answer, {from: 0, to: 10, shift: 0})", answer)
    assert (found["detected"], found["partly"]) == ([0], [1])  # twice, for a fifth of the time; the organ only once
    assert run("read(answer, {from: 0, to: 6, shift: 0}).partly", answer) == []


def test_the_servers_answer_for_a_part_is_taken_as_it_is() -> None:
    exact = "{probabilities: [0.1, 0.7, 0.2], detected: [1]}"
    found = run(f"read(answer, {{from: 0, to: 2, shift: 0, exact: {exact}}})", two_halves())
    assert (found["instrument"], found["detected"], found["probabilities"]) == (1, [1], [0.1, 0.7, 0.2])


def test_silence_alone_gives_no_reading() -> None:
    assert run("read(answer, {from: 4.5, to: 5.5, shift: 0})", two_halves()) is None


@pytest.mark.parametrize(("shift", "heard"), [(-3, [[], [], []]), (0, [[0], [], []]), (1, [[0], [1], []])])
def test_sensitivity_moves_what_counts_as_heard(shift: int, heard: list[list[int]]) -> None:
    parts = run(f"stretches(answer, {shift})", two_halves())
    at = [next(part["detected"] for part in parts if part["start"] <= t < part["end"]) for t in (1, 3, 5)]
    assert at == heard
