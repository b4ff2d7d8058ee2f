"""Damaged and malicious recordings, in a process that may crash; `python -m stress.damage` tries thousands."""

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stress.bombs import bombs, judge
from stress.damage import RIGHT, judged, run
from stress.decoding import Decoder
from stress.mutation import EXTENSIONS, FORMATS, MUTATIONS, Mutation, damaged, originals
from tests.support.sounds import tone, write

pytestmark = pytest.mark.slow

PATIENCE = 60.0  # seconds; other tests may run beside these


@pytest.fixture(scope="module", name="decoder")
def fixture_decoder() -> Iterator[Decoder]:
    decoder = Decoder(PATIENCE)
    yield decoder
    decoder.close()


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    suffix=st.sampled_from(FORMATS),
    original=st.integers(0, 2),
    mutations=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=4),
    rng=st.randoms(use_true_random=False),
    extension=st.sampled_from(EXTENSIONS),
    whole=st.booleans(),
)
def test_a_damaged_recording_is_read_or_refused(
    decoder: Decoder,
    tmp_path: Path,
    suffix: str,
    original: int,
    mutations: list[Mutation],
    rng: Random,
    extension: str,
    whole: bool,
) -> None:
    content = bytearray(originals(suffix)[original])
    for mutation in mutations:
        mutation(content, rng)
    path = tmp_path / f"damaged.{extension}"
    path.write_bytes(content)
    outcome = judged(decoder(path, predict=whole))
    assert outcome.kind in RIGHT, outcome


def test_the_first_of_the_long_trial(tmp_path: Path) -> None:
    row, faults = run("webm", range(40), tmp_path / "kept")
    assert faults == []
    assert row.kinds.total() == 40
    assert not (tmp_path / "kept").exists()


def test_cases_can_be_made_again() -> None:
    cases = [damaged("flac", seed) for seed in range(50)]
    assert cases == [damaged("flac", seed) for seed in range(50)]
    assert len({content for _, content in cases}) > 45
    assert len({content for _, content in cases} & set(originals("flac"))) < 5, "a few changes change nothing"


def test_small_files_that_claim_much(decoder: Decoder) -> None:
    with bombs(hours=0.3) as paths:
        outcomes = {name: judge(name, decoder(path, predict=True)) for name, path in paths.items()}
    assert {name: outcome for name, outcome in outcomes.items() if outcome.kind not in RIGHT} == {}
    assert {name for name, outcome in outcomes.items() if outcome.kind == "refused"} <= {
        "channels-1024.wav",
        "channels-32767.wav",
    }


def test_crashes_and_hangs_are_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "tone.wav", tone(0.2, 32_000), 32_000)
    decoder = Decoder(2.0)
    decoder._start().send_signal(signal.SIGSEGV)
    assert decoder(path).kind == "crash"
    decoder._start().send_signal(signal.SIGSTOP)
    assert decoder(path).kind == "hang"
