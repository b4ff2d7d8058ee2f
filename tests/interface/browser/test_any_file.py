"""What a visitor gives the page is judged by what it holds, not by what the browser calls it."""

import base64
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from instrument_model.audio import read_audio
from tests.support.app_server import EXAMPLES
from tests.support.browsing import ANSWER, clear, headline, state, upload
from tests.support.sounds import write

pytestmark = pytest.mark.slow

DROP = """([name, type, sound]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(sound), (letter) => letter.charCodeAt(0))], name, { type }));
  const area = document.querySelector("#clip input[type=file]").parentElement;
  for (const kind of ["dragenter", "dragover", "drop"])
    area.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""


@pytest.mark.parametrize("name", ["flute.webm", "flute.mp4", "flute.3gp", "flute.caf", "flute.mkv", "flute"])
def test_the_decoder_judges(name: str, page: Page, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix:
        write(path, read_audio(EXAMPLES / "flute.mp3", 48_000), 48_000)
    else:
        shutil.copy(EXAMPLES / "flute.mp3", path)
    upload(page, path)
    assert state(page) == "found"
    assert headline(page) == "Flute"


def test_what_is_no_sound_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 " + bytes(1000))
    upload(page, tmp_path / "letter.pdf")
    assert state(page) == "error"


@pytest.mark.parametrize(("name", "kind"), [("flute.webm", "video/webm"), ("flute", "")])
def test_the_same_for_what_is_dropped(name: str, kind: str, page: Page, tmp_path: Path) -> None:
    clip = write(tmp_path / "flute.webm", read_audio(EXAMPLES / "flute.mp3", 48_000), 48_000)
    clear(page)
    page.evaluate(DROP, [name, kind, base64.b64encode(clip.read_bytes()).decode()])
    page.wait_for_selector(ANSWER)
    assert state(page) == "found"


def test_the_file_dialogue_hides_nothing(page: Page) -> None:
    clear(page)
    assert page.locator("#clip input[type=file]").get_attribute("accept") is None
