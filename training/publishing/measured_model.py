"""A model together with what was measured of it; neither is published without the other."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instrument_model.config import ModelConfig

from ..errors import TrainingError

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class MeasuredModel:
    """A model with its evaluation.

    Attributes:
        folder: `config.json` and `model.safetensors`.
        evaluation: `metrics.json` and plots.
        config: Read from the folder.
        parameters: How many there are.
        sha256: Of the weights.
        figures: The part of `metrics.json` about this model.
    """

    folder: Path
    evaluation: Path
    config: ModelConfig
    parameters: int
    sha256: str
    figures: Figures

    @classmethod
    def load(cls, folder: Path, evaluation: Path) -> "MeasuredModel":
        """Reads both.

        Raises:
            ModelError: The model is broken, or config and weights do not belong together.
            TrainingError: There is no evaluation, or it is of another model.
        """
        from instrument_model.network.model import load_network  # slow to import
        from instrument_model.weights import WEIGHTS_FILE, file_sha256

        from ..evaluation.report import METRICS_FILE

        model = load_network(folder)
        parameters = sum(parameter.numel() for parameter in model.parameters())
        sha256 = file_sha256(folder / WEIGHTS_FILE)
        path = evaluation / METRICS_FILE
        try:
            results = json.loads(path.read_text(encoding="utf-8"))
            figures = next((result for result in results.values() if result["sha256"] == sha256), None)
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise TrainingError(
                f"{evaluation} holds no evaluation; make one with `python -m training.evaluate`."
            ) from error
        if figures is None:
            raise TrainingError(f"{path} measures other weights than {folder} holds; evaluate these again.")
        return cls(folder, evaluation, model.config, parameters, sha256, figures)

    @property
    def plots(self) -> list[Path]:
        """The plots of the evaluation."""
        return sorted(self.evaluation.glob("*.png"))

    @property
    def group(self) -> str:
        """Which recordings tell most: those of collections that training has not seen, where there are any."""
        groups: Sequence[str] = list(self.figures["groups"])
        return next((name for name in groups if name.startswith("unseen")), groups[0])

    @property
    def main(self) -> Figures:
        """The figures of these recordings."""
        figures: Figures = self.figures["groups"][self.group]
        return figures

    @property
    def held_out_calibration_error(self) -> float | None:
        """Calibration error on collections that the calibration was not fitted on, where that was measured.

        Raises:
            TrainingError: What `training.calibrate` has left cannot be read.
        """
        from ..calibrate import CALIBRATION_FILE

        try:
            report = json.loads((self.folder / CALIBRATION_FILE).read_text(encoding="utf-8"))
            return float(report["calibrations"][report["calibration"]]["ece"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{self.folder / CALIBRATION_FILE} is broken; calibrate the model again.") from error
