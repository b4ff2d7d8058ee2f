"""Results are read back as they were written, also those from before the format had a version."""

import json
import re
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import pytest

from instrument_model.weights import file_sha256
from tests.support.app_server import ROOT
from tests.support.training.measured_model import write_evaluation
from training.errors import TrainingError
from training.evaluation.results import METRICS_FILE, VERSION, Results, read_results, write_results

pytestmark = pytest.mark.usefixtures("little_work")

BUNDLED = ROOT / "weights"


def results_of(folder: Path, model_folder: Path) -> Results:
    write_evaluation(folder, model_folder)
    return read_results(folder)["/home/somebody/weights"]


def test_what_is_written_is_read_back(model_folder: Path, tmp_path: Path) -> None:
    results = results_of(tmp_path, model_folder)
    write_results(tmp_path, {"again": results})
    assert read_results(tmp_path) == {"again": results}
    assert results.version == VERSION
    assert results.main[0] == "unseen sources"
    assert results.main[1].detection.per_label.keys() > results.main[1].classification.per_label.keys()


def test_a_figure_without_a_value_is_null(model_folder: Path, tmp_path: Path) -> None:
    results = results_of(tmp_path, model_folder)
    group = replace(results.main[1], map=nan)
    write_results(tmp_path, {"model": replace(results, groups={"all": group}, conditions=None)})
    text = (tmp_path / METRICS_FILE).read_text(encoding="utf-8")
    assert "NaN" not in text
    assert json.loads(text)["model"]["groups"]["all"]["map"] is None
    assert "conditions" not in json.loads(text)["model"]
    assert isnan(read_results(tmp_path)["model"].main[1].map)


def test_files_from_before_the_version_are_read(model_folder: Path, tmp_path: Path) -> None:
    results = results_of(tmp_path, model_folder)
    path = tmp_path / METRICS_FILE
    old = json.loads(path.read_text(encoding="utf-8"))
    for measured in old.values():
        del measured["version"]
        for group in measured["groups"].values():
            group["clips"]["none_of_the_ten"] = group["clips"].pop("none_of_them")
    path.write_text(json.dumps(old), encoding="utf-8")
    assert read_results(tmp_path) == {"/home/somebody/weights": results}


def test_the_evaluation_of_the_bundled_weights_is_read_and_says_what_it_said(tmp_path: Path) -> None:
    (results,) = read_results(BUNDLED / "evaluation").values()
    assert results.sha256 == file_sha256(BUNDLED / "model.safetensors")
    write_results(tmp_path, {"weights": results})
    stored = json.loads((BUNDLED / "evaluation" / METRICS_FILE).read_text(encoding="utf-8"))["weights"]
    for group in stored["groups"].values():
        group.setdefault("sensitivities", {})  # which was not measured from the beginning
        if "none_of_the_ten" in group["clips"]:  # as it was called then
            group["clips"]["none_of_them"] = group["clips"].pop("none_of_the_ten")
    assert json.loads((tmp_path / METRICS_FILE).read_text(encoding="utf-8"))["weights"] == stored | {"version": VERSION}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no evaluation"),
        ("{}x", "holds no evaluation"),
        ('{"model": {"groups": 3}}', "holds no evaluation"),
        ('{"model": {"groups": {}, "version": 99}}', "is of a newer format"),
    ],
)
def test_anything_else_gets_one_sentence(content: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / METRICS_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(TrainingError, match=sentence) as caught:
        read_results(tmp_path)
    assert re.fullmatch(r"[^\n]+\.", str(caught.value))
