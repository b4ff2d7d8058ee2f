"""Download and index IRMAS, music labelled with its predominant instrument.

    python -m training.data.sources.irmas FOLDER

Bosch, Janer, Fuhrmann and Herrera, "A comparison of sound segregation techniques for predominant instrument recognition
in musical audio signals", ISMIR 2012; https://zenodo.org/records/1290750. The data may be used non-commercially and not
be passed on (CC BY-NC-SA 3.0), and so weights trained on it are non-commercial.

* Training: 6,705 clips of 3 s, named like `008__[cel][nod][cla]0058__1.wav`: instrument, drums, genre, number of the
  recording, number of the
  clip. The names do not say what else sounds, so these clips are `complete=False`. About three clips come from each
  recording: a split by clips would test on what it has seen, so the split is by recordings.
* Test: 2,874 excerpts of 5 to 20 s in three parts, each with a text file that names one or several instruments.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Literal

from ...cli import Command
from ...errors import TrainingError
from ..clips import Clip, Split
from .download import fetch, unpack
from .folder import share_of

SOURCE = "irmas"
LICENCE = "CC BY-NC-SA 3.0"
RECORD = "https://zenodo.org/records/1290750/files"
TRAINING = "IRMAS-TrainingData"
TESTING = ("IRMAS-TestingData-Part1", "IRMAS-TestingData-Part2", "IRMAS-TestingData-Part3")
# The MD5 sums that the record states, also in mirdata's loader.
ARCHIVES = {
    TRAINING: "4fd9f5ed5a18d8e2687e6360b5f60afe",
    TESTING[0]: "5a2e65520dcedada565dff2050bb2a56",
    TESTING[1]: "afb0c8ea92f34ee653693106be95c895",
    TESTING[2]: "9b3fb2d0c89cdc98037121c25bd5b556",
}

BY_CODE = {
    "cel": "cello",
    "cla": "clarinet",
    "flu": "flute",
    "gac": "acoustic_guitar",
    "gel": "electric_guitar",
    "org": "organ",
    "pia": "piano",
    "sax": "saxophone",
    "tru": "trumpet",
    "vio": "violin",
    "voi": "voice",
}
"""The three letters that stand for a label in the names of files and folders."""

CODES = {name: code for code, name in BY_CODE.items()}
CLASSES = tuple(BY_CODE.values())

Protocol = Literal["ten-class", "eleven-class"]
PROTOCOLS: dict[Protocol, tuple[str, ...]] = {
    "ten-class": tuple(name for name in CLASSES if name != "voice"),
    "eleven-class": CLASSES,  # as published
}
CLIP_NAME = re.compile(r"\[(?P<code>[a-z]{3})\].*\](?P<recording>\d+)__(?P<clip>\d+)")


def download(root: Path, archives: dict[str, str] | None = None, base_url: str = RECORD, *, pause: float = 2.0) -> None:
    """Download, verify and unpack the archives, which `read_training` and `read_test` then read.

    An archive is deleted once it is unpacked; one that is unpacked already is not downloaded again.

    Args:
        root: Where it goes; about 13 GB, and while unpacking a further 4.
        archives: Names without `.zip`, and their MD5 sums; all four if not given.
        base_url: The folder of the archives, for those who keep a copy nearer to them.
        pause: Seconds before a second attempt to connect.

    Raises:
        TrainingError: The download fails, a checksum is wrong, an archive is corrupt, or the disk is full.
    """
    for name, md5 in (ARCHIVES if archives is None else archives).items():
        if not (root / name).exists():
            archive = fetch(f"{base_url}/{name}.zip", root / f"{name}.zip", md5, pause=pause)
            unpack(archive, root / name)
            archive.unlink()


def read_training(
    root: Path, protocol: Protocol = "eleven-class", dev_share: float = 0.15, seed: int = 0
) -> list[Clip]:
    """Read the training clips, split by recording.

    Args:
        root: Folder that `download` filled, or that holds the unpacked training archive.
        protocol: Which classes.
        dev_share: Share of the recordings that go to "dev".
        seed: Draws which recordings those are.

    Raises:
        TrainingError: A class has no clips, or a clip's name is not IRMAS's.
    """
    clips = []
    for code, label in BY_CODE.items():
        if label not in PROTOCOLS[protocol]:
            continue
        files = sorted(path for path in (root / TRAINING).rglob("*.wav") if path.parent.name == code)
        if not files:
            raise TrainingError(f"There are no clips of {label} (folder {code}) in {root / TRAINING}; {_remedy(root)}.")
        for path in files:
            # Only what follows the last bracket is the number; the same number in two classes is one recording to be
            # safe.
            match = CLIP_NAME.search(path.stem)
            if match is None:
                raise TrainingError(
                    f"{path} is not named like an IRMAS clip (008__[cel][nod][cla]0058__1.wav); remove it."
                )
            group = match["recording"]
            split: Split = "dev" if share_of(group, seed) < dev_share else "train"
            clips.append(Clip(path, (label,), "phrase", split, SOURCE, group, detail=label, complete=False))
    return clips


def read_test(root: Path, protocol: Protocol = "eleven-class") -> list[Clip]:
    """Read the official test set; with "ten-class" the voice is dropped, and excerpts that name nothing else.

    Raises:
        TrainingError: A part is missing, or a text file is missing or names an unknown instrument.
    """
    clips = []
    for part in TESTING:
        files = sorted((root / part).rglob("*.wav"))
        if not files:
            raise TrainingError(f"There are no excerpts in {root / part}; {_remedy(root)}.")
        for path in files:
            named = _annotated(path.with_suffix(".txt"))
            labels = tuple(label for label in PROTOCOLS[protocol] if label in named)
            if labels:
                group = re.sub(r"-\d+$", "", path.stem)
                clips.append(Clip(path, labels, "phrase", "test", SOURCE, f"test/{group}", detail="+".join(labels)))
    return clips


def read(root: Path, protocol: Protocol = "eleven-class", dev_share: float = 0.15, seed: int = 0) -> list[Clip]:
    """Read the training clips, and the test set where it was downloaded too.

    Raises:
        TrainingError: As `read_training` and `read_test`.
    """
    tested = any((root / part).exists() for part in TESTING)
    return read_training(root, protocol, dev_share, seed) + (read_test(root, protocol) if tested else [])


def _annotated(path: Path) -> set[str]:
    try:
        codes = path.read_text(encoding="utf-8", errors="replace").split()
    except OSError as error:
        raise TrainingError(
            f"The annotation {path} cannot be read ({error.strerror}); unpack the archive again."
        ) from error
    for code in codes:
        if code not in BY_CODE:
            raise TrainingError(f"{path} names the instrument {code!r}; IRMAS has only {', '.join(BY_CODE)}.")
    return {BY_CODE[code] for code in codes}


def _remedy(root: Path) -> str:
    return f"download them with python -m training.data.sources.irmas {root}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the data set goes, or is already")
    parser.add_argument("--training-only", action="store_true", help="leave out the three test archives")
    parser.add_argument("--url", default=RECORD, help="folder of the archives (default: %(default)s)")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The archives cannot be downloaded, or the data set is damaged.
    """
    names = (TRAINING,) if options.training_only else (TRAINING, *TESTING)
    download(options.folder, {name: ARCHIVES[name] for name in names}, options.url)
    clips = read_training(options.folder)
    held_out = sum(clip.split == "dev" for clip in clips)
    recordings = len({clip.group for clip in clips})
    print(f"{len(clips)} training clips of {recordings} recordings, {held_out} of them for development.")
    if not options.training_only:
        print(f"{len(read_test(options.folder))} test excerpts.")


main = Command("training.data.sources.irmas", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
