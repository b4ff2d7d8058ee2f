"""A clip: the one thing that every source of audio yields and everything else in training works on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ..errors import TrainingError

Kind = Literal["note", "phrase", "rendered", "accompaniment", "music"]
Split = Literal["train", "dev", "test"]
OTHER = "other"
"""What stands beside the labels for whatever is none of them."""
MUSIC: Final = "music"


@dataclass(frozen=True)
class Clip:
    """A recording and what is known of it.

    Attributes:
        path: The audio file.
        labels: Every one of the model's labels that sounds in it; empty where none does (an oboe, drums, speech).
        kind: "note" for one isolated note, "phrase" for played music, "rendered" for music played by a sampler,
            "accompaniment" for a rendered band that lacks its melody, "music" where nobody knows what sounds in it.
        split: "train", "dev" (model selection, thresholds, calibration) or "test".
        source: The collection it comes from; results are reported by source.
        group: The recording it was cut from; clips of one group never stand on both sides of a split.
        detail: What it is more exactly ("bassoon", "speech"); free text.
        complete: Whether `labels` names all that sounds. Where it does not (IRMAS training clips name the predominant
            instrument only), absence of the other labels counts less in the loss.
    """

    path: Path
    labels: tuple[str, ...]
    kind: Kind
    split: Split
    source: str
    group: str
    detail: str = ""
    complete: bool = True


def check_split(clips: Iterable[Clip]) -> None:
    """Refuse a split that has clips of one recording on two sides.

    Raises:
        TrainingError: Names the first recording found on two sides.
    """
    side: dict[tuple[str, str], str] = {}
    for clip in clips:
        before = side.setdefault((clip.source, clip.group), clip.split)
        if before != clip.split:
            raise TrainingError(
                f"Recording {clip.group} of {clip.source} has clips in both {before} and {clip.split}; "
                "put all of them on one side."
            )
