"""The file `onnx/model.onnx`: waveform to calibrated probabilities in one graph, for ONNX Runtime in any language.

It needs neither this library nor a front end in the caller's language, which is what a browser or a phone wants. The
library itself does without it: a front end made of ONNX's operators is slower than numpy's.
"""

import json
from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, compose, helper, numpy_helper, parser

from instrument_model.config import FrontendConfig, ModelConfig
from instrument_model.onnx.format import IR_VERSION, OPSET
from instrument_model.onnx.frontend import LogMel, mel_bank
from instrument_model.onnx.graph import LOG_MELS, LOGITS, network_graph
from instrument_model.weights import Model

from .fourier import FourierMatrices

ONNX_FILE = "onnx/model.onnx"
"""Its place in a repository, where the Hub's own tools look for it."""

WAVEFORM, PROBABILITIES = "waveform", "probabilities"
"""The names of the graph's input and of its output."""

Tensors = Mapping[str, NDArray[np.generic]]

_FRONTEND = f"""
frontend (float[windows, samples] {WAVEFORM}) => (float[windows, 1, n_mels, frames] {LOG_MELS}) {{
    later = Slice({WAVEFORM}, one, end, one)
    earlier = Slice({WAVEFORM}, zero, minus_one, one)
    emphasis = Mul(earlier, preemphasis)
    emphasised = Sub(later, emphasis)
    centred = Pad<mode = "reflect">(emphasised, reach)

    shape = Shape({WAVEFORM})
    samples = Gather(shape, index_1)
    starts = Range(index_0, samples, hop_length)
    column = Unsqueeze(starts, one)
    places = Add(column, offsets)
    cut = Gather<axis = 1>(centred, places)
    frames = Mul(cut, window)

    grid = Reshape(frames, grid_shape)
    columns = MatMul(over_rows, grid)
    real, imaginary = Split<axis = 2>(columns)
    real_cos = Mul(real, cos)
    imaginary_sin = Mul(imaginary, sin)
    imaginary_cos = Mul(imaginary, cos)
    real_sin = Mul(real, sin)
    turned_real = Add(real_cos, imaginary_sin)
    turned_imaginary = Sub(imaginary_cos, real_sin)
    turned = Concat<axis = 3>(turned_real, turned_imaginary)
    bins = MatMul(turned, over_columns)
    squares = Mul(bins, bins)
    real_square, imaginary_square = Split<axis = 3>(squares)
    power_grid = Add(real_square, imaginary_square)
    power = Reshape(power_grid, power_shape)

    mel_by_frame = MatMul(power, triangles)
    mel = Transpose<perm = [0, 2, 1]>(mel_by_frame)
    audible = Add(mel, log_offset)
    logarithm = Log(audible)
    centred_logarithm = Sub(logarithm, mean)
    log_mel = Div(centred_logarithm, scale)
    {LOG_MELS} = Unsqueeze(log_mel, one)
}}
"""

_CALIBRATION = f"""
calibration (float[windows, n_labels] {LOGITS}) => (float[windows, n_labels] {PROBABILITIES}) {{
    scaled = Div({LOGITS}, temperature)
    calibrated = Add(scaled, bias)
    {PROBABILITIES} = Sigmoid(calibrated)
}}
"""


def onnx_model(model: Model, sha256: str) -> bytes:
    """Return the content of the file.

    The graph takes `waveform` (windows, samples), mono in [-1, 1], and answers with `probabilities` (windows, labels).
    A window has at least half of the front end's `n_fft` samples, and 3 s are what the network has learned on.

    Args:
        model: Configuration and weights.
        sha256: Of the weights; the metadata name it beside the labels and the sample rate.
    """
    config = model.config
    network = onnx.load_model_from_string(network_graph(config.network, len(config.labels)).content)
    weights = [numpy_helper.from_array(model.tensors[tensor.name], tensor.name) for tensor in network.graph.initializer]
    del network.graph.initializer[:]
    network.graph.initializer.extend(weights)
    hearing = compose.merge_models(
        _part(_FRONTEND, _frontend_tensors(config.frontend)),
        network,
        io_map=[(LOG_MELS, LOG_MELS)],
        outputs=[LOGITS],
    )
    whole = compose.merge_models(
        hearing, _part(_CALIBRATION, _calibration_tensors(config)), io_map=[(LOGITS, LOGITS)], name="instrument-model"
    )
    about = {"labels": json.dumps(config.labels.names), "sample_rate": str(config.frontend.sample_rate)}
    helper.set_model_props(whole, {**about, "weights_sha256": sha256})
    onnx.checker.check_model(whole, full_check=True)
    content: bytes = whole.SerializeToString(deterministic=True)
    return content


def _part(text: str, tensors: Tensors) -> ModelProto:
    """Make a model of a graph in ONNX's own notation and of the constants that it names."""
    part = parser.parse_model(f'<ir_version: {IR_VERSION}, opset_import: ["" : {OPSET}]>{text}')
    part.graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in tensors.items())
    return part


def _frontend_tensors(config: FrontendConfig) -> Tensors:
    n_fft, reach = config.n_fft, config.n_fft // 2
    fourier = FourierMatrices.of_size(n_fft)
    frequencies = np.fft.rfftfreq(n_fft, 1 / config.sample_rate).astype(np.float64)
    triangles = mel_bank(frequencies, config.n_mels, config.f_min, config.f_max)
    integers = {
        "index_0": 0,
        "index_1": 1,
        "zero": [0],
        "one": [1],
        "minus_one": [-1],
        "end": [np.iinfo(np.int64).max],
        "reach": [0, reach, 0, reach],
        "hop_length": config.hop_length,
        "offsets": range(n_fft),
        "grid_shape": [0, 0, fourier.rows, fourier.columns],
        "power_shape": [0, 0, -1],
    }
    floats = {
        "preemphasis": config.preemphasis,
        "window": LogMel(config).window,
        "over_rows": fourier.over_rows,
        "cos": fourier.cos,
        "sin": fourier.sin,
        "over_columns": fourier.over_columns,
        "triangles": fourier.in_order(triangles).T,
        "log_offset": config.log_offset,
        "mean": config.mean,
        "scale": config.scale,
    }
    return {name: np.asarray(values, np.int64) for name, values in integers.items()} | {
        name: np.ascontiguousarray(values, np.float32) for name, values in floats.items()
    }


def _calibration_tensors(config: ModelConfig) -> Tensors:
    bias = [config.calibration.bias[name] for name in config.labels.names]
    values = {"temperature": config.calibration.temperature, "bias": bias}
    return {name: np.asarray(value, np.float32) for name, value in values.items()}
