"""The configuration of an instrument recogniser, as its own library writes it, for Transformers."""

from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedConfig


@dataclass(frozen=True)
class NetworkConfig:
    """MobileNetV3-Large with `width` times its channels."""

    width: float
    dropout: float


class InstrumentModelConfig(PreTrainedConfig):
    """The groups of `config.json`, each a dictionary; `labels` are the outputs in their order."""

    model_type = "instrument-model"

    def __init__(
        self,
        labels: list[Any] | None = None,
        frontend: dict[str, Any] | None = None,
        network: dict[str, Any] | None = None,
        window: dict[str, Any] | None = None,
        calibration: dict[str, Any] | None = None,
        resemblance: dict[str, Any] | None = None,  # noqa: ARG002 - not kept: Transformers saves no second head
        format_version: int = 3,
        weights_sha256: str | None = None,  # noqa: ARG002 - not kept, because other weights may be saved with this
        **kwargs: Any,  # noqa: ANN401 - whatever Transformers has beside ours
    ) -> None:
        """Keep what `config.json` holds; Transformers makes an empty one to compare it with."""
        self.format_version = format_version
        self.labels = labels or []
        self.frontend = frontend or {}
        self.network = network or {}
        self.window = window or {}
        self.calibration = calibration or {}
        super().__init__(**kwargs)
