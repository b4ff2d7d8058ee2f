"""Labels belong to the model: any that can be shown safely, and no others."""

import json
from pathlib import Path

import pytest

from instrument_model import InstrumentClassifier, ModelError
from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.cli import main
from instrument_model.config import ModelConfig
from instrument_model.labels import FAMILIES, LABEL_NAMES, LABELS, MAX_LABELS, Label, LabelSet
from tests.support.relabelled import ODD_DISPLAY, ODD_LABELS, relabelled, write_relabelled

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_a_model_answers_with_its_own_labels() -> None:
    classifier = InstrumentClassifier(relabelled())
    prediction = classifier.predict(EXAMPLES / "cello.mp3")
    bundled = InstrumentClassifier.from_pretrained().predict(EXAMPLES / "cello.mp3")
    assert prediction.instrument == "viola da gamba"
    assert prediction.confidence == pytest.approx(bundled.probabilities["cello"], abs=1e-6)
    assert list(prediction.probabilities) == ["viola da gamba", "tabla-3.b", "applause"]
    assert [guess.label for guess in prediction.top] == ["viola da gamba", "tabla-3.b"]  # what is noticed is no answer
    assert prediction.labels == ODD_LABELS


def test_a_label_that_is_only_noticed_is_never_the_answer() -> None:
    labels = LabelSet((Label("fiddle", "Fiddle"), Label("horn", "Horn", "brass", answer=False)))
    classifier = InstrumentClassifier(relabelled(labels, ("violin", "trumpet")))
    prediction = classifier.predict(EXAMPLES / "trumpet.mp3")
    assert (prediction.instrument, prediction.detected) == (None, ("horn",))


def test_a_folder_holds_its_labels(tmp_path: Path) -> None:
    folder = write_relabelled(tmp_path / "model")
    stored = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert stored["format_version"] == 3
    assert stored["labels"][1] == {
        "name": "tabla-3.b",
        "display": ODD_DISPLAY,
        "family": "percussion",
        "answer": True,
    }
    assert InstrumentClassifier.from_pretrained(folder).config.labels == ODD_LABELS


def test_the_command_line_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_relabelled(tmp_path / "model")
    assert main(["--model", str(folder), str(EXAMPLES / "trumpet.mp3")]) == 0
    first = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("*"))
    assert first.startswith(f"* {ODD_DISPLAY} ")


def test_format_1_is_read_as_the_projects_own_labels() -> None:
    values = json.loads(ModelConfig().to_json())
    old = json.dumps(values | {"format_version": 1, "labels": list(LABEL_NAMES)})
    assert ModelConfig.from_json(old) == ModelConfig()
    values = json.loads((BUNDLED_WEIGHTS / "config.json").read_text(encoding="utf-8"))
    assert ModelConfig.from_json(json.dumps(values)).labels == LABELS
    with pytest.raises(ModelError, match="'kazoo' is no label of format 1"):
        ModelConfig.from_json(json.dumps(values | {"format_version": 1, "labels": ["kazoo"]}))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "cannot be used"),
        (" cello", "cannot be used"),
        ("a" * 65, "at most 64 characters"),
        ("a" * 200, "at most 64 characters"),
        ('cel"lo', "cannot be used"),
        ("cel'lo", "cannot be used"),
        ("<script>", "cannot be used"),
        ("a/b", "cannot be used"),
        ("../x", "cannot be used"),
        ("=1+1", "cannot be used"),
        ("a\nb", "cannot be used"),
        ("a\x1b[31m", "cannot be used"),
        ("a\u202eb", "cannot be used"),
        ("other", "stands for sounds without a label"),
        ("None", "stands for sounds without a label"),
    ],
)
def test_names_that_are_refused(name: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        LabelSet((Label(name, "Fine"),))
    assert str(caught.value).isprintable()
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "display",
    [
        "",
        " ",
        "a" * 81,
        "a\tb",
        "a\x1b[2J",
        "a\u202eb",
        "=1+1",
        "@sum",
        "-3",
        " a",
        "a${alert(1)}",
        "a`",
        "a{{b}}",
        "a\\u0041",
    ],
)
def test_displays_that_are_refused(display: str) -> None:
    with pytest.raises(ModelError, match="cannot be shown as") as caught:
        LabelSet((Label("fine", display),))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([], "has 1 to 200 labels, and this one has 0"),
        ([Label(f"n{number}", f"N{number}") for number in range(1000)], "and this one has 1000"),
        ([Label("cello", "Cello"), Label("cello", "Other cello")], "Two labels have names that read as 'cello'"),
        ([Label("cello", "A"), Label("Cello", "B")], "Two labels have names that read as 'Cello'"),
        ([Label("a", "Cello"), Label("b", "CELLO")], "Two labels have display names that read as 'CELLO'"),
        ([Label("a", "A", "kazoos")], "unknown family; choose one of strings"),
        ([Label("a", "A", answer=False)], "None of the labels counts among the answers"),
    ],
)
def test_sets_that_are_refused(labels: list[Label], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        LabelSet(tuple(labels))


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ("cello", "labels has a value of the wrong kind"),
        (7, "labels has a value of the wrong kind"),
        ([1], "a label needs name, display, family, answer and nothing else"),
        ([{"name": "a"}], "a label needs name, display, family, answer and nothing else"),
        ([{"name": 1, "display": "A", "family": "other", "answer": True}], "a value of the wrong kind"),
        ([{"name": "a", "display": "A", "family": "other", "answer": 1}], "a value of the wrong kind"),
        ([{}] * 100_000, "and this one has 100000"),
    ],
)
def test_what_config_json_cannot_hold(labels: object, sentence: str) -> None:
    values = json.loads(ModelConfig().to_json()) | {"labels": labels}
    with pytest.raises(ModelError, match=sentence):
        ModelConfig.from_json(json.dumps(values))


def test_as_many_labels_as_are_allowed_can_be_asked() -> None:
    labels = LabelSet(tuple(Label(f"n{number}", f"N {number}") for number in range(MAX_LABELS)))
    rows = (LABEL_NAMES * MAX_LABELS)[:MAX_LABELS]
    prediction = InstrumentClassifier(relabelled(labels, rows)).predict(EXAMPLES / "cello.mp3")
    assert prediction.instrument == "n0"
    assert len(prediction.probabilities) == MAX_LABELS


def test_names_become_labels() -> None:
    labels = LabelSet.from_names(["cello", "bass_clarinet", "oboe d'amore".replace("'", "_")])
    assert [label.display for label in labels] == ["Cello", "Bass clarinet", "Oboe d amore"]
    assert {label.family for label in labels} <= set(FAMILIES)
