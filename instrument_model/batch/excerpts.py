"""An instrument's best seconds from each recording: `python -m instrument_model FOLDER --excerpts cello --out OUT`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AudioError, CollectionError
from ..excerpts import Excerpt, best_excerpt, cut, file_name
from .labelling import say
from .recordings import Collection, Listing, open_collection

if TYPE_CHECKING:
    from ..classifier import InstrumentClassifier


def cut_excerpts(
    address: str | os.PathLike[str], label: str, out: Path, model: str | None = None, revision: str | None = None
) -> int:
    """Cut the excerpt where an instrument is heard best out of each recording in which it is heard, as WAV files.

    Prints the name of each file and the probability of the instrument in it.

    Args:
        address: A folder, or an address that fsspec knows.
        label: One of the model's labels.
        out: The folder to write into, which must not lie in the collection.
        model: A model folder or Hub repository, the bundled model if None.
        revision: Of the repository.

    Returns:
        How many files or folders could not be read; stderr says why.

    Raises:
        CollectionError: There is no such label or collection, or the excerpts cannot be written.
        ModelError: The model cannot be loaded.
    """
    from ..classifier import InstrumentClassifier  # here, so that --help does not wait for it

    collection = open_collection(address)
    classifier = InstrumentClassifier.from_pretrained(model, revision)
    if label not in classifier.config.labels.names:
        raise CollectionError(
            f"There is no instrument {label!r}; choose one of {', '.join(classifier.config.labels.names)}."
        )
    if out.resolve().is_relative_to(collection.address):
        raise CollectionError(f"{out} lies in the folder of recordings; choose a folder elsewhere for the excerpts.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        return _cut_all(collection, classifier, label, out)
    except OSError as error:
        raise CollectionError(f"{out} cannot be written ({error.strerror or error}); choose another folder.") from error


def _cut_all(collection: Collection, classifier: "InstrumentClassifier", label: str, out: Path) -> int:
    listing, unreadable, written = Listing(), 0, set[Path]()
    for recording in collection.walk(listing):
        try:
            with collection.local(recording.file) as path:
                best = best_excerpt(classifier.predict(path), label)
                if best:
                    target = _free(out, recording.name, best, written)
                    cut(path, best.start, best.end, target)
                    written.add(target)
                    print(f"{target.name}  {best.probability:.0%}", flush=True)
        except AudioError as error:
            unreadable += 1
            print(f"error: {recording.name}: {error}", file=sys.stderr, flush=True)
    say(listing)
    if not written:
        print(f"No {label} is heard clearly enough in these recordings.", file=sys.stderr)
    return unreadable + len(listing.unreadable)


def _free(out: Path, name: str, best: Excerpt, written: set[Path]) -> Path:
    """Return where to write an excerpt; recordings of the same name in several folders get a name each."""
    target = out / file_name(name.replace("/", "_"), best.label, best.start)
    return target if target not in written else out / file_name(name.replace("/", "_") + ".wav", best.label, best.start)
