"""The tab for several files in a real browser: rows, details, sorting, folders, going on, a lost connection."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from instrument_model import InstrumentClassifier
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, App, running_app
from tests.support.browsing import PHONE, add_files, open_tab, opened

pytestmark = pytest.mark.slow


def example(name: str) -> Path:
    return EXAMPLES / f"{name}.mp3"


def names(page: Page) -> list[str]:
    return [cell.split("\n")[0] for cell in page.locator(".files tbody tr td:first-child").all_inner_texts()]


def rows(page: Page) -> Locator:
    return page.locator(".files tbody tr")


@pytest.fixture(name="pairs", scope="module")
def fixture_pairs() -> Iterator[App]:
    """An app that takes two files in one go."""
    with running_app({"MAX_FILES": "2"}) as app:
        yield app


@pytest.mark.parametrize(("link", "columns"), [("instruments.csv", "instrument"), ("stretches.csv", "start")])
def test_the_tables_can_be_downloaded(page: Page, tmp_path: Path, link: str, columns: str) -> None:
    broken = tmp_path / "=broken, really.mp3"
    broken.write_text("no sound")
    add_files(page, [example("cello"), example("ensemble"), broken])
    expect(rows(page)).to_have_count(3)
    with page.expect_download() as download:
        page.locator(f"a[download='{link}']").click()
    found = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert {"file", columns} <= set(found[0])
    if link == "instruments.csv":
        assert [row["file"] for row in found] == ["cello.mp3", "ensemble.mp3", "'=broken, really.mp3"]
        assert found[0]["instrument"] == "cello"
        assert "No sound" in found[2]["error"]
    else:
        assert {row["file"] for row in found} == {"cello.mp3", "ensemble.mp3"}
        assert all(float(row["start"]) < float(row["end"]) for row in found)


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_a_row_opens_its_timeline(browser: Browser, app: App, viewport: dict[str, int]) -> None:
    with opened(browser, app.url, viewport=viewport) as page:
        add_files(page, [example("cello"), example("ensemble")])
        page.get_by_role("button", name="ensemble.mp3").click()
        details = page.locator(".file-details")
        expect(details.locator(".lane").first).to_be_visible()
        assert details.locator(".lane").count() > 1
        details.locator("[data-seek]").last.click()
        page.wait_for_function("() => document.querySelector('.file-details audio').currentTime > 1")
        details.locator(".sensitivity label", has_text="Sensitive").click()
        details.locator(".plot").focus()
        page.keyboard.press("Shift+ArrowRight")
        expect(details.locator(".kicker")).to_contain_text("From 0:")
        expect(page.locator("#result .kicker")).to_have_count(0)  # the first tab is left alone
        assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]


def test_rows_are_sorted_and_filtered(page: Page) -> None:
    add_files(page, [example("violin"), example("cello"), example("ensemble")])
    assert names(page) == ["violin.mp3", "cello.mp3", "ensemble.mp3"]
    by_file = page.locator(".sort", has_text=ENGLISH.files.column_file)
    for order in (["cello.mp3", "ensemble.mp3", "violin.mp3"], ["violin.mp3", "ensemble.mp3", "cello.mp3"]):
        by_file.click()
        assert names(page) == order
    expect(page.locator("th[aria-sort=descending]")).to_have_text(ENGLISH.files.column_file)
    page.locator(".sort", has_text=ENGLISH.timeline.column_probability).click()
    shares = [float(text.strip("<> %")) for text in page.locator(".files td:nth-child(3)").all_inner_texts()]
    assert shares == sorted(shares)
    by_file.click()
    by_file.click()
    model = InstrumentClassifier.from_pretrained()
    heard = {name: model.predict(example(name)).detected for name in ("violin", "ensemble", "cello")}
    wanted = heard["ensemble"][-1]  # which is in the trio, and does not lead it
    page.locator(".files-top select").select_option(model.config.labels.displays[wanted])
    assert names(page) == [f"{name}.mp3" for name, labels in heard.items() if wanted in labels]


def test_after_the_first_come_the_next(browser: Browser, pairs: App) -> None:
    with opened(browser, pairs.url) as page:
        add_files(page, [example(name) for name in ("cello", "flute", "violin")])
        expect(rows(page)).to_have_count(2)
        page.get_by_role("button", name=ENGLISH.files.next.format(count=1)).click()
        expect(rows(page)).to_have_count(3)
        expect(page.locator("[data-files=go]")).to_be_hidden()


def test_a_cancelled_run_can_be_taken_up_again(page: Page) -> None:
    open_tab(page, ENGLISH.page.tab_files)
    chosen = [example(name) for name in ("cello", "flute", "violin", "organ")]
    held: list[Route] = []
    page.route("**/upload", lambda route: held.append(route))
    with page.expect_request("**/upload"):
        page.set_input_files("#files input[type=file] >> nth=0", chosen)
    page.locator("[data-files=cancel]").click()
    expect(page.locator("[data-files=cancel]")).to_be_hidden()
    (first,) = held
    first.continue_()
    page.unroute("**/upload")
    expect(rows(page)).to_have_count(1)  # the one that was on its way still comes, and no other
    expect(page.locator("[data-files=go]")).to_be_visible()
    page.locator("[data-files=go]").click()
    expect(rows(page)).to_have_count(4)


def test_the_table_survives_a_lost_connection(page: Page) -> None:
    add_files(page, [example("cello")])
    page.context.set_offline(True)
    page.set_input_files("#files input[type=file] >> nth=0", [example("flute"), example("violin")])
    expect(page.locator(".files-top .alarm")).to_have_text(ENGLISH.files.lost)
    assert names(page) == ["cello.mp3"]
    page.context.set_offline(False)
    page.get_by_role("button", name=ENGLISH.files.again).click()
    expect(rows(page)).to_have_count(3)
    expect(page.locator(".files-top .alarm")).to_be_hidden()


def test_a_folder_is_dropped_with_all_that_is_in_it(page: Page, tmp_path: Path) -> None:
    (tmp_path / "music" / "late").mkdir(parents=True)
    shutil.copy(example("cello"), tmp_path / "music")
    shutil.copy(example("organ"), tmp_path / "music" / "late")
    (tmp_path / "music" / "notes.txt").write_text("no recording", encoding="utf-8")
    open_tab(page, ENGLISH.page.tab_files)
    box = page.locator(".drop").bounding_box()
    assert box
    devtools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(tmp_path / "music")], "dragOperationsMask": 1}
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 9, "y": box["y"] + 9, "data": data})
    expect(rows(page)).to_have_count(2)
    assert sorted(names(page)) == ["music/cello.mp3", "music/late/organ.mp3"]


def test_a_chosen_folder_is_analysed(page: Page, tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    shutil.copy(example("cello"), tmp_path / "music")
    open_tab(page, ENGLISH.page.tab_files)
    page.set_input_files("#files input[webkitdirectory]", tmp_path / "music")
    expect(rows(page)).to_have_count(1)
    assert names(page) == ["music/cello.mp3"]
