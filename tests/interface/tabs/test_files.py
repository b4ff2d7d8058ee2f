"""What answers the tab for several files."""

from pathlib import Path

import gradio as gr
import pytest

from interface.server.limits import Limits
from interface.server.model_provider import ModelProvider
from interface.service import Service
from interface.strings import LANGUAGES, programs
from interface.tabs.files import Files
from tests.support.app_server import EXAMPLES


@pytest.fixture(name="tab", scope="module")
def fixture_tab() -> Files:
    return Files(Service(ModelProvider.from_environment({}), Limits()))


def test_a_row_names_what_it_holds(tab: Files) -> None:
    row = tab.row(str(EXAMPLES / "ensemble.mp3"))
    assert set(row["names"]) == set(LANGUAGES)
    assert row["names"]["fr"]["cello"] == "Violoncelle"
    for names in row["names"].values():
        assert {row["instrument"], *row["also"]} <= set(names)
        assert set(names) == set(row["families"])
    assert row["stretches"][0]["start"] == 0
    assert row["stretches"][-1]["end"] == pytest.approx(row["seconds"], abs=0.01)


def test_a_broken_file_gets_a_sentence(tab: Files, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_text("no sound", encoding="utf-8")
    with pytest.raises(gr.Error, match="No sound"):
        tab.row(str(broken))
    with pytest.raises(gr.Error, match=programs.API_NO_FILE[:20]):
        tab.row("")
