"""Prints how quick the page is on this machine: `python -m bench.page` (or `make bench-app`)."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import Page

from bench.readings import excerpt_seconds, report_readings
from instrument_model import InstrumentClassifier
from instrument_model.audio import read_audio
from interface.audience import IDLE_SECONDS
from interface.strings import ENGLISH
from tests.support.app_server import EXAMPLES, ROOT, App, running_app, running_browser
from tests.support.browsing import clear, microphone_flags, microphone_recording, open_tab, opened, upload
from tests.support.live_client import LiveClient, listen_together, resident, violin_and_rests
from tests.support.sounds import write

ROUNDS = 9
ONSETS = 4  # how often the violin is waited for
SILENCE = 5.0  # seconds between two phrases, after which its bar is down again
LISTENERS = (2, 8, 16)
# Looks every frame. A level that jumps after a silence is sound at the microphone, and a bar counts as it is drawn,
# with its animation.
WATCH = """() => {
    window.seen = { latencies: [], answers: [] };
    const level = document.querySelector('.live-level span');
    const bar = document.querySelector('#live [data-label=violin] .bar-fill');
    const share = (part) => part.getBoundingClientRect().width / part.parentElement.getBoundingClientRect().width;
    let count = '0', sound = 0, quiet = 0;
    const look = () => {
        const now = performance.now();
        if (parseFloat(level.style.width) > 40) {
            if (!sound && quiet && now - quiet > 1500 && share(bar) < 0.1) sound = now;
            quiet = 0;
        } else quiet ||= now;
        if (sound && share(bar) > 0.3) { seen.latencies.push((now - sound) / 1000); sound = 0; }
        const answers = document.querySelector('#live [data-answers]')?.dataset.answers ?? '0';
        if (answers !== count) { count = answers; seen.answers.push(now); }
        requestAnimationFrame(look);
    };
    look();
}"""


def seconds(action: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def uploads(page: Page, clip: Path, rounds: int) -> list[float]:
    """Return the seconds from giving a file to the page until its answer is there, the first one left out."""
    times = []
    for _ in range(rounds + 1):
        clear(page)
        times.append(seconds(lambda: upload(page, clip)))
    return times[1:]


def live(page: Page) -> tuple[float, list[float]]:
    """(answers a second, seconds from each onset to the bar, at most); the microphone falls silent between phrases."""
    open_tab(page, ENGLISH.page.tab_live)
    page.evaluate(WATCH)
    page.get_by_role("button", name=ENGLISH.live.start).click()
    page.wait_for_function(f"() => seen.latencies.length >= {ONSETS}", timeout=120_000)
    seen = page.evaluate("() => seen")
    page.get_by_role("button", name=ENGLISH.live.stop).click()
    answers = seen["answers"]
    rate = (len(answers) - 1) / (answers[-1] - answers[0]) * 1000
    tick = 0.1  # the level is shown ten times a second, so the sound may have come this much earlier
    return rate, [latency + tick for latency in seen["latencies"]]


def crowd(app: App) -> None:
    """Measure how quick the answers are when several listen live."""
    for count in LISTENERS:
        time.sleep(IDLE_SECONDS + 0.5)  # until the places before are free
        clients, answers = listen_together(app, count, 6.0)
        admitted = [client for client in clients if not client.refused]
        rate = min(number for number, client in zip(answers, clients, strict=True) if not client.refused) / 6
        times = [seconds for client in admitted for seconds in client.times[1:]]
        print(
            f"{count:2} listen live: {len(admitted):2} have a place, {rate:.2f} answers a second or more for each, "
            f"{statistics.median(times):.2f} s median, {max(times):.2f} s longest"
        )


def hour(app: App) -> None:
    """Send an hour of live listening as fast as the server takes it."""
    seconds = 4.0
    client, pieces = LiveClient(app), violin_and_rests(seconds)
    count = round(3600 / seconds)
    sizes = []
    for index, piece in enumerate(islice(pieces, count)):
        client.send(piece)
        if index % (count // 6) == 0 or index == count - 1:
            sizes.append(resident(app))
    print("an hour of live listening, MB of memory: " + " ".join(f"{size:.0f}" for size in sizes))


def main() -> None:
    """Start the app, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="only how much memory an hour of live listening takes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        violin = read_audio(EXAMPLES / "violin.mp3", 44_100)
        ten = write(folder / "ten seconds.wav", np.tile(violin, 2)[:441_000], 44_100)
        song = write(folder / "five minutes.mp3", np.tile(violin, 50)[: 300 * 44_100], 44_100)
        torch.set_num_threads(1)  # as the app does
        classifier = InstrumentClassifier.from_pretrained()
        alone = [seconds(lambda: classifier.predict(ten)) for _ in range(ROUNDS + 2)][2:]
        start = time.perf_counter()
        microphone = microphone_flags(microphone_recording(folder, SILENCE))
        with running_app() as app, running_browser(microphone) as browser:
            if options.hour:
                hour(app)
                return
            print(f"start to first answer of the server  {time.perf_counter() - start:6.2f} s")
            with opened(browser, app.url) as page:
                times = uploads(page, ten, ROUNDS)
                print(f"10 s clip, upload to result          {statistics.median(times):6.2f} s (median of {ROUNDS})")
                print(f"  of which the library's predict     {statistics.median(alone):6.2f} s")
                print(f"5 min mp3, upload to result          {statistics.median(uploads(page, song, 3)):6.2f} s")
                excerpts = [excerpt_seconds(page) for _ in range(3)]
                print(f"  excerpt of an instrument           {statistics.median(excerpts):6.2f} s")
                report_readings(page)
                rate, latencies = live(page)
                print(f"live, answers a second               {rate:6.2f}")
                print(
                    f"live, sound to bar                   {statistics.median(latencies):6.2f} s (median of {ONSETS})"
                )
                print(f"  longest                            {max(latencies):6.2f} s")
            crowd(app)
    own = [path for path in (ROOT / "interface").glob("*/*.*") if path.suffix in {".js", ".css", ".html"}]
    size = sum(path.stat().st_size for path in own if path.name != "language.js")
    print(f"the page's own code                  {size / 1000:6.1f} kB, comments included, languages apart")


if __name__ == "__main__":
    main()
