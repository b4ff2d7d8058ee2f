"""What a model was made of: licence, base, recordings with their licences, hardware and time. A model card repeats it.

python -m training.provenance --library LIBRARY --hours 5 --hardware "2 CPU cores" --out runs/first/provenance.json
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from .command import run_command
from .errors import TrainingError
from .sources.tables import read_table

PROVENANCE_FILE = "provenance.json"
NON_COMMERCIAL = "cc-by-nc-sa-4.0"  # of the strictest recordings in the library that the bundled model is trained on
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
    """

    name: str
    licence: str
    clips: int
    minutes: float


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
        """Writes it as JSON.

        Raises:
            TrainingError: The file cannot be written.
        """
        try:
            path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise TrainingError(f"{path} cannot be written ({error.strerror}); choose another --out.") from error

    @classmethod
    def read(cls, path: Path) -> "Provenance":
        """Reads what `write` wrote.

        Raises:
            TrainingError: The file is missing or something else.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            collections = tuple(Collection(**collection) for collection in values.pop("collections", ()))
            provenance = cls(collections=collections, rendered=tuple(values.pop("rendered", ())), **values)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise TrainingError(
                f"{path} does not say what the model was made of; write it with `python -m training.provenance`."
            ) from error
        texts = (provenance.license, provenance.base_model, provenance.hardware)
        if not all(isinstance(text, str) for text in texts) or not provenance.license:
            raise TrainingError(f"{path} names no license; write it again with `python -m training.provenance`.")
        return provenance


def collections(library: Path) -> tuple[Collection, ...]:
    """The collections that a library's training clips come from, the largest first.

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
            clip = Collection(row["source"], row["licence"], 1, float(row["seconds"]) / 60)
        except ValueError as error:
            raise TrainingError(f"{path} has {row['seconds']!r} where seconds should be; correct it.") from error
        by_name.setdefault(clip.name, []).append(clip)
    sums = [
        Collection(name, clips[0].licence, len(clips), round(sum(clip.minutes for clip in clips), 1))
        for name, clips in by_name.items()
    ]
    return tuple(sorted(sums, key=lambda collection: -collection.minutes))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.provenance", description="What a model was made of.")
    parser.add_argument("--library", type=Path, action="append", default=[], help="folder with a manifest.csv")
    parser.add_argument("--rendered", action="append", default=[], help="a sentence about synthesised material")
    parser.add_argument("--license", default=NON_COMMERCIAL, help="of the weights (default: %(default)s)")
    parser.add_argument("--base-model", default=BASE_MODEL, help="default: %(default)s")
    parser.add_argument("--hardware", default="", help="what it was trained with")
    parser.add_argument("--hours", type=float, default=0.0, help="of training")
    parser.add_argument("--watts", type=float, default=WATTS, help="drawn meanwhile (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, help=f"file to write, usually {PROVENANCE_FILE}")
    options = parser.parse_args(arguments)

    def command() -> None:
        values = {
            field.name: getattr(options, field.name) for field in fields(Provenance) if hasattr(options, field.name)
        }
        values["collections"] = tuple(found for library in options.library for found in collections(library))
        Provenance(**{**values, "rendered": tuple(options.rendered)}).write(options.out)
        print(f"Wrote {options.out}")

    return run_command(command)


if __name__ == "__main__":
    raise SystemExit(main())
