"""Where no instrument is heard, the second head says what the sound resembles."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from instrument_model import InstrumentClassifier, ModelError, Prediction, Resemblance
from instrument_model.audio import read_blocks
from instrument_model.cli import main, table
from instrument_model.config import FORMAT_VERSION, ModelConfig
from instrument_model.devices import make_runtime
from instrument_model.network.model import InstrumentNetwork, load_network, save_network
from instrument_model.resemblance.classes import BIAS, WEIGHT, ResemblanceConfig
from instrument_model.resemblance.head import hidden_features, resemblances, scores, scores_of
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, Model, load_model, save_model
from instrument_model.windows import WindowStream
from tests.support.app_server import EXAMPLES
from tests.support.sounds import tone, write

CLASSES = {"accordion": "Accordion", "harp": "Harp", "noise": "Noise", "drum_kit": "Drum kit"}
NEVER, ALWAYS = 1.0, 0.0


def with_second_head(model: Model, *, threshold: float, detects: float) -> Model:
    """Return a model whose second head prefers the accordion, then the harp, and which has these thresholds.

    Args:
        model: Without a second head.
        threshold: Of the second head.
        detects: Of every label.
    """
    hidden = model.tensors["classifier.5.weight"].shape[1]
    weight = np.zeros((len(CLASSES), hidden), np.float32)
    config = replace(
        model.config,
        calibration=replace(model.config.calibration, thresholds=dict.fromkeys(model.config.labels.names, detects)),
        resemblance=ResemblanceConfig(CLASSES, threshold),
    )
    return Model(config, {**model.tensors, WEIGHT: weight, BIAS: np.array([2.0, 0.0, -2.0, -4.0], np.float32)})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("clips") / "tone.wav", tone(4.0, 32_000), 32_000)


def heard(network: InstrumentNetwork, clip: Path, threshold: float = 0.1, detects: float = NEVER) -> Prediction:
    return InstrumentClassifier(with_second_head(network.to_model(), threshold=threshold, detects=detects)).predict(
        clip
    )


def test_up_to_three_classes_over_the_threshold_are_named(network: InstrumentNetwork, clip: Path) -> None:
    found = heard(network, clip)
    assert found.instrument is None
    assert [one.label for one in found.resembles] == ["accordion", "harp", "noise"]
    first = found.resembles[0]
    assert first == Resemblance("accordion", "Accordion", first.score)
    assert first.score == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert [one.label for one in heard(network, clip, threshold=0.3).resembles] == ["accordion", "harp"]
    assert heard(network, clip, threshold=0.95).resembles == ()


def test_nothing_is_said_where_an_instrument_or_nothing_is_heard(network: InstrumentNetwork, clip: Path) -> None:
    assert heard(network, clip, detects=ALWAYS).resembles == ()
    silence = InstrumentClassifier(with_second_head(network.to_model(), threshold=ALWAYS, detects=NEVER)).predict(
        (np.zeros(64_000, np.float32), 32_000)
    )
    assert silence.silent
    assert silence.resembles == ()


def test_a_second_head_that_overflows_is_refused(network: InstrumentNetwork, clip: Path) -> None:
    model = with_second_head(network.to_model(), threshold=ALWAYS, detects=NEVER)
    huge = np.full_like(model.tensors[WEIGHT], np.finfo(np.float32).max)
    huge[1::2] *= -1  # whichever sign the features have, one row overflows
    tensors = {**model.tensors, WEIGHT: huge, BIAS: np.abs(huge[:, 0])}
    broken = InstrumentClassifier(Model(model.config, tensors))
    with pytest.raises(ModelError, match="second head's answers are not finite"):
        broken.predict(clip)


def test_a_model_without_second_head_says_nothing(classifier: InstrumentClassifier, clip: Path) -> None:
    assert classifier.config.resemblance is None
    assert classifier.predict(clip).resembles == ()


def test_the_probabilities_stay_bit_for_bit(bundled: InstrumentClassifier) -> None:
    plain = replace(bundled.config, resemblance=None)
    tensors = {name: value for name, value in bundled.model.tensors.items() if name not in (WEIGHT, BIAS)}
    without = InstrumentClassifier(Model(plain, tensors))
    second = InstrumentClassifier(with_second_head(without.model, threshold=0.1, detects=0.5))
    for name in ("cello", "ensemble"):
        first, other = (model.predict(EXAMPLES / f"{name}.mp3") for model in (without, second))
        assert first.probabilities == other.probabilities
        assert [part.probabilities for part in first.segments] == [part.probabilities for part in other.segments]


def test_scores_are_those_of_the_same_rows_in_the_network(bundled: InstrumentClassifier) -> None:
    tensors = dict(bundled.model.tensors)
    tensors |= {WEIGHT: tensors["classifier.5.weight"], BIAS: tensors["classifier.5.bias"]}
    embeddings, _ = bundled.embed(EXAMPLES / "cello.mp3")
    _, probabilities = bundled.probabilities(EXAMPLES / "cello.mp3")
    calibration = bundled.config.calibration
    bias = np.array([calibration.bias[name] for name in bundled.config.labels.names])
    logits = calibration.temperature * (np.log(probabilities / (1 - probabilities)) - bias)
    expected = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(scores(tensors, embeddings), expected, atol=1e-5)
    resemblance = ResemblanceConfig({f"like_{name}": f"Like {name}" for name in bundled.config.labels.names}, 0.1)
    model = Model(replace(bundled.config, resemblance=resemblance), tensors)
    rate, step = bundled.config.frontend.sample_rate, bundled.config.frontend.hop_length
    blocks = read_blocks(EXAMPLES / "cello.mp3", rate)
    windows = list(WindowStream(blocks, bundled.config.window, rate, step=step))
    for device in (None, "cpu-torch"):  # what `predict` asks for: the network's own answer
        output = make_runtime(model, device)(windows, [True] * len(windows))
        np.testing.assert_allclose(scores_of(output.others), expected, atol=1e-5)
    assert hidden_features(tensors, embeddings).shape == (len(embeddings), tensors[WEIGHT].shape[1])


def test_scores_of_extreme_logits_stay_numbers() -> None:
    tensors = {
        "classifier.2.weight": np.eye(2, dtype=np.float32),
        "classifier.2.bias": np.zeros(2, np.float32),
        WEIGHT: np.array([[1e4, 0], [-1e4, 0]], np.float32),
        BIAS: np.zeros(2, np.float32),
    }
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(scores(tensors, np.array([[5.0, 0.0]], np.float32)), [[1.0, 0.0]])


def test_the_order_is_by_score() -> None:
    config = ResemblanceConfig({"a": "A", "b": "B"}, 0.5)
    assert [found.display for found in resemblances(config, [0.6, 0.9])] == ["B", "A"]


def test_folders_keep_it(network: InstrumentNetwork, clip: Path, tmp_path: Path) -> None:
    model = with_second_head(network.to_model(), threshold=0.1, detects=NEVER)
    save_model(tmp_path / "model", model)
    assert load_model(tmp_path / "model").config == model.config
    stored = json.loads((tmp_path / "model" / CONFIG_FILE).read_text(encoding="utf-8"))
    assert stored["format_version"] == FORMAT_VERSION
    assert stored["resemblance"] == {"classes": CLASSES, "threshold": 0.1}
    save_network(tmp_path / "again", load_network(tmp_path / "model"))  # as after training's commands
    found = InstrumentClassifier.from_pretrained(tmp_path / "again").predict(clip)
    assert [one.label for one in found.resembles] == ["accordion", "harp", "noise"]


def test_a_network_made_of_a_configuration_has_none(network: InstrumentNetwork) -> None:
    config = with_second_head(network.to_model(), threshold=0.1, detects=NEVER).config
    assert InstrumentNetwork(config).to_model().config.resemblance is None


@pytest.mark.parametrize("version", [1, 2])
def test_older_formats_have_none(version: int) -> None:
    values = json.loads(ModelConfig().to_json()) | {"format_version": version}
    if version == 1:
        values["labels"] = [label["name"] for label in values["labels"]]
    assert "resemblance" not in values
    assert ModelConfig.from_json(json.dumps(values)).resemblance is None


@pytest.mark.parametrize(
    ("resemblance", "sentence"),
    [
        ({"classes": CLASSES, "threshold": 2}, "threshold is 2, which is outside 0 to 1"),
        ({"classes": CLASSES}, "missing or unknown fields .threshold"),
        ({"classes": {"harp": 3}, "threshold": 0.1}, "harp has a value of the wrong kind"),
        ({"classes": {"harp": "<b>"}, "threshold": 0.1}, "cannot be shown as '<b>'"),
        ({"classes": {"a": "Harp", "b": "harp"}, "threshold": 0.1}, "Two labels have display names"),
        ({"classes": {}, "threshold": 0.1}, "has 1 to 200 labels"),
        ({"classes": {str(n): f"n{n}" for n in range(1000)}, "threshold": 0.1}, "this one has 1000"),
        (["harp"], "resemblance has a value of the wrong kind"),
        ({"classes": {"harp": "Harp", "Cello": "A cello"}, "threshold": 0.1}, "names Cello, which the model has"),
        ({"classes": {"fiddle": "violin"}, "threshold": 0.1}, "names fiddle, which the model has as a label"),
        ({"classes": {"acoustic-guitar": "Lute"}, "threshold": 0.1}, "names acoustic-guitar, which the model has"),
    ],
)
def test_what_is_refused(resemblance: object, sentence: str) -> None:
    values = json.loads(ModelConfig().to_json()) | {"resemblance": resemblance}
    with pytest.raises(ModelError, match=sentence) as caught:
        ModelConfig.from_json(json.dumps(values))
    assert str(caught.value).endswith(".")


def test_rows_that_do_not_fit_the_classes_are_refused(network: InstrumentNetwork, tmp_path: Path) -> None:
    save_model(tmp_path, with_second_head(network.to_model(), threshold=0.1, detects=NEVER))
    tensors = load_file(tmp_path / WEIGHTS_FILE)
    save_file(tensors | {BIAS: np.zeros(3, np.float32)}, tmp_path / WEIGHTS_FILE)
    with pytest.raises(ModelError, match=r"1 parameters differ, the first is resemblance\.bias"):
        load_model(tmp_path)


def test_the_command_line_says_it(
    network: InstrumentNetwork, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_model(tmp_path, with_second_head(network.to_model(), threshold=0.3, detects=NEVER))
    assert main(["--model", str(tmp_path), str(clip)]) == 0
    assert "It resembles: accordion, harp (a hint)" in capsys.readouterr().out
    assert main(["--model", str(tmp_path), "--json", str(clip)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [found["label"] for found in answer["resembles"]] == ["accordion", "harp"]
    assert answer["resembles"][0].keys() == {"label", "display", "score"}
    named = InstrumentClassifier(with_second_head(network.to_model(), threshold=ALWAYS, detects=ALWAYS)).predict(clip)
    assert not any("resembles" in line for line in table(named))
