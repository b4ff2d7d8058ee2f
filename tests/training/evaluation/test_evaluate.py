"""The command: figures, plots, a report, and one sentence for what is wrong."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.support.sounds import write
from tests.support.training.library import RATE, Oracle, make_irmas_test, make_irmas_training, make_library
from training import evaluate
from training.data.audio_cache import AudioCache
from training.data.sources import irmas, manifest
from training.errors import TrainingError
from training.publishing.provenance import PROVENANCE_FILE, Collection, Provenance


@pytest.mark.usefixtures("little_work")
@pytest.mark.slow
def test_command_writes_figures_plots_and_report(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = make_library(tmp_path / "library")
    (library / "audio/hall/voice.wav").write_text("this is not sound")
    write(library / "audio/hall/flute.wav", np.zeros(RATE, np.float32), RATE)
    out, cache = tmp_path / "out", str(tmp_path / "cache")
    assert evaluate.main([str(model_folder), "--library", str(library), "--cache", cache, "--out", str(out)]) == 0
    result = json.loads((out / "metrics.json").read_text())[str(model_folder)]
    unseen = result["groups"][evaluate.UNSEEN]
    assert 0 <= unseen["top1"]["per_class_mean"] <= unseen["top3"]["per_class_mean"] <= 1
    assert unseen["clips"]["none_of_them"] == 3
    assert unseen["clips"]["one_instrument"] == 20
    assert np.sum(unseen["confusion"]) == 19  # there is no answer to silence
    assert list(result["unreadable"]) == [str(library / "audio/hall/voice.wav")]
    assert result["silent"] == [str(library / "audio/hall/flute.wav")]
    plots = {"confusion.png", "per_class_accuracy.png", "reliability.png", "conditions.png"}
    assert {path.name for path in out.iterdir()} == plots | {"metrics.json", "report.md"}
    assert all((out / plot).read_bytes().startswith(b"\x89PNG") for plot in plots)
    report = (out / "report.md").read_text()
    for text in (
        "# Evaluation",
        "Number of instruments",
        "voice.wav",
        "hall/flute.wav",
        f"{unseen['top1']['per_class_mean']:.3f}",
    ):
        assert text in report
    printed = capsys.readouterr().out
    assert "1 of 28 clips are left out" in printed
    assert "No clip of acoustic_guitar, electric_guitar" in printed
    assert "in seen sources: the means are over the others" in printed

    both, other = tmp_path / "both", f"{model_folder}+{model_folder}"
    arguments = [str(model_folder), other, "--library", str(library), "--cache", cache, "--quick", "--out", str(both)]
    assert evaluate.main([*arguments, "--unseen-only"]) == 0
    results = json.loads((both / "metrics.json").read_text())
    assert set(results) == {str(model_folder), other}
    assert set(results[other]["groups"]) == {evaluate.UNSEEN, evaluate.AUDIBLE}
    assert results[other]["groups"][evaluate.AUDIBLE]["clips"]["one_instrument"] == 19
    assert "conditions" not in results[other]
    assert len([path for path in both.iterdir() if (path / "report.md").is_file()]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (["--library", "nowhere"], r"manifest\.csv cannot be read"),
        ([], "No data is named"),
        (["--out", __file__], r"test_evaluate\.py cannot be made"),
        (["--split", "test"], "no played music in the split test"),
        (["model"], r"model is neither|model holds no config\.json"),
    ],
)
def test_what_a_user_can_put_right_is_one_sentence(
    change: list[str],
    sentence: str,
    library: Path,
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = [] if "model" in change else [str(model_folder)]
    data = [] if not change or "--library" in change else ["--library", str(library)]
    assert evaluate.main([*model, *data, *change, "--cache", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert re.search(sentence, error)


@pytest.mark.usefixtures("little_work")
def test_a_test_set_of_several_labels_each(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, cache = tmp_path / "irmas", str(tmp_path / "cache")
    make_irmas_training(root, recordings=1, seconds=0.2)
    make_irmas_test(root, {"a": ("cel", "flu"), "b": ("voi", "pia", "org")})
    arguments = [str(model_folder), "--irmas", str(root), "--cache", cache, "--split", "test"]
    assert evaluate.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    assert "has several labels: read mAP, LRAP" in capsys.readouterr().out
    (group,) = json.loads((tmp_path / "out/metrics.json").read_text())[str(model_folder)]["groups"].values()
    assert group["clips"] == {"one_instrument": 0, "none_of_them": 0, "all": 2 * len(irmas.TESTING)}
    assert group["top1"]["micro"] is None
    assert 0 < group["lrap"] <= 1
    assert group["detection"]["per_label"]["cello"]["support"] == len(irmas.TESTING)
    assert (tmp_path / "out/report.md").is_file()


@pytest.mark.slow
def test_seen_is_what_the_model_was_trained_on(library: Path, model_folder: Path, tmp_path: Path) -> None:
    """Provenance knows it; where there is none, the training clips on the command line are the best guess."""
    clips = manifest.read(library)
    assert evaluate.seen_collections([str(model_folder)], clips) == {"studio"}
    trained = shutil.copytree(model_folder, tmp_path / "trained")
    Provenance("mit", "", (Collection("hall", "CC0", 3, 1.0),)).write(trained / PROVENANCE_FILE)
    assert evaluate.seen_collections([str(trained)], clips) == {"hall"}
    assert evaluate.seen_collections([f"{trained}+{model_folder}"], clips) == {"hall", "studio"}
    audio = AudioCache.build(tmp_path / "cache", clips)
    result = evaluate.measure(Oracle(), clips, audio, evaluate.seen_collections([str(trained)], clips), quick=True)
    assert result.groups[evaluate.SEEN].clips.all == sum(clip.source == "hall" for clip in clips)


def test_data_without_the_ten_instruments_is_refused(library: Path, tmp_path: Path) -> None:
    clips = [clip for clip in manifest.read(library) if not clip.labels]
    with pytest.raises(TrainingError, match="None of the clips is of one of the model's instruments"):
        evaluate.measure(Oracle(), clips, AudioCache.build(tmp_path, clips), set(), quick=True)
