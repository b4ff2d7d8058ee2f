"""Answers that wait: none is lost while somebody waits for it, and what nobody fetches is bounded."""

import asyncio
from types import SimpleNamespace

from interface.server.pending import MOST_MESSAGES, MOST_OF_A_SESSION, Sessions

MOST = 5


def message(kind: str, call: str = "call") -> SimpleNamespace:
    return SimpleNamespace(msg=kind, event_id=call)


def begin(sessions: Sessions, name: str, messages: int = 0) -> None:
    """A session as Gradio begins one, with a call named like it."""
    sessions[name] = asyncio.Queue()
    sessions.calls[name] = {f"call of {name}"}
    for _ in range(messages):
        sessions[name].put_nowait(message("process_completed"))


def test_who_waits_is_not_forgotten_whoever_comes_and_goes() -> None:
    running = {"call of waiting"}
    sessions = Sessions(running.__contains__, MOST)
    begin(sessions, "waiting")
    for number in range(2_000):
        begin(sessions, str(number), messages=number % 2)
    assert "waiting" in sessions
    assert sessions.awaits("waiting")
    assert len(sessions) <= MOST + 2
    assert sessions.calls.keys() <= sessions.keys()


def test_who_has_fetched_everything_is_forgotten_first() -> None:
    sessions = Sessions(lambda _: False, MOST)
    begin(sessions, "to fetch", messages=1)
    for number in range(100):
        begin(sessions, str(number))
    assert sessions.awaits("to fetch")
    for number in range(100):
        begin(sessions, f"unfetched {number}", messages=1)
    assert "to fetch" not in sessions, "the oldest, when too many leave their answers"
    assert len(sessions) <= MOST + 1


def test_what_nobody_fetches_is_bounded() -> None:
    sessions = Sessions(lambda _: False, 1_000)
    begin(sessions, "one", messages=MOST_OF_A_SESSION)
    assert sessions.is_full("one")
    assert not sessions.is_full("another")
    for number in range(100):
        begin(sessions, str(number), messages=MOST_OF_A_SESSION)
    assert sum(queue.qsize() for queue in sessions.values()) <= MOST_MESSAGES + MOST_OF_A_SESSION


def test_a_session_that_is_being_read_is_kept() -> None:
    async def scenario() -> bool:
        sessions = Sessions(lambda _: False, MOST)
        begin(sessions, "read")
        reader = asyncio.create_task(sessions["read"].get())
        await asyncio.sleep(0)
        for number in range(100):
            begin(sessions, str(number))
        sessions["read"].put_nowait(message("process_completed"))
        await reader
        return "read" in sessions

    assert asyncio.run(scenario())


def test_of_progress_only_the_latest_is_kept() -> None:
    sessions = Sessions(lambda _: True, MOST)
    begin(sessions, "one")
    for number in range(1_000):
        sessions["one"].put_nowait(message("progress", call=str(number % 2)))
        sessions["one"].put_nowait(message("estimation", call=str(number % 2)))
    sessions["one"].put_nowait(message("process_completed"))
    sessions["one"].put_nowait(message("process_completed"))
    assert sessions["one"].qsize() == 6


def test_a_call_may_outlive_its_session() -> None:
    sessions = Sessions(lambda _: True, MOST)
    begin(sessions, "gone")
    for _ in range(2):  # as two streams of one session do when they end
        del sessions["gone"]
    sessions["gone"].put_nowait(message("process_completed"))
    assert "gone" not in sessions
    assert not sessions.awaits("gone")
    assert sessions.calls["never begun"] == set()
