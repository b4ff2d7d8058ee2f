"""Calibrate a model on development recordings: temperature, biases and thresholds.

    python -m training.calibrate runs/first/model --library LIBRARY --out runs/first/calibrated

Everything is fitted and measured on whole recordings, through the windows whose probabilities are averaged. Which
kind of fit is taken, and the figures printed, come from cross-validation in which no collection (where there is one
only, no recording) is on both sides; the stored values are then fitted on all development recordings.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence

from instrument_model.atomic import write_text

from .cli import Command, add_model, add_out, add_seed
from .data.arguments import add_data_arguments, load_audio, load_clips
from .data.clips import Clip
from .errors import TrainingError, writing
from .publishing.provenance import PROVENANCE_FILE

CALIBRATION_FILE = "calibration.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told."""
    add_model(parser)
    add_data_arguments(parser)
    add_out(parser, "model folder to write")
    parser.add_argument(
        "--folds", type=int, default=5, metavar="NUMBER", help="of the cross-validation (default: %(default)s)"
    )
    add_seed(parser, "of the folds")


def run(options: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        TrainingError: The data cannot be used.
        ModelError: The model cannot be loaded or written.
    """
    from dataclasses import replace

    from instrument_model.config import CalibrationConfig
    from instrument_model.network.model import InstrumentNetwork, load_network, save_network

    from .evaluation import calibration, report, thresholds
    from .models.inference import answer_windows

    model = load_network(options.model)
    config = model.config
    wanted = _wanted(load_clips(options, config.labels))
    clips, audio = load_audio(options, wanted, config.frontend.sample_rate)
    waveforms = (audio.waveform(clip) for clip in clips)
    logits = answer_windows(
        model,
        waveforms,
        audio.sample_rate,
        config.window,
        config.frontend.sample_rate,
        total=len(clips),
        title="listening",
    )
    heard = [number for number, rows in enumerate(logits) if len(rows)]  # a silent clip has nothing to fit
    if not heard:
        raise TrainingError("No development clip holds any sound; give recordings that do.")
    data = calibration.ClipLogits.gather([clips[n] for n in heard], [logits[n] for n in heard], config.labels)
    unit, _ = calibration.fold_unit(data)
    if unit == "recordings":
        print("All clips come from one collection, so these figures say nothing about others; folds keep recordings.")
    methods = calibration.cross_validate(data, options.folds, options.seed)
    method = calibration.choose(methods)
    print(report.table([{"calibration": name, "": "*" * (name == method)} | row for name, row in methods.items()]))
    ways = thresholds.cross_validate(data, method, options.folds, options.seed)
    way = max(ways, key=lambda name: ways[name]["macro_f1"])
    print(report.table([{"thresholds": name, "": "*" * (name == way)} | row for name, row in ways.items()]))
    fit = calibration.fit(data, method)
    chosen = thresholds.choose(data.probabilities(fit), data.targets, way)
    values = CalibrationConfig(
        temperature=fit.temperature,
        bias=dict(zip(config.labels.names, fit.bias.tolist(), strict=True)),
        thresholds=dict(zip(config.labels.names, chosen.tolist(), strict=True)),
    )
    calibrated = InstrumentNetwork(replace(config, calibration=values))
    calibrated.network.load_state_dict(model.network.state_dict())
    save_network(options.out, calibrated)
    measured = {"clips": len(heard), "calibration": method, "thresholds": way}
    _write(options, report.to_json(measured | {"calibrations": methods, "ways_to_thresholds": ways}))
    print(f"Temperature {fit.temperature:.3f}; calibrated model in {options.out}")


def _wanted(clips: Sequence[Clip]) -> list[Clip]:
    """Return played music for development: clips with complete labels, or the others where there are none."""
    music = [clip for clip in clips if clip.split == "dev" and clip.kind == "phrase"]
    if not music:
        raise TrainingError("The data has no played music for development; give clips with the split dev.")
    complete = [clip for clip in music if clip.complete]
    if not complete:
        print(
            "The clips name their predominant instrument only: what accompanies it counts as absent, and its "
            "probabilities come out low."
        )
    return complete or music


def _write(options: argparse.Namespace, text: str) -> None:
    """Write the figures beside the model, and keep what says where the model comes from."""
    with writing(options.out):
        write_text(options.out / CALIBRATION_FILE, text)
        origin = options.model / PROVENANCE_FILE
        if origin.is_file() and options.model.resolve() != options.out.resolve():
            shutil.copyfile(origin, options.out / PROVENANCE_FILE)


main = Command("training.calibrate", __doc__, add_arguments, run)

if __name__ == "__main__":
    sys.exit(main())
