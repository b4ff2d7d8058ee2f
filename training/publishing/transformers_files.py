"""What lets Transformers load a model: fields in `config.json`, and modules that travel with the weights.

`pipeline("audio-classification", model=…, trust_remote_code=True)` runs these modules, which need PyTorch and nothing
of ours. Our own loader never runs anything from a model's folder.
"""

import json
import re
import shutil
from pathlib import Path

import instrument_model
from instrument_model.config import ModelConfig
from instrument_model.weights import CONFIG_FILE

PREPROCESSOR_FILE = "preprocessor_config.json"
REMOTE_CODE = Path(__file__).with_name("remote_code")
NETWORK = "network/mobilenet.py"
CONFIGURATION, MODELING, FEATURES = (
    f"{kind}_instrument_model" for kind in ("configuration", "modeling", "feature_extraction")
)


def write_transformers_files(folder: Path, config: ModelConfig) -> None:
    """Write everything beside `model.safetensors` that Transformers asks for into a folder.

    Args:
        folder: Gets `config.json` (ours, with the fields that Transformers reads), `preprocessor_config.json` and the
            modules.
        config: Of the model.
    """
    (folder / CONFIG_FILE).write_text(_json(config_fields(config) | json.loads(config.to_json())), encoding="utf-8")
    preprocessor = {
        "auto_map": {"AutoFeatureExtractor": f"{FEATURES}.InstrumentModelFeatureExtractor"},
        "feature_extractor_type": "InstrumentModelFeatureExtractor",
        "feature_size": 1,
        "padding_value": 0.0,
        "sampling_rate": config.frontend.sample_rate,
    }
    (folder / PREPROCESSOR_FILE).write_text(_json(preprocessor), encoding="utf-8")
    for path in REMOTE_CODE.glob("*.py"):
        shutil.copy(path, folder)
    for name, source in network_modules().items():
        (folder / name).write_text(source, encoding="utf-8")


def config_fields(config: ModelConfig) -> dict[str, object]:
    """Return the fields of `config.json` that are there for Transformers alone."""
    return {
        "architectures": ["InstrumentModelForAudioClassification"],
        "auto_map": {
            "AutoConfig": f"{CONFIGURATION}.InstrumentModelConfig",
            "AutoModelForAudioClassification": f"{MODELING}.InstrumentModelForAudioClassification",
        },
        "dtype": "float32",
        "id2label": dict(enumerate(config.labels.names)),
        "label2id": {label: number for number, label in enumerate(config.labels.names)},
        "model_type": "instrument-model",
        "problem_type": "multi_label_classification",
    }


def network_modules() -> dict[str, str]:
    """Return the network's own source by file name, with imports of what lies beside it in a repository.

    The network is written once; `NetworkConfig` comes from the configuration module that Transformers has loaded.
    """
    package = Path(instrument_model.__file__).parent
    modules, waiting = {}, [package / NETWORK]
    while waiting:
        path = waiting.pop()
        source = path.read_text(encoding="utf-8").replace("from ..config import", f"from .{CONFIGURATION} import")
        for parents, name in re.findall(r"^from \.\.((?:\w+\.)*)(\w+) import", source, re.MULTILINE):
            waiting.append(package.joinpath(*parents.split("."), f"{name}.py"))
        modules[path.name] = re.sub(r"^from \.\.(?:\w+\.)*(\w+) import", r"from .\1 import", source, flags=re.MULTILINE)
    return modules


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, indent=2) + "\n"
