"""Listening live for long, and by more people than there are places."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import httpx
import pytest

from interface.audience import IDLE_SECONDS
from interface.server.limits import Limits
from tests.support.app_server import NO_TLS, App
from tests.support.live_client import LiveClient, listen_together, resident, violin_and_rests

pytestmark = pytest.mark.slow

PIECE = 4.0  # seconds, the longest that is taken
MINUTES = 2


def test_listening_for_long_needs_no_more_memory(app: App) -> None:
    client = LiveClient(app)
    pieces = violin_and_rests(PIECE)
    for piece in islice(pieces, 15):
        client.send(piece)
    before = resident(app)
    headlines = {client.send(piece)["headline"] for piece in islice(pieces, round(60 * MINUTES / PIECE))}
    assert "Violin" in headlines
    assert resident(app) < before + 20


def test_more_listeners_than_places_are_told_and_the_page_goes_on(app: App) -> None:
    places = Limits().live_listeners
    time.sleep(IDLE_SECONDS + 0.5)  # until the places of earlier tests are free
    with ThreadPoolExecutor(1) as threads:
        together = threads.submit(listen_together, app, 2 * places, 2.0, 2)
        while not together.done():
            assert httpx.get(app.url, timeout=30, verify=NO_TLS).status_code == 200
            time.sleep(0.2)
        clients, answers = together.result()
    assert sum(client.refused for client in clients) == places
    assert sum(count >= 2 for count in answers) == places
