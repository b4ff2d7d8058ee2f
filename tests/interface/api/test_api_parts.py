"""A part of a recording, and its sound, through the API with Gradio's own client."""

import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.support.app_server import EXAMPLES, App
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow

TRIO = handle_file(EXAMPLES / "ensemble.mp3")


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return patient_client(app.url)


def test_a_part_is_answered(client: Client) -> None:
    whole = client.predict(TRIO, api_name="/predict")
    part = client.predict(TRIO, start=2.0, end=5.0, api_name="/predict")
    assert part["duration"] == pytest.approx(3.0, abs=0.05)
    assert part["segments"][0]["start"] == pytest.approx(2.0)
    assert part["probabilities"] != whole["probabilities"]
    times = client.predict(TRIO, start=2.0, end=5.0, api_name="/timeline")["times"]
    assert (times[0][0], times[-1][1]) == (pytest.approx(2.0), pytest.approx(5.0, abs=0.05))


def test_sensitivity_is_taken(client: Client) -> None:
    heard = {
        choice: client.predict(TRIO, sensitivity=choice, api_name="/predict")["detected"]
        for choice in ("strict", "sensitive")
    }
    assert set(heard["strict"]) < set(heard["sensitive"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"start": 5, "end": 2}, "too short or reversed"),
        ({"start": -1}, "not negative"),
        ({"start": 1000}, "the recording lasts"),
        ({"sensitivity": "keen"}, "choose strict"),
        ({"start": "early"}, "not of the kind that this function takes"),
        ({"end": [3]}, "not of the kind that this function takes"),
    ],
)
def test_bad_parts_get_a_sentence(client: Client, arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(TRIO, **arguments, api_name="/predict")


def test_a_part_is_cut_out(client: Client) -> None:
    path = client.predict(TRIO, 1.0, 3.5, api_name="/cut")
    assert path.endswith("ensemble_0m01.0s.wav")
    assert soundfile.info(path).duration == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (3.0, 2.0, "from 3 to 2 s is empty or reversed"),
        (1000.0, 1001.0, "the recording lasts"),
        (None, 2.0, "not of the kind that this function takes"),
        (1.0, None, "not of the kind that this function takes"),
    ],
)
def test_no_cut_without_a_part(client: Client, start: float | None, end: float | None, sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(TRIO, start, end, api_name="/cut")


def test_the_best_excerpt_names_the_instrument(client: Client) -> None:
    path = client.predict(TRIO, "cello", api_name="/excerpt")
    assert path.endswith("_cello.wav")
    assert 0.5 < soundfile.info(path).duration <= 6.0


@pytest.mark.parametrize(
    ("instrument", "sentence"), [("oboe", "choose one of cello"), ("trumpet", "No trumpet is heard")]
)
def test_no_excerpt_of_what_is_not_there(client: Client, instrument: str, sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(TRIO, instrument, api_name="/excerpt")
