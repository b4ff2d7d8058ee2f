"""The files that audio editors read, read back as they would."""

import csv
import io
import json

from instrument_model.labels import LABELS
from interface.analysis import exports
from interface.analysis.timeline import Stretch
from tests.support.listenings import a_listening

PARTS = [
    Stretch(0.0, 1.5, "cello", 0.9, ("piano",)),
    Stretch(1.5, 3.0, None, 0.1),
    Stretch(3.0, 4.25, "voice", 0.8),
]


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_csv_has_every_stretch() -> None:
    found = rows(exports.as_csv(PARTS))
    assert [(row["start"], row["end"], row["label"], row["also"]) for row in found] == [
        ("0.000", "1.500", "cello", "piano"),
        ("1.500", "3.000", "", ""),
        ("3.000", "4.250", "voice", ""),
    ]


def test_audacity_labels_are_what_is_heard() -> None:
    assert (
        exports.as_audacity(PARTS, LABELS.displays)
        == "0.000000\t1.500000\tCello + Piano\n3.000000\t4.250000\tSinging voice\n"
    )


def test_raven_selections_have_the_columns_that_raven_needs() -> None:
    found = rows(exports.as_raven(PARTS, LABELS.displays), "\t")
    assert [row["Selection"] for row in found] == ["1", "2"]
    assert {row["View"] for row in found} == {"Spectrogram 1"}
    assert {row["Channel"] for row in found} == {"1"}
    assert [(row["Begin Time (s)"], row["End Time (s)"]) for row in found] == [("0.000", "1.500"), ("3.000", "4.250")]
    assert all(float(row["Low Freq (Hz)"]) < float(row["High Freq (Hz)"]) for row in found)
    assert found[0]["Annotation"] == "Cello + Piano"


def test_reaper_regions_have_ends_and_lengths() -> None:
    found = rows(exports.as_reaper(PARTS, LABELS.displays))
    assert [row["#"] for row in found] == ["R1", "R2"]
    assert all(float(row["End"]) - float(row["Start"]) == float(row["Length"]) for row in found)


def test_json_is_the_answer_of_the_api() -> None:
    prediction = a_listening({"cello": 0.9, "piano": 0.6}).prediction
    assert json.loads(exports.as_json(prediction)) == json.loads(prediction.to_json())
