"""A model folder is read strictly, and never as a pickle."""

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from instrument_model import ModelError
from instrument_model.atomic import waiting
from instrument_model.network.model import InstrumentNetwork, load_network, save_network
from instrument_model.weights import CONFIG_FILE, WEIGHTS_FILE, Model, file_sha256, load_model, save_model
from tests.support.app_server import ROOT


@pytest.fixture
def folder(network: InstrumentNetwork, tmp_path: Path) -> Path:
    save_network(tmp_path / "model", network)
    return tmp_path / "model"


def test_round_trip(folder: Path, network: InstrumentNetwork) -> None:
    loaded = load_network(folder)
    assert not loaded.training
    assert loaded.config == network.config
    waveform = 0.1 * torch.randn(2, 32_000)
    torch.testing.assert_close(loaded(waveform), network(waveform), rtol=0, atol=0)


def test_saved_files(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {CONFIG_FILE, WEIGHTS_FILE}
    plain = folder / "plain"
    plain.touch()
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        assert stat.S_IMODE((folder / name).stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_saving_again_replaces_the_model(folder: Path, network: InstrumentNetwork) -> None:
    (folder / WEIGHTS_FILE).write_bytes(b"old")
    save_network(folder, network)
    load_model(folder)


def test_equal_weights_are_equal_files(folder: Path) -> None:
    model = load_model(folder)
    checksums = {folder: file_sha256(folder / WEIGHTS_FILE)}
    for again in (folder.with_name(f"again {number}") for number in range(8)):
        save_model(again, model)
        checksums[again] = file_sha256(again / WEIGHTS_FILE)
    assert len(set(checksums.values())) == 1


def test_the_bundled_file_is_what_saving_it_makes(tmp_path: Path) -> None:
    save_model(tmp_path, load_model(ROOT / "weights"))
    assert (tmp_path / WEIGHTS_FILE).read_bytes() == (ROOT / "weights" / WEIGHTS_FILE).read_bytes()


def test_a_folder_that_cannot_be_written(network: InstrumentNetwork, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written"):
        save_network(tmp_path / "file" / "model", network)


def test_a_pickle_is_not_touched(folder: Path) -> None:
    (folder / WEIGHTS_FILE).unlink()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ModelError, match="safetensors only"):
        load_model(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff" * 100, b"cos\nsystem\n(S'true'\ntR."])
def test_what_is_no_safetensors_file(folder: Path, content: bytes) -> None:
    (folder / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="is damaged or not a safetensors file"):
        load_model(folder)


def test_a_file_that_is_cut_off(folder: Path) -> None:
    content = (folder / WEIGHTS_FILE).read_bytes()
    (folder / WEIGHTS_FILE).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder)


@pytest.mark.parametrize("change", ["missing", "additional", "shape"])
def test_parameters_must_fit(folder: Path, change: str) -> None:
    state = load_file(folder / WEIGHTS_FILE)
    if change == "missing":
        del state["classifier.5.bias"]
    elif change == "additional":
        state["classifier.6.bias"] = torch.zeros(3)
    else:
        state["classifier.5.bias"] = torch.zeros(12)
    save_file(state, folder / WEIGHTS_FILE)
    with pytest.raises(ModelError, match=r"1 parameters differ, the first is classifier\.[56]\.bias"):
        load_model(folder)


def test_weights_of_another_width(folder: Path) -> None:
    values = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    values["network"]["width"] = 0.4
    (folder / CONFIG_FILE).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ModelError, match="does not fit its"):
        load_model(folder)


def test_a_folder_without_configuration(folder: Path) -> None:
    (folder / CONFIG_FILE).unlink()
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        load_model(folder)


def test_a_configuration_that_is_no_text(folder: Path) -> None:
    (folder / CONFIG_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(folder)


def test_loading_leaves_the_random_state_alone(folder: Path) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    load_model(folder)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite(folder: Path, value: float) -> None:
    state = load_file(folder / WEIGHTS_FILE)
    state["features.3.block.1.0.weight"].view(-1)[0] = value
    save_file(state, folder / WEIGHTS_FILE)
    with pytest.raises(ModelError, match=r"not finite \(in features\.3\.block\.1\.0\.weight\)"):
        load_model(folder)


def test_weights_of_another_type(folder: Path) -> None:
    state = load_file(folder / WEIGHTS_FILE)
    save_file({name: tensor.half() for name, tensor in state.items()}, folder / WEIGHTS_FILE)
    with pytest.raises(ModelError, match="does not fit its"):
        load_model(folder)


def test_the_configuration_holds_the_checksum_of_the_weights(folder: Path) -> None:
    assert load_model(folder).config.weights_sha256 == file_sha256(folder / WEIGHTS_FILE)


@pytest.fixture
def other(network: InstrumentNetwork, tmp_path: Path) -> Path:
    """A model that differs in every number, and in nothing that shapes tell."""
    model = network.to_model()
    save_model(tmp_path / "other", Model(model.config, {name: 2 * tensor for name, tensor in model.tensors.items()}))
    return tmp_path / "other"


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE])
def test_a_file_of_another_model_is_refused(folder: Path, other: Path, name: str) -> None:
    shutil.copy(other / name, folder)
    with pytest.raises(ModelError, match=r"is not the file that its config\.json was written with.*again\.$"):
        load_model(folder)


def without_checksum(folder: Path) -> None:
    """Make of a folder what the library wrote before."""
    values = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    del values["weights_sha256"]
    (folder / CONFIG_FILE).write_text(json.dumps(values), encoding="utf-8")
    save_file(load_file(folder / WEIGHTS_FILE), folder / WEIGHTS_FILE, {"format": "pt"})


def test_a_folder_from_before_there_were_checksums(folder: Path) -> None:
    without_checksum(folder)
    assert load_model(folder).config.weights_sha256 is None


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE])
def test_half_of_a_folder_from_before_there_were_checksums(folder: Path, other: Path, name: str) -> None:
    without_checksum(folder)
    shutil.copy(other / name, folder)
    with pytest.raises(ModelError, match=r"is not the file that its config\.json was written with"):
        load_model(folder)


