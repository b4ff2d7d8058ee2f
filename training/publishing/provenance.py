"""Write down what a model was made of: licence, base, recordings with their licences, hardware and time.

    python -m training.publishing.provenance --library LIBRARY --hours 5 --hardware "2 cores" --out provenance.json
    python -m training.publishing.provenance --folder MINE --folder-licence CC0 --irmas IRMAS --out provenance.json

The model card repeats it.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from instrument_model.atomic import write_text

from ..cli import Command, add_out
from ..data.arguments import add_sources
from ..data.clips import Clip
from ..data.sources import folder, irmas
from ..data.sources.csv_tables import read_table
from ..errors import TrainingError, writing

PROVENANCE_FILE = "provenance.json"
NON_COMMERCIAL = "cc-by-nc-sa-4.0"  # the strictest that recordings may ask for; say --license where yours do not
BY_PARENT = "B"  # tier of a manifest's collections whose licence is that of the repository or set that holds them
BASE_MODEL = "fschmid56/EfficientAT"
WATTS = 30.0  # of two busy cores of a server and their share of the rest
GRAMS_PER_KWH = 480.0  # world average of electricity in 2023, Ember, Global Electricity Review 2024


@dataclass(frozen=True)
class Collection:
    """Recordings from one place.

    Attributes:
        name: As in the column `source` of a manifest.
        licence: As stated there.
        clips: How many.
        minutes: Their length.
        stated: Whether the licence is stated for the recordings themselves, and not only for what holds them.
    """

    name: str
    licence: str
    clips: int
    minutes: float
    stated: bool = True

    @property
    def share_alike(self) -> bool:
        """Whether what is made of the recordings must carry their licence."""
        return "BY-SA" in self.licence or "NC-SA" in self.licence


@dataclass(frozen=True)
class Provenance:
    """What a model was made of.

    Attributes:
        license: Of the weights, as the Hub abbreviates it.
        base_model: The network that training started from, as `owner/name`; empty if from scratch.
        collections: What it was trained on; none for a network that was not trained further.
        rendered: Material that was synthesised, one sentence each.
        hardware: What it was trained with.
        hours: Of training.
        watts: Power drawn meanwhile.
    """

    license: str
    base_model: str
    collections: tuple[Collection, ...] = ()
    rendered: tuple[str, ...] = ()
    hardware: str = ""
    hours: float = 0.0
    watts: float = WATTS

    @property
    def kilowatt_hours(self) -> float:
        """Electricity used."""
        return self.hours * self.watts / 1000

    @property
    def grams_of_co2(self) -> float:
        """Emissions at the world's average mix of electricity."""
        return self.kilowatt_hours * GRAMS_PER_KWH

    def write(self, path: Path) -> None:
        """Write it as JSON.

        Raises:
            TrainingError: The file cannot be written.
        """
        with writing(path):
            write_text(path, json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Provenance":
        """Read what `write` wrote.

        Raises:
            TrainingError: The file is missing or something else.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            collections = tuple(Collection(**collection) for collection in values.pop("collections", ()))
            provenance = cls(collections=collections, rendered=tuple(values.pop("rendered", ())), **values)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            again = "write it with `python -m training.publishing.provenance`"
            raise TrainingError(f"{path} does not say what the model was made of; {again}.") from error
        texts = (provenance.license, provenance.base_model, provenance.hardware)
        if not all(isinstance(text, str) for text in texts) or not provenance.license:
            raise TrainingError(
                f"{path} names no license; write it again with `python -m training.publishing.provenance`."
            )
        return provenance


def collections(library: Path) -> tuple[Collection, ...]:
    """Return the collections that a library's training clips come from.

    Raises:
        TrainingError: The manifest is missing or lacks a column.
    """
    columns = ("split", "source", "licence", "seconds")
    by_name: dict[str, list[Collection]] = {}
    path = library / "manifest.csv"
    for row in read_table(path, columns, "give a folder that holds manifest.csv"):
        if row["split"] != "train":
            continue
        try:
            stated = row.get("tier") != BY_PARENT
            clip = Collection(row["source"], row["licence"], 1, float(row["seconds"]) / 60, stated)
        except ValueError as error:
            raise TrainingError(f"{path} has {row['seconds']!r} where seconds should be; correct it.") from error
        by_name.setdefault(clip.name, []).append(clip)
    return tuple(_sum(name, clips) for name, clips in by_name.items())


def collection_of_clips(clips: Sequence[Clip], licence: str) -> tuple[Collection, ...]:
    """Return the collections of those clips that are for training, whose length is read from the files.

    Args:
        clips: Of a folder per class, or of IRMAS.
        licence: Of all of them.
    """
    by_name: dict[str, list[Collection]] = {}
    for clip in clips:
        if clip.split == "train":
            one = Collection(clip.source, licence, 1, _minutes(clip.path))
            by_name.setdefault(clip.source, []).append(one)
    return tuple(_sum(name, parts) for name, parts in by_name.items())


def _sum(name: str, parts: Sequence[Collection]) -> Collection:
    licences = "; ".join(dict.fromkeys(part.licence for part in parts))
    minutes = round(sum(part.minutes for part in parts), 1)
    stated = all(part.stated for part in parts)
    return Collection(name, licences, sum(part.clips for part in parts), minutes, stated)


def _minutes(path: Path) -> float:
    """Return the length of a recording; none if it cannot be read, since then nothing was learned from it."""
    import soundfile

    from instrument_model.audio import read_blocks
    from instrument_model.errors import AudioError

    try:
        information = soundfile.info(path)
        return float(information.frames / information.samplerate / 60)
    except (OSError, soundfile.LibsndfileError):
        pass  # not one of its formats
    rate = 16_000  # of no importance
    try:
        return sum(len(block) for block in read_blocks(path, rate)) / rate / 60
    except AudioError:
        return 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_sources(parser, ("library", "folder", "irmas"))
    parser.add_argument(
        "--folder-licence",
        default="not stated",
        metavar="NAME",
        help="of the recordings in --folder (default: %(default)s)",
    )
    parser.add_argument(
        "--synthesised",
        action="append",
        default=[],
        metavar="SENTENCE",
        help="about rendered material; may be repeated",
    )
    parser.add_argument("--license", default=NON_COMMERCIAL, metavar="ID", help="of the weights (default: %(default)s)")
    parser.add_argument("--base-model", default=BASE_MODEL, metavar="OWNER/NAME", help="default: %(default)s")
    parser.add_argument("--hardware", default="", metavar="TEXT", help="what it was trained with")
    parser.add_argument("--hours", type=float, default=0.0, metavar="NUMBER", help="of training")
    parser.add_argument(
        "--watts", type=float, default=WATTS, metavar="NUMBER", help="drawn meanwhile (default: %(default)s)"
    )
    add_out(parser, f"file to write, usually {PROVENANCE_FILE}")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: A source cannot be read, or the file cannot be written.
    """
    found = [collections(library) for library in options.library]
    found += [collection_of_clips(folder.read(root), options.folder_licence) for root in options.folder]
    found += [collection_of_clips(irmas.read_training(root), irmas.LICENCE) for root in options.irmas]
    provenance = Provenance(
        license=options.license,
        base_model=options.base_model,
        collections=tuple(sorted(itertools.chain(*found), key=lambda collection: -collection.minutes)),
        rendered=tuple(options.synthesised),
        hardware=options.hardware,
        hours=options.hours,
        watts=options.watts,
    )
    provenance.write(options.out)
    print(f"Wrote {options.out}")


main = Command("training.publishing.provenance", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
