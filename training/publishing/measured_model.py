"""A model together with what was measured of it; neither is published without the other."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from instrument_model.config import ModelConfig

from ..cli import add_model
from ..errors import TrainingError
from ..evaluation.results import METRICS_FILE, GroupResults, Results, read_results
from ..resembling.measure import Resembling
from ..resembling.measure import read as read_resembling
from .provenance import PROVENANCE_FILE, Provenance

EVALUATION = "evaluation"
"""Folder of figures and plots, within a model folder as within its repository on the Hub."""


@dataclass(frozen=True)
class MeasuredModel:
    """A model with its evaluation.

    Attributes:
        folder: `config.json` and `model.safetensors`.
        evaluation: `metrics.json` and plots.
        config: Read from the folder.
        parameters: How many there are.
        sha256: Of the weights.
        results: What was measured of it.
    """

    folder: Path
    evaluation: Path
    config: ModelConfig
    parameters: int
    sha256: str
    results: Results

    @classmethod
    def load(cls, folder: Path, evaluation: Path) -> "MeasuredModel":
        """Read both.

        Raises:
            ModelError: The model is broken, or config and weights do not belong together.
            TrainingError: There is no evaluation, or it is of another model.
        """
        from instrument_model.network.model import load_network  # slow to import
        from instrument_model.weights import WEIGHTS_FILE, file_sha256, load_config

        model = load_network(folder)
        parameters = sum(parameter.numel() for parameter in model.parameters())
        sha256 = file_sha256(folder / WEIGHTS_FILE)
        results = next((found for found in read_results(evaluation).values() if found.sha256 == sha256), None)
        if results is None:
            raise TrainingError(
                f"{evaluation / METRICS_FILE} measures other weights than {folder} holds; evaluate these again."
            )
        return cls(folder, evaluation, load_config(folder), parameters, sha256, results)

    @property
    def plots(self) -> list[Path]:
        """The plots of the evaluation."""
        return sorted(self.evaluation.glob("*.png"))

    @property
    def group(self) -> str:
        """The name of the recordings that tell most."""
        return self.results.main[0]

    @property
    def main(self) -> GroupResults:
        """What was measured on these recordings."""
        return self.results.main[1]

    @property
    def resembling(self) -> Resembling | None:
        """What was measured of the second head; None if there is none.

        Raises:
            TrainingError: What `training.resemblance` has left cannot be read.
        """
        return read_resembling(self.evaluation, self.sha256)

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


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a model card is made of."""
    add_model(parser, default=Path("weights"))
    parser.add_argument(
        "--evaluation", type=Path, metavar="FOLDER", help=f"its evaluation (default: {EVALUATION} in the model folder)"
    )
    parser.add_argument(
        "--provenance",
        type=Path,
        metavar="FILE",
        help=f"what it was made of (default: {PROVENANCE_FILE} in the folder)",
    )


def read_model_arguments(options: argparse.Namespace) -> tuple[MeasuredModel, Provenance]:
    """Return the model with what was measured of it, and what it was made of.

    Raises:
        ModelError: The model is broken, or config and weights do not belong together.
        TrainingError: There is no evaluation or provenance, or the evaluation is of other weights.
    """
    measured = MeasuredModel.load(options.model, options.evaluation or options.model / EVALUATION)
    return measured, Provenance.read(options.provenance or options.model / PROVENANCE_FILE)