def test_a_calibration_by_hand_is_no_mixture(folder: Path) -> None:
    text = (folder / CONFIG_FILE).read_text(encoding="utf-8")
    (folder / CONFIG_FILE).write_text(text.replace('"temperature": 1.0', '"temperature": 2.0'), encoding="utf-8")
    assert load_model(folder).config.calibration.temperature == 2.0


SAVE = """
import sys
from pathlib import Path
from instrument_model.weights import Model, load_model, save_model
model = load_model(Path(sys.argv[1]))
other = Model(model.config, {name: tensor * 0 for name, tensor in model.tensors.items()})
while True:
    for each in (other, model):
        save_model(Path(sys.argv[2]), each)
        print(flush=True)
"""


def test_a_save_that_is_killed_between_its_two_files_is_found(folder: Path, tmp_path: Path) -> None:
    new = load_model(folder)
    old = Model(new.config, {name: tensor * 0 for name, tensor in new.tensors.items()})
    killed = tmp_path / "killed"
    save_model(killed, old)
    shutil.copy(folder / CONFIG_FILE, killed)
    with pytest.raises(ModelError, match="is not the file that"):
        load_model(killed)
    shutil.copy(folder / WEIGHTS_FILE, waiting(killed / WEIGHTS_FILE))
    found = load_model(killed)
    assert all((found.tensors[name] == tensor).all() for name, tensor in new.tensors.items())
    waiting(killed / WEIGHTS_FILE).write_bytes((folder / WEIGHTS_FILE).read_bytes()[:-1])
    with pytest.raises(ModelError, match="is not the file that"):
        load_model(killed)


@pytest.mark.slow
@pytest.mark.parametrize("saves", [1, 2, 5, 8])
def test_a_save_that_is_killed_leaves_a_model(folder: Path, tmp_path: Path, saves: int) -> None:
    command = [sys.executable, "-c", SAVE, str(folder), str(tmp_path / "saved")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as program:
        assert program.stdout
        for _ in range(saves):
            assert program.stdout.readline(), "it saves"
        program.kill()  # during the next one
    kept = tmp_path / "saved"
    found, saved = load_model(kept).tensors, load_model(folder).tensors
    zero = {name: bool((tensor == 0).all()) for name, tensor in found.items()}
    same = {name: bool((tensor == saved[name]).all()) for name, tensor in found.items()}
    assert all(zero.values()) or all(same.values()), "one of the two models, not some of each"
