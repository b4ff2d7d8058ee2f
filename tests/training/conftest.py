"""What several tests of training share: tones under IRMAS's file names, and a narrow network."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.labels import INSTRUMENT_NAMES
from instrument_model.network.model import InstrumentNetwork, save_network
from tests.support.training.runs import SAMPLE_RATE, tone
from training.data.audio_cache import AudioCache
from training.data.clips import Clip
from training.data.sources import irmas


@pytest.fixture(scope="session")
def irmas_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five recordings of two excerpts for each of the ten instruments."""
    root = tmp_path_factory.mktemp("irmas")
    for number, label in enumerate(INSTRUMENT_NAMES):
        folder = root / "IRMAS-TrainingData" / irmas.CODES[label]
        folder.mkdir(parents=True)
        for recording in range(5):
            for excerpt in (1, 2):
                name = f"{recording:03}__[{irmas.CODES[label]}][nod][cla]{100 * number + recording:04}__{excerpt}.wav"
                samples = tone(number, 10 * recording + excerpt)
                soundfile.write(folder / name, np.stack([samples, samples], axis=1), SAMPLE_RATE)
    return root


@pytest.fixture(scope="session")
def clips(irmas_folder: Path) -> list[Clip]:
    return irmas.read_training(irmas_folder, "ten-class", dev_share=0.3)


@pytest.fixture(scope="session")
def audio(clips: list[Clip], tmp_path_factory: pytest.TempPathFactory) -> AudioCache:
    return AudioCache.build(tmp_path_factory.mktemp("cache"), clips, SAMPLE_RATE)


@pytest.fixture(scope="session")
def narrow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("narrow")
    save_network(folder, InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1))))
    return folder
