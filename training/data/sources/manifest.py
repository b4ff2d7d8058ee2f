"""A library of recordings described by a manifest.

The folder holds `manifest.csv` and the files it names, below `audio/`. Its columns (more are allowed):

| column | meaning |
|---|---|
| path | file below `audio/` |
| label | one of our labels, `other` (anything that is none of them), or `mix` |
| detail | what it is more exactly; for a mix what sounds in it, such as `mixed_violin_clarinet_sax_bassoon` |
| kind | `note` (one isolated note) or `phrase` (played music) |
| split | `train`, `dev` or `test` |
| source | the collection; results are reported by it. If its name begins with `song_excerpts`, the label leads a band |
| origin | the file's former name, which names the recording: pieces cut from one recording share it |
"""

import re
from pathlib import Path
from typing import cast

from instrument_model.labels import LABEL_NAMES

from ...errors import TrainingError
from ..clips import OTHER, Clip, Kind, Split
from .csv_tables import read_table

COLUMNS = ("path", "label", "detail", "kind", "split", "source", "origin")
MIX = "mix"
EXCERPTS = "song_excerpts"  # collections named so hold songs: the label is what leads, and more sounds

# Names that occur in the details of mixtures; those that are none of our labels count for nothing in the union.
NAMES: dict[str, str | None] = {
    "sax": "saxophone",
    "singing": "voice",
    "vocals": "voice",
    **dict.fromkeys(
        ("bassoon", "oboe", "horn", "trombone", "tuba", "viola", "contrabass", "harp", "drums", "bass", "percussion")
    ),
    **{name: name for name in LABEL_NAMES},
}


def mixed_labels(detail: str) -> tuple[str, ...] | None:
    """Return the labels of a mixture, in alphabetical order, from a detail such as "mixed_violin_clarinet_sax_bassoon".

    Returns:
        None where a name is unknown, since then it is not known what sounds.
    """
    labels: set[str] = set()
    rest = detail.removeprefix("mixed_")
    names = "|".join(sorted(NAMES, key=len, reverse=True))  # acoustic_guitar holds the separator itself
    while rest:
        match = re.match(rf"({names})(?:_|$)", rest)
        if match is None:
            return None
        label = NAMES[match[1]]
        if label:
            labels.add(label)
        rest = rest[match.end() :]
    return tuple(sorted(labels))


def read(root: Path) -> list[Clip]:
    """Read the clips of a library; mixtures whose instruments are unknown are left out.

    Raises:
        TrainingError: The manifest is missing, lacks a column, or has a value that is not allowed there.
    """
    path = root / "manifest.csv"
    clips = []
    for number, row in enumerate(
        read_table(path, COLUMNS, "give a folder that holds manifest.csv and audio/"), start=2
    ):
        for column, allowed in (
            ("label", (*LABEL_NAMES, OTHER, MIX)),
            ("kind", ("note", "phrase")),
            ("split", ("train", "dev", "test")),
        ):
            if row[column] not in allowed:
                raise TrainingError(
                    f"Line {number} of {path} has {row[column]!r} as its {column}; use one of {', '.join(allowed)}."
                )
        # What was none of the labels when the library was made may be one of them today.
        name = row["detail"] if row["label"] == OTHER else row["label"]
        single = (name,) if name in LABEL_NAMES else ()
        labels = mixed_labels(row["detail"]) if row["label"] == MIX else single
        if labels is None:
            continue
        clips.append(
            Clip(
                path=root / "audio" / row["path"],
                labels=labels,
                kind=cast(Kind, row["kind"]),
                split=cast(Split, row["split"]),
                source=row["source"],
                group=Path(row["origin"]).stem or row["path"],
                detail=row["detail"],
                complete=not row["source"].startswith(EXCERPTS),
            )
        )
    if not clips:
        raise TrainingError(f"{path} lists no clips; give a manifest with at least one.")
    return clips
