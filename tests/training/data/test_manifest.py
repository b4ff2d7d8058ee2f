"""A library with a manifest, and an index of rendered phrases."""

from pathlib import Path

import pytest

from tests.support.tables import write_csv
from training.data.clips import Clip, check_split
from training.data.sources import manifest, rendered
from training.errors import TrainingError


def manifest_row(**changes: str) -> dict[str, str]:
    row = {
        "path": "a/violin/1.ogg",
        "label": "violin",
        "detail": "violin",
        "kind": "phrase",
        "split": "train",
        "source": "a",
        "origin": "concert.wav",
    }
    return row | changes


def test_manifest_rows_become_clips(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "manifest.csv",
        [
            manifest_row(),
            manifest_row(path="a/other/2.ogg", label="other", detail="oboe", kind="note", split="dev", origin=""),
            manifest_row(path="m1", label="mix", detail="mixed_violin_clarinet_sax_bassoon"),
            manifest_row(path="m2", label="mix", detail="mixed_acoustic_guitar_voice"),
            manifest_row(path="m3", label="mix", detail="mixed_string_orchestra"),
        ],
    )
    violin, oboe, quartet, song = manifest.read(tmp_path)
    assert violin == Clip(
        tmp_path / "audio/a/violin/1.ogg", ("violin",), "phrase", "train", "a", "concert", detail="violin"
    )
    assert (oboe.labels, oboe.kind, oboe.split, oboe.group) == ((), "note", "dev", "a/other/2.ogg")
    assert quartet.labels == ("clarinet", "saxophone", "violin")
    assert song.labels == ("acoustic_guitar", "voice")


@pytest.mark.parametrize("column", manifest.COLUMNS)
def test_manifest_without_a_column_is_named(tmp_path: Path, column: str) -> None:
    row = manifest_row()
    del row[column]
    write_csv(tmp_path / "manifest.csv", [row])
    with pytest.raises(TrainingError, match=rf"manifest\.csv has no column {column};"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("column", "value"), [("label", "viola"), ("kind", "song"), ("split", "validation"), ("label", "")]
)
def test_manifest_with_a_wrong_value_is_named_with_its_line(tmp_path: Path, column: str, value: str) -> None:
    write_csv(tmp_path / "manifest.csv", [manifest_row(), manifest_row(**{column: value})])
    with pytest.raises(TrainingError, match=rf"Line 3 of .*manifest\.csv has '{value}' as its {column}"):
        manifest.read(tmp_path)


def test_manifest_that_is_missing_empty_binary_or_cut_short(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"manifest\.csv cannot be read"):
        manifest.read(tmp_path)
    path = tmp_path / "manifest.csv"
    path.write_text(",".join(manifest.COLUMNS) + "\n")
    with pytest.raises(TrainingError, match="lists no clips"):
        manifest.read(tmp_path)
    path.write_bytes(b"\xff\xfe\x00path")
    with pytest.raises(TrainingError, match="not a CSV file"):
        manifest.read(tmp_path)
    path.write_text(",".join(manifest.COLUMNS) + "\na/1.ogg,violin\n")
    with pytest.raises(TrainingError, match=r"Line 2 .* has no value for detail"):
        manifest.read(tmp_path)


def test_rendered_index(tmp_path: Path) -> None:
    row = {
        "path": "violin/1.ogg",
        "labels": "piano violin",
        "complete": "yes",
        "detail": "violin+grand_piano",
        "source": "rendered_x",
        "group": "g",
    }
    write_csv(tmp_path / "index.csv", [row, row | {"path": "other/2.ogg", "labels": "", "complete": "no"}])
    duet, other = rendered.read(tmp_path)
    assert (duet.labels, duet.split, duet.kind, duet.source) == (("piano", "violin"), "train", "rendered", "rendered_x")
    assert (other.labels, other.complete, duet.complete) == ((), False, True)
    write_csv(tmp_path / "index.csv", [{"path": "violin/1.ogg"}])
    with pytest.raises(TrainingError, match=r"index\.csv has no column labels"):
        rendered.read(tmp_path)


def test_check_split_names_the_recording() -> None:
    clips = [Clip(Path("a"), (), "note", split, "s", "concert") for split in ("train", "dev")]
    with pytest.raises(TrainingError, match="concert of s has clips in both train and dev"):
        check_split(clips)
