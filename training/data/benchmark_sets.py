"""Published test sets, and the user's own, as recordings with a truth for each class.

* IRMAS: 11 classes, 2,874 excerpts of 5 to 20 s with one or several instruments, and 6,705 training clips of 3 s with
  their predominant one (`training.data.sources.irmas`).
* OpenMIC-2018 (Humphrey, Durand and McFee, ISMIR 2018; https://zenodo.org/records/1432913): 20 classes, 20,000 clips of
  10 s. Of each clip only some classes are annotated, and only these count. The folder holds `audio/`, `partitions/` and
  `openmic-2018-aggregated-labels.csv`.
* A CSV file with the columns `path` (relative to it) and `labels` (separated by `;`), and optionally `split`, where
  `train` marks what thresholds may be chosen on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainingError
from .clips import Clip, Split
from .sources import irmas
from .sources.csv_tables import read_table

UNKNOWN = -1
"""What nobody has annotated."""

SEVERAL: Mapping[str, tuple[str, ...]] = {"guitar": ("acoustic_guitar", "electric_guitar")}
"""Classes for which several of our labels stand; the highest of their probabilities counts."""

OPENMIC_CLASSES = tuple(
    "accordion banjo bass cello clarinet cymbals drums flute guitar mallet_percussion mandolin organ piano "  # noqa: SIM905
    "saxophone synthesizer trombone trumpet ukulele violin voice".split()
)
OPENMIC_LABELS = "openmic-2018-aggregated-labels.csv"


@dataclass(frozen=True)
class Published:
    """A row of a paper.

    Attributes:
        name: First author and year.
        micro: F1.
        macro: F1; None where it is not stated.
        lrap: Label-ranking average precision; None where it is not stated.
    """

    name: str
    micro: float
    macro: float | None = None
    lrap: float | None = None


@dataclass(frozen=True)
class Items:
    """Recordings with their truth.

    Attributes:
        clips: Where they lie.
        targets: (clips, classes), 1 for what sounds, 0 for what does not, `UNKNOWN`.
    """

    clips: Sequence[Clip]
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Benchmark:
    """A test set.

    Attributes:
        name: Of the set.
        classes: What it asks for.
        test: What is measured.
        train: What thresholds are chosen on; may be empty.
        published: What others have achieved on it.
    """

    name: str
    classes: tuple[str, ...]
    test: Items
    train: Items
    published: tuple[Published, ...] = ()

    def outputs(self, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the classes that a model's labels can name, with the indices of these labels.

        Args:
            names: Of the model's labels.

        Raises:
            TrainingError: There is no such class.
        """
        wanted = {name: (name,) if name in names else SEVERAL.get(name, (name,)) for name in self.classes}
        found = {name: tuple(map(names.index, labels)) for name, labels in wanted.items() if set(labels) <= set(names)}
        if not found:
            raise TrainingError(
                f"{self.name} has no class that the model can answer with; its labels are {', '.join(names[:3])} …."
            )
        return found


IRMAS_PUBLISHED = (
    Published("Han et al. 2016", 0.602, 0.503),
    Published("Reghunath and Rajan 2022", 0.66, 0.62),
    Published("IRNet 2023", 0.674, lrap=0.814),
    Published("MusDetect 2025", 0.692, 0.621),
)
"""Two of these chose their thresholds on the test set."""


def read_irmas(root: Path) -> Benchmark:
    """Read IRMAS by the published protocol: all training clips, the official test set, eleven classes.

    Raises:
        TrainingError: A part is missing or broken.
    """
    train, test = irmas.read_training(root), irmas.read_test(root)
    names = irmas.CLASSES
    return Benchmark("IRMAS", names, _complete(test, names), _complete(train, names), IRMAS_PUBLISHED)


def read_openmic(root: Path) -> Benchmark:
    """Read OpenMIC-2018 with its first partition; a class is present from a relevance of 0.5.

    Raises:
        TrainingError: A file is missing or broken.
    """
    truth: dict[str, NDArray[np.int64]] = {}
    columns = ("sample_key", "instrument", "relevance")
    path = root / OPENMIC_LABELS
    for number, row in enumerate(read_table(path, columns, "give the unpacked folder openmic-2018"), start=2):
        try:
            column, relevance = OPENMIC_CLASSES.index(row["instrument"]), float(row["relevance"])
        except ValueError as error:
            raise TrainingError(f"Line {number} of {path} is not OpenMIC's ({error}); unpack it again.") from error
        values = truth.setdefault(row["sample_key"], np.full(len(OPENMIC_CLASSES), UNKNOWN, np.int64))
        values[column] = relevance >= 0.5
    train, test = (_openmic_items(root, split, truth) for split in ("train", "test"))
    return Benchmark("OpenMIC-2018", OPENMIC_CLASSES, test, train)


def read_csv(path: Path) -> Benchmark:
    """Read a multi-label test set of the user's own.

    Raises:
        TrainingError: The file is missing or broken, or has nothing to test.
    """
    rows = read_table(path, ("path", "labels"), "give a CSV file with the columns path and labels")
    named = [[label.strip() for label in row["labels"].split(";") if label.strip()] for row in rows]
    classes = tuple(sorted({label for labels in named for label in labels}))
    sides: dict[str, list[tuple[Clip, NDArray[np.int64]]]] = {"train": [], "test": []}
    for row, labels in zip(rows, named, strict=True):
        side: Split = "train" if row.get("split") == "train" else "test"
        clip = Clip(path.parent / row["path"], (), "phrase", side, path.stem, row["path"])
        sides[side].append((clip, np.array([name in labels for name in classes], np.int64)))
    benchmark = Benchmark(path.stem, classes, _stacked(sides["test"], classes), _stacked(sides["train"], classes))
    if not benchmark.test.clips or not classes:
        raise TrainingError(f"{path} has no recording with a label to test; list some that are not for training.")
    return benchmark


def _complete(clips: Iterable[Clip], names: Sequence[str]) -> Items:
    return _stacked([(clip, np.array([name in clip.labels for name in names], np.int64)) for clip in clips], names)


def _stacked(rows: Sequence[tuple[Clip, NDArray[np.int64]]], classes: Sequence[str]) -> Items:
    targets = np.array([target for _, target in rows], np.int64).reshape(-1, len(classes))
    return Items([clip for clip, _ in rows], targets)


def _openmic_items(root: Path, split: Split, truth: Mapping[str, NDArray[np.int64]]) -> Items:
    path = root / "partitions" / f"split01_{split}.csv"
    try:
        keys = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} cannot be read; give the unpacked folder openmic-2018.") from error
    rows = []
    for key in keys:
        if key in truth:
            audio = root / "audio" / key[:3] / f"{key}.ogg"
            rows.append((Clip(audio, (), "phrase", split, "openmic", key.partition("_")[0]), truth[key]))
    if not rows:
        raise TrainingError(f"{path} names no annotated clip; unpack the archive again.")
    return _stacked(rows, OPENMIC_CLASSES)
