"""IRMAS: splits, protocols and damage."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instrument_model.labels import INSTRUMENT_NAMES, LABELS
from tests.support.sounds import write_tone
from training.data.clips import check_split
from training.data.sources import irmas
from training.errors import TrainingError


def test_irmas_split_keeps_recordings_together(irmas_root: Path) -> None:
    clips = irmas.read_training(irmas_root, dev_share=0.3)
    check_split(clips)
    groups = {split: {clip.group for clip in clips if clip.split == split} for split in ("train", "dev")}
    assert not groups["train"] & groups["dev"]
    assert len(groups["train"] | groups["dev"]) == len(LABELS) * 3 + 2
    assert 0.15 < len(groups["dev"]) / (len(LABELS) * 3 + 2) < 0.45
    # The recording that has clips in every class is on one side with all of them.
    assert len({clip.split for clip in clips if clip.group == "0000"}) == 1
    assert len([clip for clip in clips if clip.group == "0000"]) == 2 * len(LABELS)
    assert not any(clip.complete for clip in clips)
    assert {clip.labels for clip in clips if clip.group == "1473"} == {("piano",)}


def test_irmas_protocols(irmas_root: Path) -> None:
    assert {clip.labels[0] for clip in irmas.read_training(irmas_root, "ten-class")} == set(INSTRUMENT_NAMES)
    assert {clip.labels[0] for clip in irmas.read_training(irmas_root)} == {*INSTRUMENT_NAMES, "voice"}
    assert [clip.labels for clip in irmas.read_test(irmas_root)] == [
        ("electric_guitar", "voice"),
        ("voice",),
        ("cello", "piano", "violin"),
    ]
    ten = irmas.read_test(irmas_root, "ten-class")
    assert [clip.labels for clip in ten] == [("electric_guitar",), ("cello", "piano", "violin")]
    assert [(clip.split, clip.group, clip.complete) for clip in ten] == [
        ("test", "test/A song", True),
        ("test", "test/Trio - 2", True),
    ]
    assert len(irmas.read(irmas_root)) == len(irmas.read_training(irmas_root)) + 3


def _without_a_class(root: Path) -> None:
    for path in (root / irmas.TRAINING).rglob("*[[]tru]*.wav"):
        path.unlink()


def _with_a_strange_name(root: Path) -> None:
    write_tone(root / irmas.TRAINING / irmas.TRAINING / "vio" / "copy of a clip.wav")


def _with_an_unknown_code(root: Path) -> None:
    next((root / irmas.TESTING[1]).rglob("*.txt")).write_text("voi\nvla\n")


def _without_an_annotation(root: Path) -> None:
    next((root / irmas.TESTING[1]).rglob("*.txt")).unlink()


def _without_a_part(root: Path) -> None:
    (root / irmas.TESTING[2]).rename(root / "elsewhere")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without_a_class, r"no clips of trumpet \(folder tru\) .* training\.data\.sources\.irmas"),
        (_with_a_strange_name, r"copy of a clip\.wav is not named like an IRMAS clip"),
        (_with_an_unknown_code, r"Aria-1\.txt names the instrument 'vla'"),
        (_without_an_annotation, r"annotation .*Aria-1\.txt cannot be read"),
        (_without_a_part, r"no excerpts in .*IRMAS-TestingData-Part3"),
    ],
)
def test_irmas_damage_is_named(irmas_root: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(irmas_root)
    with pytest.raises(TrainingError, match=message):
        irmas.read(irmas_root)
