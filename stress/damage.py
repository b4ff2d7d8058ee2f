"""Thousands of damaged recordings: `python -m stress.damage --cases 2000`; go on with `--first 2000`.

Each must be read or be refused with one sentence, within 10 seconds and 500 MB. What fails is kept in `--keep`, and is
made again by its format and seed.
"""

import argparse
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from .decoding import Decoder, Outcome
from .mutation import FORMATS, damaged

PATIENCE = 10.0  # seconds
MOST_MEGABYTES = 500.0
PREDICT_EVERY = 20  # one case in so many goes through the whole classifier
RIGHT = ("read", "refused")


@dataclass
class Row:
    """What came of one format."""

    kinds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one more case."""
        self.kinds[outcome.kind] += 1
        self.seconds = max(self.seconds, outcome.seconds)
        self.megabytes = max(self.megabytes, outcome.megabytes)


def judged(outcome: Outcome) -> Outcome:
    """Return the same outcome, or a fault if it took too much memory."""
    if outcome.kind in RIGHT and outcome.megabytes > MOST_MEGABYTES:
        return Outcome("too much memory", f"{outcome.megabytes:.0f} MB", outcome.seconds, outcome.megabytes)
    return outcome


def run(suffix: str, seeds: Sequence[int], keep: Path | None) -> tuple[Row, list[str]]:
    """Try all cases of these seeds in one other process; return the faults."""
    row, faults = Row(), []
    decoder = Decoder(PATIENCE)
    with TemporaryDirectory() as folder:
        for seed in seeds:
            name, content = damaged(suffix, seed)
            path = Path(folder, name)
            path.write_bytes(content)
            outcome = judged(decoder(path, predict=seed % PREDICT_EVERY == 0))
            row.add(outcome)
            if outcome.kind not in RIGHT:
                faults.append(f"{suffix} {seed}: {outcome.kind}, {outcome.detail}")
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    path.rename(keep / f"{suffix}-{seed}-{name}")
            path.unlink(missing_ok=True)
    decoder.close()
    return row, faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="of each format")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--keep", type=Path, help="a folder for what fails")
    options = parser.parse_args(arguments)
    workers = os.cpu_count() or 1
    rows: dict[str, list[Row]] = defaultdict(list)
    faults: list[str] = []
    with ThreadPoolExecutor(workers) as threads:
        seeds = range(options.first, options.first + options.cases)
        jobs = {
            (suffix, part): threads.submit(run, suffix, seeds[part::workers], options.keep)
            for suffix in options.formats
            for part in range(workers)
        }
        for (suffix, _), job in jobs.items():
            row, wrong = job.result()
            rows[suffix].append(row)
            faults += wrong
    print(f"{'format':<8}{'cases':>8}{'read':>8}{'refused':>9}{'faults':>8}{'longest, s':>12}{'most, MB':>10}")
    for suffix, parts in rows.items():
        kinds = sum((part.kinds for part in parts), Counter[str]())
        wrong_ones = kinds.total() - sum(kinds[kind] for kind in RIGHT)
        seconds, megabytes = max(part.seconds for part in parts), max(part.megabytes for part in parts)
        print(
            f"{suffix:<8}{kinds.total():>8}{kinds['read']:>8}{kinds['refused']:>9}{wrong_ones:>8}"
            f"{seconds:>12.2f}{megabytes:>10.0f}"
        )
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
