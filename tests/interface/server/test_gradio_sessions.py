"""What is remembered of visits is little and bounded, and every visit still has the whole page."""

import gradio as gr
from gradio.state_holder import SessionState

from interface.server.fetch import Fetcher
from interface.server.gradio_internals import Page


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
