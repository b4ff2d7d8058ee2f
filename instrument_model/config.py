"""What a model is made of, stored as `config.json` beside its weights.

Every number that the signal path depends on lives here once. The values are read back strictly and within bounds,
because a `config.json` may come from anybody: an unknown field is refused, and so is a network that would not fit into
memory.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar, get_args, get_type_hints

from .errors import ModelError
from .labels import LABELS, LabelSet
from .resemblance.classes import ResemblanceConfig

SENSITIVITIES = {"strict": -1.0, "calibrated": 0.0, "sensitive": 1.0}
"""How sure an answer must be: what is added to the logit of every probability before its threshold judges it."""

FORMAT_VERSION = 3
"""Raised when a stored model can no longer be read by the code before it.

Format 1 had only names as labels, and formats 1 and 2 had no second head.
"""

TRANSFORMERS_FIELDS = frozenset(
    {
        "architectures",
        "auto_map",
        "dtype",
        "id2label",
        "label2id",
        "model_type",
        "problem_type",
        "transformers_version",
    }
)
"""Fields of `config.json` that another library, Hugging Face Transformers, reads from a published model; not ours."""


@dataclass(frozen=True)
class FrontendConfig:
    """Waveform to log-mel spectrogram; the defaults are those that the AudioSet network mn04_as was trained with."""

    sample_rate: int = 32_000  # Hz
    n_fft: int = 1024  # samples
    win_length: int = 800  # samples, 25 ms
    hop_length: int = 320  # samples, 10 ms
    n_mels: int = 128
    f_min: float = 0.0  # Hz
    f_max: float = 15_000.0  # Hz
    preemphasis: float = 0.97  # x[t] - preemphasis * x[t-1]
    log_offset: float = 1e-5  # keeps the logarithm of silence finite
    mean: float = -4.5  # of ln(mel + log_offset) over AudioSet
    scale: float = 5.0


@dataclass(frozen=True)
class NetworkConfig:
    """MobileNetV3-Large; `width` multiplies every channel count (0.4, 1.0 and 2.0 are mn04, mn10 and mn20)."""

    width: float = 0.4
    dropout: float = 0.2


@dataclass(frozen=True)
class WindowConfig:
    """How a recording is cut before the network hears it."""

    seconds: float = 3.0
    hop_seconds: float = 1.5
    min_seconds: float = 0.25  # a shorter clip is padded with silence to this
    silence_dbfs: float = -80.0  # a window whose peak stays below this is silence, not evidence


@dataclass(frozen=True)
class CalibrationConfig:
    """From logits to probabilities and decisions, fitted on development data.

    Attributes:
        temperature: Divides every logit (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
        bias: Added to each label's logit after that.
        thresholds: The probability from which a label is said to be heard.
    """

    temperature: float = 1.0
    bias: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(LABELS.names, 0.0))
    thresholds: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(LABELS.names, 0.5))


@dataclass(frozen=True)
class ModelConfig:
    """Everything besides the weights.

    Attributes:
        resemblance: Of the second head; None for a model that has none.
        weights_sha256: Of the weights file that it was written with, as 64 hexadecimal digits; None before that.
    """

    format_version: int = FORMAT_VERSION
    labels: LabelSet = LABELS
    frontend: FrontendConfig = field(default_factory=FrontendConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    window: WindowConfig = field(default_factory=WindowConfig)
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)
    resemblance: ResemblanceConfig | None = None
    weights_sha256: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _check_bounds(self)

    def at_sensitivity(self, sensitivity: str) -> "ModelConfig":
        """Return the same with thresholds that are easier or harder to reach.

        Args:
            sensitivity: One of `SENSITIVITIES`.

        Raises:
            ModelError: There is no such sensitivity.
        """
        if sensitivity not in SENSITIVITIES:
            raise ModelError(f"There is no sensitivity {sensitivity!r}; choose {', '.join(SENSITIVITIES)}.")
        shift, calibration = SENSITIVITIES[sensitivity], self.calibration
        if not shift:
            return self
        thresholds = {name: _shifted(value, -shift) for name, value in calibration.thresholds.items()}
        return replace(self, calibration=replace(calibration, thresholds=thresholds))

    def to_json(self) -> str:
        """Return the text of `config.json`."""
        values = asdict(self) | {"labels": self.labels.to_list()}
        stored = {name: value for name, value in values.items() if value is not None}
        return json.dumps(stored, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "ModelConfig":
        """Read what `to_json` wrote.

        Raises:
            ModelError: The text is not JSON, has an unknown or missing field, a value of the wrong type or out of
                bounds, or a newer format.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ModelError("config.json is not valid JSON; download or export the model again.") from error
        if not isinstance(values, dict):
            raise ModelError("config.json does not hold an object; download or export the model again.")
        version = values.get("format_version")
        if not isinstance(version, int) or version < 1:
            raise ModelError("config.json does not belong to a model of this library (it has no format_version).")
        if version > FORMAT_VERSION:
            raise ModelError(
                f"This model has format {version}, and this version of the library reads up to {FORMAT_VERSION}; "
                "upgrade instrument-model."
            )
        own = {name: value for name, value in values.items() if name not in TRANSFORMERS_FIELDS}
        labels = own.get("labels")
        if version > 1 and isinstance(labels, list) and any(isinstance(label, str) for label in labels):
            raise ModelError("config.json: labels are objects since format 2; export the model again.")
        config = _read(cls, own | {"format_version": FORMAT_VERSION}, "config.json")
        names = {str(number): name for number, name in enumerate(config.labels.names)}
        if values.get("id2label", names) != names:
            raise ModelError("config.json: id2label and labels name different outputs; export the model again.")
        return config


def _shifted(probability: float, shift: float) -> float:
    """Add to the logit of a probability; 0 and 1 stay what they are."""
    if not 0 < probability < 1:
        return probability
    return 1 / (1 + math.exp(-math.log(probability / (1 - probability)) - shift))


_Config = TypeVar("_Config")


def _read(cls: type[_Config], values: Mapping[str, Any], where: str) -> _Config:
    """Make a dataclass of a JSON object whose keys are its fields; those that are None by default may be missing."""
    expected = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    optional = {f.name for f in fields(cls) if f.default is None}  # type: ignore[arg-type]
    if odd := sorted((set(values) ^ expected) - (optional - set(values))):
        raise ModelError(
            f"{where} has missing or unknown fields ({', '.join(odd)[:200]}); export the model again with this library."
        )
    hints = get_type_hints(cls)
    return cls(**{name: _convert(hints[name], values[name], f"{where}: {name}") for name in values})


def _convert(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - this is where JSON becomes typed
    if hint is LabelSet:
        return LabelSet.from_list(value)
    if hint == str | None and isinstance(value, str):
        return value
    if hint == ResemblanceConfig | None:
        return None if value is None else _convert(ResemblanceConfig, value, where)
    if hasattr(hint, "__dataclass_fields__"):
        if isinstance(value, dict):
            return _read(hint, value, where)
    elif hint is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif hint is float:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    elif hint is str:
        if isinstance(value, str):
            return value
    elif isinstance(value, dict):  # Mapping[str, float] or Mapping[str, str]
        return {str(key): _convert(get_args(hint)[1], item, f"{where}.{key}") for key, item in value.items()}
    raise ModelError(f"{where} has a value of the wrong kind; export the model again with this library.")


def _check_bounds(config: ModelConfig) -> None:
    """Refuses what no sensible model has, above all what would exhaust memory."""
    frontend, network, window, calibration = config.frontend, config.network, config.window, config.calibration
    bounds = {
        "frontend.sample_rate": (frontend.sample_rate, 8_000, 96_000),
        "frontend.n_fft": (frontend.n_fft, 128, 8_192),
        "frontend.win_length": (frontend.win_length, 64, frontend.n_fft),
        "frontend.hop_length": (frontend.hop_length, 32, frontend.win_length),
        "frontend.n_mels": (frontend.n_mels, 16, 512),
        "frontend.f_min": (frontend.f_min, 0.0, frontend.f_max),
        "frontend.f_max": (frontend.f_max, 1_000.0, frontend.sample_rate / 2),
        "frontend.preemphasis": (frontend.preemphasis, 0.0, 1.0),
        "frontend.log_offset": (frontend.log_offset, 1e-12, 1.0),
        "frontend.mean": (frontend.mean, -100.0, 100.0),
        "frontend.scale": (frontend.scale, 1e-3, 1e3),
        "network.width": (network.width, 0.1, 4.0),
        "network.dropout": (network.dropout, 0.0, 0.9),
        "window.seconds": (window.seconds, 0.5, 30.0),
        "window.hop_seconds": (window.hop_seconds, 0.1, window.seconds),
        "window.min_seconds": (window.min_seconds, 0.1, window.seconds),
        "window.silence_dbfs": (window.silence_dbfs, -120.0, 0.0),
        "calibration.temperature": (calibration.temperature, 0.01, 100.0),
        **{f"calibration.bias.{name}": (value, -50.0, 50.0) for name, value in calibration.bias.items()},
        **{f"calibration.thresholds.{name}": (value, 0.0, 1.0) for name, value in calibration.thresholds.items()},
    }
    for name, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise ModelError(
                f"config.json: {name} is {value:g}, which is outside {low:g} to {high:g}; export the model again."
            )
    names = set(config.labels.names)
    if set(calibration.bias) != names or set(calibration.thresholds) != names:
        raise ModelError("config.json: bias and thresholds need one value for each label; calibrate the model again.")
    if config.resemblance:
        config.resemblance.refuse(config.labels)
