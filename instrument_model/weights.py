"""A model folder: `config.json` and `model.safetensors`, read strictly and written whole or not at all."""

import hashlib
import tempfile
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from .config import ModelConfig
from .errors import ModelError
from .network.model import InstrumentNetwork

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"


def file_sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_model(folder: Path, model: InstrumentNetwork) -> None:
    """Writes the model into `folder`, each file complete or not at all.

    Raises:
        ModelError: The folder cannot be written.
    """
    state = {name: tensor.detach().contiguous().cpu() for name, tensor in model.network.state_dict().items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as temporary:
            weights, config = Path(temporary, WEIGHTS_FILE), Path(temporary, CONFIG_FILE)
            save_file(state, weights, metadata={"format": "pt"})
            config.write_text(model.config.to_json(), encoding="utf-8")
            weights.chmod(config.stat().st_mode)  # safetensors keeps it to the owner; the umask is to decide
            weights.replace(folder / WEIGHTS_FILE)
            config.replace(folder / CONFIG_FILE)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"The model cannot be written to {folder}: {error}; choose a folder with room that you may write to."
        ) from error


def load_config(folder: Path) -> ModelConfig:
    """Reads the configuration of a model folder.

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


def load_model(folder: Path) -> InstrumentNetwork:
    """Reads a model folder; every parameter must be there with the shape that the configuration asks for, and no other.

    Returns:
        The network in evaluation mode on the CPU.

    Raises:
        ModelError: A file is missing or broken, or weights and configuration do not belong together.
    """
    config = load_config(folder)
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise ModelError(
            f"{folder} holds no {WEIGHTS_FILE}; models are loaded from safetensors only, export this one again."
        )
    with torch.random.fork_rng(devices=[]):  # the weights drawn here are overwritten: the caller's numbers stay theirs
        model = InstrumentNetwork(config)
    expected = {name: list(tensor.shape) for name, tensor in model.network.state_dict().items()}
    try:
        with safe_open(path, framework="pt") as file:
            found = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 - not a mapping
        if found != expected:
            odd = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
            raise ModelError(
                f"{path} does not fit its {CONFIG_FILE} ({len(odd)} parameters differ, the first is {odd[0]}); "
                "export the model again."
            )
        model.network.load_state_dict(load_file(path), strict=True)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or not a safetensors file; download or export the model again.") from error
    return model.eval()
