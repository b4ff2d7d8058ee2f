"""Front end and network are those of the AudioSet checkpoint mn04_as."""

import numpy as np
import pytest
import torch

from instrument_model.classifier import BUNDLED_WEIGHTS
from instrument_model.config import FrontendConfig, ModelConfig, NetworkConfig
from instrument_model.labels import LABELS, Label, LabelSet
from instrument_model.network.frontend import LogMel
from instrument_model.network.mobilenet import InvertedResidual, MobileNetV3
from instrument_model.network.model import InstrumentNetwork, load_network, with_labels
from instrument_model.onnx.architecture import BLOCKS, scale_channels

AUDIOSET_LABELS = 527


@pytest.fixture(scope="module")
def mn04() -> MobileNetV3:
    return MobileNetV3(NetworkConfig(), AUDIOSET_LABELS).eval()


def rising_tone() -> torch.Tensor:
    time = np.arange(10 * 32_000) / 32_000
    return torch.from_numpy((0.5 * np.sin(2 * np.pi * (220 * time + 110 * time**2))).astype(np.float32))[None]


def test_the_front_end_gives_the_figures_of_the_original() -> None:
    features = LogMel(FrontendConfig())(rising_tone())
    assert features.shape == (1, 1, 128, 1000)
    assert features.mean().item() == pytest.approx(-1.1837, abs=1e-3)
    assert features.std().item() == pytest.approx(0.6492, abs=1e-3)


@pytest.mark.parametrize("samples", [8_000, 31_999, 32_000, 32_001, 96_000])
def test_frames(samples: int) -> None:
    features = LogMel(FrontendConfig())(torch.zeros(2, samples))
    assert features.shape == (2, 1, 128, 1 + (samples - 1) // 320)


def test_silence_is_the_logarithm_of_the_offset() -> None:
    features = LogMel(FrontendConfig())(torch.zeros(1, 8_000))
    torch.testing.assert_close(features, torch.full_like(features, (np.log(1e-5) + 4.5) / 5))


def test_a_higher_tone_is_a_higher_band() -> None:
    time = torch.arange(32_000) / 32_000
    tones = torch.stack([torch.sin(2 * torch.pi * pitch * time) for pitch in (220, 880, 3520, 14_080)])
    bands = LogMel(FrontendConfig())(tones).mean(dim=(1, 3)).argmax(dim=1).tolist()
    edges = 1127 * np.log1p(15_000 / 700) / 129  # HTK's mel scale
    assert bands == pytest.approx(
        [1127 * np.log1p(pitch / 700) / edges - 1 for pitch in (220, 880, 3520, 14_080)], abs=1
    )


@pytest.mark.parametrize(
    ("channels", "scaled"), [(16, 8), (24, 16), (40, 16), (80, 32), (112, 48), (160, 64), (960, 384), (1280, 512)]
)
def test_channels_at_width_04(channels: int, scaled: int) -> None:
    assert scale_channels(channels, 0.4) == scaled


def test_channels_are_never_far_below_the_product() -> None:
    for width in (0.1, 0.25, 0.4, 0.75, 1.0, 1.3, 2.0):
        for channels in range(8, 1000, 8):
            scaled = scale_channels(channels, width)
            assert scaled % 8 == 0
            assert scaled >= 0.9 * channels * width


@pytest.mark.parametrize(("width", "parameters"), [(0.4, 983_599), (1.0, 4_876_831), (2.0, 17_909_287)])
def test_parameters(width: float, parameters: int) -> None:
    with torch.device("meta"):
        network = MobileNetV3(NetworkConfig(width=width), AUDIOSET_LABELS)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


def test_shapes_follow_the_table(mn04: MobileNetV3) -> None:
    shapes: list[tuple[int, ...]] = []
    x = torch.zeros(1, 1, 128, 1000)
    with torch.inference_mode():
        for layer in mn04.features:
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
        assert mn04(torch.zeros(3, 1, 128, 300)).shape == (3, AUDIOSET_LABELS)
        assert mn04.embed(torch.zeros(3, 1, 128, 300)).shape == (3, 384)
    assert shapes == [
        (8, 64, 500),
        (8, 64, 500),
        (16, 32, 250),
        (16, 32, 250),
        *3 * [(16, 16, 125)],
        *4 * [(32, 8, 63)],
        *2 * [(48, 8, 63)],
        *3 * [(64, 4, 32)],
        (384, 4, 32),
    ]


def test_names_are_those_of_the_checkpoint(mn04: MobileNetV3) -> None:
    shapes = {name: tuple(tensor.shape) for name, tensor in mn04.state_dict().items()}
    assert shapes["features.0.0.weight"] == (8, 1, 3, 3)
    assert shapes["features.4.block.1.0.weight"] == (32, 1, 5, 5)
    assert shapes["features.4.block.2.conc_se_layers.0.fc1.weight"] == (8, 32)
    assert shapes["features.16.0.weight"] == (384, 64, 1, 1)
    assert shapes["classifier.2.weight"] == (512, 384)
    assert shapes["classifier.5.weight"] == (AUDIOSET_LABELS, 512)


def test_batch_normalisation_is_that_of_the_checkpoint(mn04: MobileNetV3) -> None:
    found = {(m.eps, m.momentum) for m in mn04.modules() if isinstance(m, torch.nn.BatchNorm2d)}
    assert found == {(1e-3, 0.01)}


def test_blocks_add_their_input_where_shapes_agree(mn04: MobileNetV3) -> None:
    blocks = [layer for layer in mn04.features if isinstance(layer, InvertedResidual)]
    assert len(blocks) == len(BLOCKS)
    assert [number for number, block in enumerate(blocks) if block.residual] == [0, 2, 4, 5, 7, 8, 9, 11, 13, 14]


def test_every_parameter_learns(network: InstrumentNetwork) -> None:
    model = InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1)))
    model.load_state_dict(network.state_dict())
    model(0.1 * torch.randn(2, 32_000)).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())


def test_windows_of_a_batch_do_not_influence_each_other(network: InstrumentNetwork) -> None:
    windows = 0.1 * torch.randn(4, 32_000, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        together = network(windows)
        alone = torch.cat([network(window[None]) for window in windows])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_a_network_gets_other_labels_and_keeps_what_it_knows() -> None:
    bundled = load_network(BUNDLED_WEIGHTS)
    labels = LabelSet((Label("viola", "Viola", "strings"), *LABELS))
    other = with_labels(bundled, labels)
    with torch.inference_mode():
        before, after = bundled(rising_tone()), other(rising_tone())
    torch.testing.assert_close(after[:, 1:], before)
    assert after[:, 0].item() == 0.0
    assert with_labels(bundled, LABELS) is bundled
