"""A model folder: `config.json` and `model.safetensors`, read strictly and written whole or not at all.

The configuration holds the checksum of the weights that it was written with, and weights whose configuration must hold
one say so in their header. So what a killed process or a half-copied folder leaves is never taken for a model.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save

from .atomic import together, waiting
from .config import ModelConfig
from .errors import ModelError
from .onnx.graph import network_graph
from .resemblance.classes import count_classes

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"

_NAMED_BY = "named_by"
"""Where the header of weights names the file that must hold their checksum."""

_METADATA = {_NAMED_BY: CONFIG_FILE, "format": "pt"}
"""Metadata of the weights; transformers reads `format`."""

_LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header (https://huggingface.co/docs/safetensors)."""

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Model:
    """A model in memory.

    Attributes:
        config: Everything besides the weights.
        tensors: The network's parameters and statistics, and those of the second head if there is one, by their names
            in `model.safetensors`.
    """

    config: ModelConfig
    tensors: Tensors


def is_repository(name: str) -> bool:
    """Return whether a name is written as that of a Hub repository, `owner/name`."""
    return re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", name) is not None


def file_sha256(path: Path) -> str:
    """Return the file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_bytes(config: ModelConfig) -> int:
    """Return the size of all tensors of a model in bytes."""
    return sum(prod(shape) * (8 if kind == "I64" else 4) for kind, shape in _expected(config).values())


def save_model(folder: Path, model: Model) -> None:
    """Write the model into `folder`, each file complete or not at all.

    A process that is killed between the two leaves the new configuration, the old weights, and the new ones beside
    them, where `load_model` finds them.

    Raises:
        ModelError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with together(folder / CONFIG_FILE, folder / WEIGHTS_FILE) as (config, weights):
            weights.write_bytes(_serialized(model.tensors))
            config.write_text(replace(model.config, weights_sha256=file_sha256(weights)).to_json(), encoding="utf-8")
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"The model cannot be written to {folder}: {error}; choose a folder with room that you may write to."
        ) from error


def _serialized(tensors: Tensors) -> bytes:
    """Return the content of `model.safetensors`; equal weights give equal bytes, so that a checksum names them.

    safetensors writes metadata in an order that differs from call to call, so its header is written again in ours.
    """
    data = save({name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}, _METADATA)
    start = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    header = json.loads(data[_LENGTH_BYTES:start]) | {"__metadata__": _METADATA}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return data[:_LENGTH_BYTES] + text.ljust(start - _LENGTH_BYTES) + data[start:]


def load_config(folder: Path) -> ModelConfig:
    """Read the configuration of a model folder.

    Raises:
        ModelError: It is missing, broken or of a newer format.
    """
    try:
        return ModelConfig.from_json((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder} holds no {CONFIG_FILE}; give a folder that holds {CONFIG_FILE} and {WEIGHTS_FILE}."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder / CONFIG_FILE} cannot be read; download or export the model again.") from error


def load_model(folder: Path) -> Model:
    """Read a model folder.

    Every tensor must be there with the type and the shape that the configuration asks for, and no other; all numbers
    must be finite. The weights must have the checksum that the configuration holds, if it holds one.

    Raises:
        ModelError: A file is missing or broken, or weights and configuration do not belong together.
    """
    config = load_config(folder)
    path = _weights_of(config, folder)
    if not path.is_file():
        raise ModelError(
            f"{folder} holds no {WEIGHTS_FILE}; models are loaded from safetensors only, export this one again."
        )
    try:
        named = _check_header(path, config)
        tensors = load_file(path)
        mixed = file_sha256(path) != config.weights_sha256 if config.weights_sha256 else named
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or not a safetensors file; download or export the model again.") from error
    broken = next((name for name, tensor in tensors.items() if not np.isfinite(tensor).all()), None)
    if broken:
        raise ModelError(
            f"{path} holds numbers that are not finite (in {broken}), as after a training that failed; "
            "use another model."
        )
    if mixed:
        raise ModelError(
            f"{path} is not the file that its {CONFIG_FILE} was written with, as after a copy that was interrupted; "
            "download or export the model again."
        )
    return Model(config, tensors)


def _weights_of(config: ModelConfig, folder: Path) -> Path:
    """Return the weights in their place, or those that a process was killed before it could put there."""
    path, written = folder / WEIGHTS_FILE, waiting(folder / WEIGHTS_FILE)
    try:
        if written.is_file() and file_sha256(path) != config.weights_sha256 == file_sha256(written):
            return written
    except OSError:
        pass  # whoever opens the file says what is wrong
    return path


def _check_header(path: Path, config: ModelConfig) -> bool:
    """Compare types and shapes with those of the network before any tensor is read.

    Returns:
        Whether the configuration must hold the checksum of the weights.
    """
    expected = _expected(config)
    with safe_open(path, framework="numpy") as file:
        slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        found = {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()}
        named = _NAMED_BY in (file.metadata() or {})
    if found != expected:
        odd = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        raise ModelError(
            f"{path} does not fit its {CONFIG_FILE} ({len(odd)} parameters differ, the first is {odd[0]}); "
            "export the model again."
        )
    return named


def _expected(config: ModelConfig) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return type and shape of every tensor; PyTorch counts batches beside the statistics of a normalisation."""
    shapes = network_graph(config.network, len(config.labels), count_classes(config.resemblance)).shapes
    expected = {name: ("F32", shape) for name, shape in shapes.items()}
    counters = (name.replace("running_var", "num_batches_tracked") for name in shapes if name.endswith("running_var"))
    return expected | dict.fromkeys(counters, ("I64", ()))
