"""A configuration is read back as it was written, and nothing else is."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from instrument_model import ModelError
from instrument_model.config import (
    FORMAT_VERSION,
    CalibrationConfig,
    FrontendConfig,
    ModelConfig,
    NetworkConfig,
    WindowConfig,
)
from instrument_model.labels import LABEL_NAMES


def test_round_trip() -> None:
    config = ModelConfig(
        frontend=FrontendConfig(n_mels=64, f_max=12_000.0),
        network=NetworkConfig(width=1.0, dropout=0.5),
        window=WindowConfig(seconds=5.0),
        calibration=CalibrationConfig(1.3, dict.fromkeys(LABEL_NAMES, -0.1), dict.fromkeys(LABEL_NAMES, 0.3)),
    )
    assert ModelConfig.from_json(config.to_json()) == config
    assert ModelConfig.from_json(ModelConfig().to_json()) == ModelConfig()


def test_an_integer_stands_for_a_float() -> None:
    values = json.loads(ModelConfig().to_json())
    values["network"]["width"] = 1
    assert ModelConfig.from_json(json.dumps(values)).network.width == 1.0


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    values = json.loads(ModelConfig().to_json())
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c.pop("window"), "missing or unknown fields .window"),
        (lambda c: c["network"].pop("dropout"), "network has missing or unknown fields .dropout"),
        (lambda c: c["network"].update(depth=3), "network has missing or unknown fields .depth"),
        (lambda c: c["network"].update(width="0.4"), "width has a value of the wrong kind"),
        (lambda c: c["network"].update(width=True), "width has a value of the wrong kind"),
        (lambda c: c["network"].update(width=float("nan")), "width has a value of the wrong kind"),
        (lambda c: c["network"].update(width=float("inf")), "width has a value of the wrong kind"),
        (lambda c: c["network"].update(width=100), "network.width is 100, which is outside 0.1 to 4"),
        (lambda c: c["frontend"].update(n_mels=10**9), "frontend.n_mels is 1e.09, which is outside"),
        (lambda c: c["frontend"].update(n_mels=64.5), "n_mels has a value of the wrong kind"),
        (lambda c: c["frontend"].update(hop_length=0), "frontend.hop_length is 0, which is outside"),
        (lambda c: c["frontend"].update(win_length=2048), "frontend.win_length is 2048, which is outside"),
        (lambda c: c["frontend"].update(f_max=16_001), "frontend.f_max is 16001, which is outside"),
        (lambda c: c["window"].update(seconds=3600), "window.seconds is 3600, which is outside"),
        (lambda c: c["window"].update(hop_seconds=0), "window.hop_seconds is 0, which is outside"),
        (lambda c: c["window"].update(hop_seconds=3.5), "window.hop_seconds is 3.5, which is outside"),
        (lambda c: c["calibration"].update(temperature=0), "calibration.temperature is 0, which is outside"),
        (lambda c: c["calibration"]["bias"].pop("cello"), "bias and thresholds need one value for each label"),
        (lambda c: c["calibration"]["thresholds"].update(cello=2), "thresholds.cello is 2, which is outside"),
        (lambda c: c["calibration"].update(bias=[0.0]), "bias has a value of the wrong kind"),
        (lambda c: c.update(network=None), "network has a value of the wrong kind"),
        (lambda c: c.update(labels=["cello"]), "labels are objects since format 2"),
        (lambda c: c.update(labels=c["labels"][:3]), "bias and thresholds need one value for each label"),
        (lambda c: c.update(labels="cello"), "labels has a value of the wrong kind"),
        (lambda c: c.update(format_version=FORMAT_VERSION + 1), "upgrade instrument-model"),
        (lambda c: c.update(format_version=0), "does not belong to a model of this library"),
        (lambda c: c.update(auto_mapping={}), "missing or unknown fields .auto_mapping"),
        (lambda c: c.update(id2label={"0": "kazoo"}), "id2label and labels name different outputs"),
        (lambda c: c.update(weights_sha256=None), "weights_sha256 has a value of the wrong kind"),
        (lambda c: c.pop("format_version"), "does not belong to a model of this library"),
    ],
)
def test_what_is_refused(change: Callable[[dict[str, Any]], object], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        ModelConfig.from_json(changed(change))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", "[" * 100_000])
def test_what_is_no_configuration(text: str) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        ModelConfig.from_json(text)


def test_bounds_hold_for_configurations_made_in_code_as_well() -> None:
    with pytest.raises(ModelError, match=r"network\.width is 50"):
        replace(ModelConfig(), network=NetworkConfig(width=50.0))
