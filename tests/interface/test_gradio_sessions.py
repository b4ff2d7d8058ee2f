"""What is remembered of visits is little and bounded, and every visit still has the whole page."""

import gradio as gr
from gradio.state_holder import SessionState

from interface.server.fetch import Fetcher
from interface.server.gradio_page import Page


def page() -> Page:
    built = Page(Fetcher.from_environment({}, 1, 1.0), analytics_enabled=False)
    with built:
        question, answer = gr.Textbox("nothing yet"), gr.Textbox()
        question.change(str.upper, question, answer, api_name="shout")
    built.queue(max_size=3)
    return built


def test_a_visit_has_all_components_and_events_and_describes_none() -> None:
    built = page()
    visit = SessionState(built)
    assert visit.blocks_config.blocks == built.blocks
    assert visit.blocks_config.fns == built.fns
    assert not any(visit.components)
    question = next(key for key, block in built.blocks.items() if isinstance(block, gr.Textbox))
    visit._update_value_in_config(question, "what a visitor wrote")
    assert not any(visit.components)


def test_what_one_visit_changes_no_other_sees() -> None:
    built = page()
    first, second = SessionState(built), SessionState(built)
    question = next(key for key, block in built.blocks.items() if isinstance(block, gr.Textbox))
    first[question] = gr.Textbox("another", render=False)
    assert first[question].value == "another"
    assert second[question].value == "nothing yet"


def test_the_page_itself_is_described() -> None:
    types = [component["type"] for component in page().get_config_file()["components"]]
    assert types.count("textbox") == 2


def test_answered_requests_are_forgotten_when_many_have_followed() -> None:
    queue = page()._queue
    waiting = queue.pending_event_ids_session
    for number in range(queue.pending_messages_per_session.max_size + 10):
        waiting[str(number)] = set()
    assert len(waiting) == queue.pending_messages_per_session.max_size
    assert "0" not in waiting
    assert queue.max_size == 3
