"""What a model was made of, from a library's manifest to a file and back."""

from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.training.library import make_class_folders, make_irmas_training
from training.data.sources import folder, irmas
from training.errors import TrainingError
from training.publishing.provenance import Collection, Provenance

MANIFEST = """path,label,split,source,licence,seconds
a.ogg,flute,train,small,CC0,30
b.ogg,flute,train,large,"CC BY 4.0, with a comma",60.5
c.ogg,flute,train,large,"CC BY 4.0, with a comma",59.5
d.ogg,flute,dev,never trained on,none,600
"""


def provenance(*arguments: str) -> str:
    """Runs the command line; returns its complaint."""
    outcome = run("training.publishing.provenance", list(arguments))
    assert outcome.status == (1 if outcome.error else 0)
    return outcome.error


def test_collections_of_a_library(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(MANIFEST)
    out = tmp_path / "provenance.json"
    usual = ("--library", str(tmp_path), "--out", str(out))
    assert provenance(*usual, "--hours", "10", "--hardware", "2 cores", "--synthesised", "Some was.") == ""
    found = Provenance.read(out)
    assert found == Provenance(
        license="cc-by-nc-sa-4.0",
        base_model="fschmid56/EfficientAT",
        collections=(
            Collection("large", "CC BY 4.0, with a comma", clips=2, minutes=2.0),
            Collection("small", "CC0", clips=1, minutes=0.5),
        ),
        rendered=("Some was.",),
        hardware="2 cores",
        hours=10.0,
    )
    assert found.kilowatt_hours == pytest.approx(0.3)
    assert found.grams_of_co2 == pytest.approx(144.0)


def test_a_folder_per_class_and_irmas(tmp_path: Path) -> None:
    mine = make_class_folders(tmp_path / "mine", takes=4, seconds=6.0)
    (mine / "cello" / "damaged.wav").write_bytes(b"RIFF")
    root = make_irmas_training(tmp_path / "irmas", recordings=4, seconds=3.0)
    out = tmp_path / "provenance.json"
    arguments = ("--folder", str(mine), "--folder-licence", "CC0", "--irmas", str(root), "--out", str(out))
    assert provenance(*arguments) == ""
    found = {collection.name: collection for collection in Provenance.read(out).collections}
    own = [clip for clip in folder.read(mine) if clip.split == "train"]
    published = [clip for clip in irmas.read_training(root) if clip.split == "train"]
    damaged = sum(clip.path.stem == "damaged" for clip in own)
    assert found == {
        "mine": Collection("mine", "CC0", len(own), round(0.1 * (len(own) - damaged), 1)),
        "irmas": Collection("irmas", "CC BY-NC-SA 3.0", len(published), round(0.05 * len(published), 1)),
    }


def test_licences_of_all_recordings_of_a_collection(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(
        "path,split,source,tier,licence,seconds\n"
        "a.ogg,train,duo,A,CC BY 3.0,30\nb.ogg,train,duo,A,CC BY-SA 3.0,60\nc.ogg,train,found,B,MIT (repo),6\n"
    )
    out = tmp_path / "provenance.json"
    assert provenance("--library", str(tmp_path), "--license", "cc-by-sa-4.0", "--out", str(out)) == ""
    duo, found = Provenance.read(out).collections
    assert duo == Collection("duo", "CC BY 3.0; CC BY-SA 3.0", 2, 1.5, stated=True)
    assert found == Collection("found", "MIT (repo)", 1, 0.1, stated=False)
    assert duo.share_alike
    assert not found.share_alike


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (MANIFEST.replace("licence", "rights"), "has no column licence"),
        (MANIFEST.replace("60.5", "a minute"), "has 'a minute' where seconds should be"),
    ],
)
def test_broken_manifest(tmp_path: Path, manifest: str, sentence: str) -> None:
    (tmp_path / "manifest.csv").write_text(manifest)
    out = tmp_path / "provenance.json"
    assert sentence in provenance("--library", str(tmp_path), "--out", str(out))
    assert not out.exists()


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "provenance.json"
    assert (
        provenance("--out", str(out))
        == f"error: {out} cannot be written (No such file or directory); choose another --out.\n"
    )


@pytest.mark.parametrize("text", ["", "[]", "{", '{"license": "mit"}', '{"license": "", "base_model": ""}', '{"a": 1}'])
def test_something_else_than_a_provenance(tmp_path: Path, text: str) -> None:
    path = tmp_path / "provenance.json"
    path.write_text(text)
    with pytest.raises(TrainingError, match="write it"):
        Provenance.read(path)
