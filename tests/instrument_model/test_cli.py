"""The command line, as its users see it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from instrument_model.cli import main, table
from instrument_model.prediction import Guess, ModelIdentity, Prediction, Segment
from tests.support.app_server import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)


def modules(code: str) -> set[str]:
    """The top-level modules that are imported once this code has run."""
    output = run("-c", f"{code}\nimport sys; print('modules:', *sys.modules)").stdout
    return {name.partition(".")[0] for name in output.partition("modules:")[2].split()}


def test_help_does_not_wait_for_pytorch() -> None:
    heavy = {"torch", "numpy", "soundfile", "av"}
    code = "from instrument_model import cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass"
    assert not modules(code) & heavy
    assert not modules("import instrument_model") & heavy


def test_prediction_imports_what_it_needs_and_no_more(model_folder: Path, recordings: dict[str, Path]) -> None:
    code = (
        f"from instrument_model.cli import main; main(['--model', {str(model_folder)!r}, {str(recordings['flac'])!r}])"
    )
    found = modules(code)
    assert {"onnxruntime", "soundfile"} <= found
    assert not found & {
        "av",
        "gradio",
        "huggingface_hub",
        "librosa",
        "matplotlib",
        "numba",
        "scipy",
        "sklearn",
        "torch",
    }


def test_as_a_program(model_folder: Path, recordings: dict[str, Path]) -> None:
    missing = str(recordings["flac"]) + ".missing"
    done = run("-m", "instrument_model", "--json", "--model", str(model_folder), str(recordings["flac"]), missing)
    assert done.returncode == 1
    assert done.stderr == ""
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["file"] == str(recordings["flac"])
    assert first["duration"] == 2.0
    assert second == {"file": missing, "error": "tone.flac.missing does not exist or is not a file; check its name."}


def test_all_files_readable(
    model_folder: Path, recordings: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", str(model_folder), str(recordings["mp3"]), str(recordings["m4a"])]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    assert output.count("Probability") == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "no-such-model", "x.wav"], "error: no-such-model is neither a model folder nor"),
        (["--model", "tests", "x.wav"], "error: tests holds no config.json"),
        (["--revision", "v1", "x.wav"], "has no revisions"),
    ],
)
def test_a_model_that_cannot_be_loaded(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert sentence in errors
    assert errors.count("\n") == 1


def test_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "FILE" in capsys.readouterr().err


def test_a_reader_that_stops_reading(model_folder: Path, recordings: dict[str, Path]) -> None:
    """As in `... | head -1`."""
    files = [str(recordings["wav"])] * 20
    command = [sys.executable, "-m", "instrument_model", "--model", str(model_folder), "--json", *files]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 1
    process.stderr.close()


def prediction(instrument: str | None, *, silent: bool = False, truncated: bool = False) -> Prediction:
    labels = (None, "violin", "violin", "piano")
    segments = [Segment(30.0 * i, 30.0 * (i + 1), label, 0.7, {}) for i, label in enumerate(labels)]
    return Prediction(
        file="a song.mp3",
        duration=120.0,
        instrument=instrument,
        confidence=0.7,
        top=(Guess("violin", 0.7, 0.7), Guess("piano", 0.2, 0.2), Guess("acoustic_guitar", 0.1, 0.1)),
        probabilities={},
        segments=tuple(segments),
        model=ModelIdentity("bundled"),
        truncated=truncated,
        silent=silent,
        peak_dbfs=-3.0,
    )


def test_table() -> None:
    assert "\n".join(table(prediction("violin"))) == (
        "a song.mp3 (2:00)\n"
        "  Instrument         Probability  Share of these\n"
        "* Violin                   70.0%           70.0%\n"
        "  Piano                    20.0%           20.0%\n"
        "  Acoustic guitar          10.0%           10.0%\n"
        "  0:00 to 0:30      -\n"
        "  0:30 to 1:30      Violin\n"
        "  1:30 to 2:00      Piano"
    )


def test_table_where_nothing_is_recognised() -> None:
    lines = list(table(prediction(None)))
    assert lines[1] == "  No instrument is clear enough to be named; the nearest are:"
    assert not any("*" in line for line in lines)


def test_table_of_silence_and_of_the_beginning() -> None:
    lines = list(table(prediction(None, silent=True, truncated=True)))
    assert lines == ["a song.mp3 (2:00, the beginning of a longer recording)", "  Silence."]
