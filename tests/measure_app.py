"""Prints how quick the page is on this machine: `python tests/measure_app.py` (or `make bench-app`)."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app_server import EXAMPLES, ROOT, running_app, running_browser
from browsing import clear, microphone_flags, microphone_recording, open_tab, opened, upload
from playwright.sync_api import Page
from sounds import write

from instrument_model import InstrumentClassifier
from instrument_model.audio import read_audio
from interface import texts

ROUNDS = 9
# Samples the level and the violin's bar every frame; when the level first jumps, sound has reached the microphone.
WATCH = """() => {
    window.seen = { sound: 0, bar: 0, answers: [] };
    const level = document.querySelector('.live-level span');
    const bar = document.querySelector('[data-label=violin] .bar-fill');
    let count = '0';
    const look = () => {
        const now = performance.now();
        if (!seen.sound && parseFloat(level.style.width) > 40) seen.sound = now;
        if (seen.sound && !seen.bar && parseFloat(bar.style.width) > 30) seen.bar = now;
        const answers = document.querySelector('#live [data-answers]')?.dataset.answers ?? '0';
        if (answers !== count) { count = answers; seen.answers.push(now); }
        requestAnimationFrame(look);
    };
    look();
}"""


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def uploads(page: Page, clip: Path, rounds: int) -> list[float]:
    """Seconds from giving a file to the page until its answer is there, the first one left out."""
    times = []
    for _ in range(rounds + 1):
        clear(page)
        times.append(seconds(lambda: upload(page, clip)))
    return times[1:]


def live(page: Page) -> tuple[float, float]:
    """(answers a second, seconds from sound to bar, at most) with the microphone that falls silent and begins again."""
    open_tab(page, texts.TAB_LIVE)
    page.evaluate(WATCH)
    page.get_by_role("button", name=texts.LIVE_START).click()
    page.wait_for_function("() => seen.bar && seen.answers.length > 20")
    seen = page.evaluate("() => seen")
    answers = seen["answers"]
    rate = (len(answers) - 1) / (answers[-1] - answers[0]) * 1000
    tick = 0.1  # the level is shown ten times a second, so the sound may have come this much earlier
    return rate, (seen["bar"] - seen["sound"]) / 1000 + tick


def main() -> None:
    """Starts the app, measures, prints."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        violin = read_audio(EXAMPLES / "violin.mp3", 44_100)
        ten = write(folder / "ten seconds.wav", np.tile(violin, 2)[:441_000], 44_100)
        song = write(folder / "five minutes.mp3", np.tile(violin, 50)[: 300 * 44_100], 44_100)
        torch.set_num_threads(1)  # as the app does
        classifier = InstrumentClassifier.from_pretrained()
        alone = [seconds(lambda: classifier.predict(ten)) for _ in range(ROUNDS + 2)][2:]
        start = time.perf_counter()
        with running_app() as app, running_browser(microphone_flags(microphone_recording(folder))) as browser:
            print(f"start to first answer of the server  {time.perf_counter() - start:6.2f} s")
            with opened(browser, app.url) as page:
                times = uploads(page, ten, ROUNDS)
                print(f"10 s clip, upload to result          {statistics.median(times):6.2f} s (median of {ROUNDS})")
                print(f"  of which the library's predict     {statistics.median(alone):6.2f} s")
                print(f"5 min mp3, upload to result          {statistics.median(uploads(page, song, 3)):6.2f} s")
                rate, latency = live(page)
                print(f"live, answers a second               {rate:6.2f}")
                print(f"live, sound to bar at most           {latency:6.2f} s")
    size = sum(
        path.stat().st_size for path in (ROOT / "interface").glob("*/*.*") if path.suffix in {".js", ".css", ".html"}
    )
    print(f"the page's own code                  {size / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
