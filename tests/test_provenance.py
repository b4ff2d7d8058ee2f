"""What a model was made of, from a library's manifest to a file and back."""

from pathlib import Path

import pytest
from command_line import run

from training.errors import TrainingError
from training.provenance import Collection, Provenance

MANIFEST = """path,label,split,source,licence,seconds
a.ogg,flute,train,small,CC0,30
b.ogg,flute,train,large,"CC BY 4.0, with a comma",60.5
c.ogg,flute,train,large,"CC BY 4.0, with a comma",59.5
d.ogg,flute,dev,never trained on,none,600
"""


def provenance(*arguments: str) -> str:
    """Runs the command line; returns its complaint."""
    outcome = run("training.provenance", list(arguments))
    assert outcome.status == (1 if outcome.error else 0)
    return outcome.error


def test_collections_of_a_library(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(MANIFEST)
    out = tmp_path / "provenance.json"
    usual = ("--library", str(tmp_path), "--out", str(out))
    assert provenance(*usual, "--hours", "10", "--hardware", "2 cores", "--rendered", "Some was.") == ""
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
