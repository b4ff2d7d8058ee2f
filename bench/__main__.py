"""Benchmarks, as ratios against something measured in the same run.

python -m bench [--seconds 3 10 180 3600] [--clients 1 4 16] [--yamnet yamnet.npz] [--only clips memory starts app]
"""

import argparse
from pathlib import Path

SECTIONS = ("clips", "memory", "starts", "app")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast it is, against the same run.")
    parser.add_argument("--seconds", type=float, nargs="+", default=[3, 10, 180, 3600], help="lengths of the clips")
    parser.add_argument("--repeats", type=int, default=9, help="of clips up to ten minutes (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=3, help="starts of each program (default: %(default)s)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16], help="of the app, at a time")
    parser.add_argument("--load-seconds", type=float, default=15, help="for each number of clients")
    parser.add_argument("--yamnet", type=Path, metavar="NPZ", help="time YAMNet as well; needs requirements-dev.txt")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="some of the tables")
    options = parser.parse_args()
    from .load import time_app  # here, so that --help does not wait for PyTorch
    from .parts import time_clips
    from .programs import peak_memory, time_starts

    if "clips" in options.only:
        time_clips(options.seconds, options.repeats, options.yamnet)
    if "memory" in options.only:
        peak_memory(options.seconds)
    if "starts" in options.only:
        time_starts(options.starts)
    if "app" in options.only:
        time_app(options.clients, options.load_seconds)


if __name__ == "__main__":
    main()
