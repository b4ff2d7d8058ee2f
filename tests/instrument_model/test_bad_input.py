"""Each file gets a correct answer or one clear sentence, in the library and on the command line."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from instrument_model import AudioError, InstrumentClassifier
from instrument_model.cli import main
from tests.support.bad_files import EXPECTED, write_bad_files

REFUSED = [name for name, expected in EXPECTED.items() if isinstance(expected, str)]
ANSWERED = [name for name, expected in EXPECTED.items() if not isinstance(expected, str)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, recordings: dict[str, Path]) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    write_bad_files(folder, recordings)
    return folder


@pytest.fixture(autouse=True)
def _no_file_is_left_behind(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = sorted(folder.rglob("*"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("name", REFUSED)
def test_refusal(name: str, folder: Path, classifier: InstrumentClassifier, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AudioError) as caught:
        classifier.predict(folder / name)
    sentence = str(caught.value)
    assert str(EXPECTED[name]) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert str(folder) not in sentence, "a server's folders are nobody's business"
    assert capfd.readouterr() == ("", ""), "the decoders keep silent"


@pytest.mark.parametrize("name", ANSWERED)
def test_answer(name: str, folder: Path, classifier: InstrumentClassifier) -> None:
    prediction = classifier.predict(str(folder / name))
    assert prediction.file == str(folder / name)
    assert prediction.duration == pytest.approx(EXPECTED[name], rel=0.25)
    assert np.isfinite(list(prediction.probabilities.values())).all()
    assert prediction.silent == (name == "silence.wav")
    json.loads(prediction.to_json(), parse_constant=pytest.fail)


def test_length_is_exact_where_only_the_header_lies(folder: Path, classifier: InstrumentClassifier) -> None:
    for name in ("lying.wav", "lying.w64", "lying.rf64", "lying.caf", "unfinished.wav", "4 kHz.wav", "192 kHz.wav"):
        assert classifier.predict(folder / name).duration == pytest.approx(1.0, abs=1e-3)


def test_silence(folder: Path, classifier: InstrumentClassifier) -> None:
    prediction = classifier.predict(folder / "silence.wav")
    assert prediction.instrument is None
    assert prediction.confidence == 0.0
    assert set(prediction.probabilities.values()) == {0.0}
    assert [guess.relative for guess in prediction.top] == [0.0, 0.0, 0.0]
    assert [segment.label for segment in prediction.segments] == [None]


def test_command_line_with_json(folder: Path, model_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = list(EXPECTED)
    assert main(["--json", "--model", str(model_folder), *(str(folder / name) for name in names)]) == 1
    output, errors = capfd.readouterr()
    answers = [json.loads(line, parse_constant=pytest.fail) for line in output.splitlines()]
    assert [answer["file"] for answer in answers] == [str(folder / name) for name in names]
    for name, answer in zip(names, answers, strict=True):
        if name in REFUSED:
            assert answer.keys() == {"file", "error"}
            assert str(EXPECTED[name]) in answer["error"]
        else:
            assert "error" not in answer
    assert "Traceback" not in errors
    assert "error" not in errors


def test_command_line_with_tables(folder: Path, model_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", str(model_folder), *(str(folder / name) for name in EXPECTED)]) == 1
    output, errors = capfd.readouterr()
    lines = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert len(lines) == len(REFUSED)
    for name, line in zip(REFUSED, lines, strict=True):
        assert str(EXPECTED[name]) in line
    assert output.count("Instrument ") == len(ANSWERED) - 1  # all but silence
