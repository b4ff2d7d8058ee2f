"""How quickly the card follows when a visitor selects a part, changes the sensitivity or takes an excerpt."""

import statistics
import time

from playwright.sync_api import Page

# Milliseconds from the input to the end of the frame that shows the new card, twenty times for each kind of input.
FRAMES = """async () => {
    const times = { 'selection': [], 'sensitivity': [] };
    const plot = document.querySelector('.plot'), box = plot.getBoundingClientRect();
    const text = (selector) => document.querySelector(selector).innerHTML;
    const shown = () => text('#result .kicker') + text('.lanes') + text('.sensitivity-measured');
    const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    const pointer = (target, name, share) => target.dispatchEvent(new PointerEvent(
        name, { bubbles: true, button: 0, clientX: box.x + share * box.width, clientY: box.y + 40 }));
    const timed = async (kind, input) => {
        const before = shown(), start = performance.now();
        input();
        await frame();
        times[kind].push(performance.now() - start);
        if (shown() === before) throw new Error(`the page does not follow the ${kind}`);
    };
    pointer(plot, 'pointerdown', 0.3);
    for (let step = 1; step <= 20; step++)
        await timed('selection', () => pointer(document, 'pointermove', 0.3 + step / 50));
    document.dispatchEvent(new PointerEvent('pointercancel'));
    document.querySelector('[data-part=clear]').click();
    const inputs = document.querySelectorAll('.sensitivity input');
    for (let step = 0; step < 20; step++) await timed('sensitivity', () => inputs[step % 2 ? 0 : 2].click());
    return times;
}"""


def report_readings(page: Page) -> None:
    """Print how long card and lanes take to follow, and how much was asked of the server meanwhile."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    times: dict[str, list[float]] = page.evaluate(FRAMES)
    for kind, values in times.items():
        print(f"  {kind} to drawn card".ljust(37) + f"{statistics.median(values):6.0f} ms ({max(values):.0f} at most)")
    print(f"  requests for these {sum(map(len, times.values()))}".ljust(37) + f"{len(asked):6}")


def excerpt_seconds(page: Page) -> float:
    """Return the seconds from the click on an instrument until its best excerpt is a file on the visitor's disk."""
    start = time.perf_counter()
    with page.expect_download() as download:
        page.locator("[data-excerpt]").first.click()
    download.value.path()
    return time.perf_counter() - start
