"""The page of a model with labels of its own, one of which is as odd as a label may be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import handle_file
from playwright.sync_api import Browser, Page, expect

from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App, running_app
from tests.support.browsing import add_files, headline, open_tab, opened, state, upload
from tests.support.relabelled import ODD_DISPLAY, write_relabelled
from tests.support.strangers import patient_client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with a model of three labels."""
    folder = write_relabelled(tmp_path_factory.mktemp("models") / "mine")
    with running_app({"MODEL": str(folder), "FEEDBACK_FOLDER": str(folder.parent / "feedback")}) as app:
        yield app


@pytest.fixture
def page(browser: Browser, other: App) -> Iterator[Page]:
    """Its page."""
    with opened(browser, other.url) as page:
        yield page


def test_the_page_names_what_the_model_knows(page: Page) -> None:
    expect(page.locator("#result .explanation")).to_have_text(
        f"This page recognises viola da gamba and {ODD_DISPLAY.lower()}."
    )
    expect(page.locator(".status-line")).to_have_text("The model mine answers.")
    expect(page.get_by_role("button", name="Cello")).to_have_count(0)  # an example of what it does not know


def test_odd_labels_are_shown_as_they_are_written(page: Page) -> None:
    upload(page, EXAMPLES / "trumpet.mp3")
    assert headline(page) == ODD_DISPLAY
    expect(page.locator("#result .bar.family-percussion .bar-name")).to_have_text(ODD_DISPLAY)
    expect(page.locator(".lane-name").first).to_have_text(ODD_DISPLAY)
    expect(page.locator(".all tbody tr")).to_have_count(3)
    assert page.locator(".timeline b, .all b, #result b").count() == page.locator(".spectrum b").count()


def test_what_is_only_noticed_is_no_answer(page: Page) -> None:
    upload(page, EXAMPLES / "flute.mp3")
    assert state(page) in {"none", "voice"}
    expect(page.locator("#result .bar")).to_have_count(2)


def test_several_files_and_live_have_these_labels(page: Page) -> None:
    add_files(page, [EXAMPLES / "cello.mp3", EXAMPLES / "trumpet.mp3"])
    names = page.locator(".files tbody tr td:nth-child(2)")
    expect(names).to_have_text(["Viola da gamba", ODD_DISPLAY])
    open_tab(page, ENGLISH.page.tab_live)
    expect(page.locator(".live-bars .bar-name")).to_have_text(["Viola da gamba", ODD_DISPLAY, "Applause"])


def test_programs_are_told(other: App) -> None:
    client = patient_client(other.url)
    answer = client.predict(handle_file(str(EXAMPLES / "trumpet.mp3")), api_name="/predict")
    assert answer["instrument"] == "tabla-3.b"
    assert list(answer["probabilities"]) == ["viola da gamba", "tabla-3.b", "applause"]
    assert answer["model"]["source"] == "mine"
    described = str(client.view_api(return_format="dict", print_info=False))
    assert "viola da gamba" in described
    assert "cello, clarinet" not in described


def test_the_download_for_audio_editors_has_the_display_names(page: Page, tmp_path: Path) -> None:
    upload(page, EXAMPLES / "trumpet.mp3")
    with page.expect_download() as download:
        page.get_by_role("link", name=ENGLISH.timeline.download_audacity).click()
    path = tmp_path / "labels.txt"
    download.value.save_as(path)
    assert path.read_text(encoding="utf-8").splitlines()[0].endswith(f"\t{ODD_DISPLAY}")
