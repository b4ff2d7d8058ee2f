"""Many clients at once; `python -m stress.load` goes on for minutes."""

import asyncio
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import handle_file
from gradio_client.utils import QueueError

from interface.strings import ENGLISH, LANGUAGES
from stress.cases import Case, long_recording, make_cases
from stress.clients import Tally, burst, hang_up_on_long_ones, one_client, places_are_free
from stress.load import slope
from tests.support.app_server import NO_TLS, App, running_app
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="cases")
def fixture_cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return make_cases(tmp_path_factory.mktemp("cases"), suffixes=("wav", "mp3", "webm"), lengths=(1.0, 4.0))


@pytest.mark.parametrize("growth", [0.0, 3.0])
def test_growth_is_told_from_what_recordings_take_for_a_moment(growth: float) -> None:
    noise = np.random.default_rng(0)
    seconds = np.arange(300.0)
    memory = 900 + growth * seconds / 60 + noise.exponential(20, len(seconds))
    found = slope(list(zip(seconds.tolist(), memory.tolist(), strict=True)), 60)
    assert found == pytest.approx(growth, abs=1.0)


def test_every_client_gets_the_answers_that_the_library_gives(app: App, cases: list[Case], tmp_path: Path) -> None:
    short = next(case for case in cases if case.probabilities)

    async def trial() -> Tally:
        tally, end = Tally(), time.monotonic() + 8
        await asyncio.gather(*(one_client(app.url, cases, end, seed, tally) for seed in range(6)))
        await burst(app.url, short, 24, tally)
        await places_are_free(app.url, short, tally)
        await hang_up_on_long_ones(app.url, tmp_path, short, tally)
        return tally

    tally = asyncio.run(trial())
    assert tally.faults == []
    assert tally.counts["good file, the right answer"] > 5
    assert tally.counts["bad file, the right sentence"] > 0
    assert "Traceback" not in app.log.read_text(encoding="utf-8")


def test_a_full_queue_is_said_and_those_who_leave_free_their_place(cases: list[Case], tmp_path: Path) -> None:
    long = handle_file(str(long_recording(tmp_path, minutes=15)))
    short = handle_file(str(next(case for case in cases if case.probabilities).path))
    with running_app({"WORKERS": "1", "QUEUE_SIZE": "1"}) as app:
        clients = [patient_client(app.url) for _ in range(3)]
        jobs = []
        for client in clients[:2]:  # one is analysed, one waits
            jobs.append(client.submit(long, api_name="/predict"))
            while not jobs[-1].communicator.event_id:
                time.sleep(0.05)
            time.sleep(0.5)
        with pytest.raises(QueueError, match="Queue is full! Please try again"):
            clients[2].predict(short, api_name="/predict")
        call, german = f"{app.url}/gradio_api/call/predict", LANGUAGES["de"]
        for headers, texts in (({"Accept-Language": "de"}, ENGLISH), ({"X-Page-Language": "de"}, german)):
            refused = httpx.post(call, json={"data": [None]}, headers=headers, timeout=60, verify=NO_TLS)
            assert (refused.status_code, refused.json()["detail"]) == (503, texts.errors.busy)
        for job in jobs:
            job.cancel()
        assert clients[2].predict(short, api_name="/predict")["probabilities"]
