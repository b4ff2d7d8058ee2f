"""Training end to end on a small data set with IRMAS's file names, made here: every instrument is a tone of its own."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from instrument_model.config import ModelConfig, NetworkConfig
from instrument_model.labels import INSTRUMENTS, LABEL_NAMES
from instrument_model.network.model import InstrumentNetwork, load_network, save_network
from tests.support.app_server import HANG_SECONDS, ROOT
from training.config import TrainSettings
from training.data.arguments import unseen_sources
from training.data.audio_cache import AudioCache
from training.data.augmentation_names import AUGMENTATIONS, SCENE_LEVEL_NAMES, VOICE_LEVEL_NAMES
from training.data.augmentations import AMPLIFIER, SCENE_LEVEL, VOICE_LEVEL, SpectrogramMask, add_at_snr, apply, rms
from training.data.clips import Clip, Split, check_split
from training.data.examples import Items
from training.data.mixing import BAND_TARGET, Part, accompany, mix
from training.data.sources import irmas
from training.errors import TrainingError
from training.interpolate import average, interpolate
from training.learning.checkpoint import CHECKPOINT_FILE, load_checkpoint, save_checkpoint
from training.learning.losses import label_loss, lead_loss

pytestmark = pytest.mark.slow

SAMPLE_RATE = 32_000


def tone(number: int, seed: int, seconds: float = 3.0) -> np.ndarray:
    """A tone whose spectrum says which instrument it stands for."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 110.0 * 2 ** rng.uniform(0, 1)
    partials = [1, 2 + number % 3, 3 + number, 6 + 2 * number]
    waves = np.sin(2 * np.pi * pitch * np.outer(partials, t))
    return np.asarray(waves.sum(axis=0) * 0.1, np.float32)


@pytest.fixture(scope="module")
def irmas_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five recordings of two excerpts for each of the ten instruments."""
    root = tmp_path_factory.mktemp("irmas")
    for number, label in enumerate(INSTRUMENTS):
        folder = root / "IRMAS-TrainingData" / label.irmas
        folder.mkdir(parents=True)
        for recording in range(5):
            for excerpt in (1, 2):
                name = f"{recording:03}__[{label.irmas}][nod][cla]{100 * number + recording:04}__{excerpt}.wav"
                samples = tone(number, 10 * recording + excerpt)
                soundfile.write(folder / name, np.stack([samples, samples], axis=1), SAMPLE_RATE)
    return root


@pytest.fixture(scope="module")
def clips(irmas_folder: Path) -> list[Clip]:
    return irmas.read_training(irmas_folder, "ten-class", dev_share=0.3)


@pytest.fixture(scope="module")
def audio(clips: list[Clip], tmp_path_factory: pytest.TempPathFactory) -> AudioCache:
    return AudioCache.build(tmp_path_factory.mktemp("cache"), clips, SAMPLE_RATE)


@pytest.fixture(scope="module")
def narrow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("narrow")
    save_network(folder, InstrumentNetwork(ModelConfig(network=NetworkConfig(width=0.1))))
    return folder


def make_items(clips: list[Clip], audio: AudioCache, without: tuple[str, ...] = (), length: int = 64) -> Items:
    training = [clip for clip in clips if clip.split == "train"]
    return Items(training, audio, length=length, batch_size=8, seed=3, sample_rate=SAMPLE_RATE, without=without)


def train_command(
    irmas_folder: Path, narrow_model: Path, out: Path, *, items: int = 96, extra: tuple[str, ...] = ()
) -> list[str]:
    return [
        *(
            "--irmas",
            str(irmas_folder),
            "--irmas-protocol",
            "ten-class",
            "--cache",
            str(out.parent / "cache"),
            "--backbone",
            str(narrow_model),
        ),
        *("--out", str(out), "--start", "scratch", "--items", str(items), "--batch-size", "8", "--score-every", "4"),
        *(
            "--workers",
            "0",
            "--cpu",
            "--average-decay",
            "0.5",
            "--without",
            "stretch",
            "pitch",
            "codec",
            "mixture",
            *extra,
        ),
    ]


def run_training(arguments: list[str], launcher: tuple[str, ...] = ("-m",)) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *launcher, "training.train", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS)


def checkpoint_state(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(folder / CHECKPOINT_FILE, weights_only=True)["state"]
    return state


def test_no_recording_is_on_both_sides_of_the_split(clips: list[Clip]) -> None:
    check_split(clips)
    sides = {clip.split for clip in clips}
    assert sides == {"train", "dev"}
    moved = [*clips, Clip(clips[0].path, clips[0].labels, "phrase", "test", clips[0].source, clips[0].group)]
    with pytest.raises(TrainingError, match="clips in both"):
        check_split(moved)


def test_an_item_depends_on_its_number_and_the_seed_alone(clips: list[Clip], audio: AudioCache) -> None:
    first, second = make_items(clips, audio), make_items(clips, audio)
    for index in (5, 0, 17):
        for key in ("waveform", "target", "known"):
            np.testing.assert_array_equal(first[index][key], second[index][key])
    assert not np.array_equal(first[1]["waveform"][:100], first[2]["waveform"][:100])


def test_items_of_a_batch_have_one_length_and_finite_samples(clips: list[Clip], audio: AudioCache) -> None:
    items = make_items(clips, audio)
    lengths = set()
    for start in range(0, 64, 8):
        batch = [items[i]["waveform"] for i in range(start, start + 8)]
        assert len({len(waveform) for waveform in batch}) == 1
        assert all(waveform.dtype == np.float32 and np.isfinite(waveform).all() for waveform in batch)
        lengths.add(len(batch[0]))
    assert len(lengths) > 1


def test_a_class_without_clips_is_named(clips: list[Clip], audio: AudioCache) -> None:
    with pytest.raises(TrainingError, match="no clip of flute"):
        make_items([clip for clip in clips if "flute" not in clip.labels], audio)


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name in {**VOICE_LEVEL, **SCENE_LEVEL}])
def test_every_effect_changes_the_sound_and_can_be_switched_off(name: str) -> None:
    effects = {**VOICE_LEVEL, **SCENE_LEVEL}
    _, effect = effects[name]
    waveform = tone(3, 1, 1.0)
    changed = effect(waveform, SAMPLE_RATE, np.random.default_rng(0))
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    assert len(changed) != len(waveform) or not np.allclose(changed, waveform)
    untouched = apply({name: (1.0, effect)}, waveform, SAMPLE_RATE, np.random.default_rng(0), {name})
    np.testing.assert_array_equal(untouched, waveform)


def test_the_list_of_names_is_that_of_the_effects() -> None:
    assert tuple(VOICE_LEVEL) == VOICE_LEVEL_NAMES
    assert tuple(SCENE_LEVEL) == SCENE_LEVEL_NAMES


def test_an_amplifier_adds_harmonics() -> None:
    waveform = np.sin(2 * np.pi * 220 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    rng = np.random.default_rng(4)
    spectra = [np.abs(np.fft.rfft(AMPLIFIER[1](waveform, SAMPLE_RATE, rng))) for _ in range(8)]
    assert max(spectrum[660] / spectrum[220] for spectrum in spectra) > 0.05


def test_pitch_and_stretch_do_what_they_say() -> None:
    waveform = np.sin(2 * np.pi * 440 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)

    def peak_hz(samples: np.ndarray) -> float:
        return float(np.argmax(np.abs(np.fft.rfft(samples))) * SAMPLE_RATE / len(samples))

    stretched = VOICE_LEVEL["stretch"][1](waveform, SAMPLE_RATE, np.random.default_rng(0))
    shifted = VOICE_LEVEL["pitch"][1](waveform, SAMPLE_RATE, np.random.default_rng(0))
    assert abs(len(stretched) / len(waveform) - 1) > 0.05
    assert peak_hz(stretched) == pytest.approx(440, rel=0.01)
    assert abs(len(shifted) - len(waveform)) <= 2
    assert abs(peak_hz(shifted) / 440 - 1) > 0.01


def test_add_at_snr_has_the_ratio_asked_for() -> None:
    signal, other = tone(0, 1), tone(5, 2)
    added = add_at_snr(signal, other, 12.0) - signal
    assert 20 * np.log10(rms(signal) / rms(added)) == pytest.approx(12.0, abs=0.05)


def test_masks_have_the_value_of_silence() -> None:
    config = ModelConfig().frontend
    torch.manual_seed(0)
    masked = SpectrogramMask(config)(torch.ones(4, 1, config.n_mels, 200))
    silence = (np.log(config.log_offset) - config.mean) / config.scale
    assert masked.unique().tolist() == pytest.approx([silence, 1.0])


def test_bands_stand_behind_a_soloist_and_never_lead(clips: list[Clip], audio: AudioCache) -> None:
    bands = [replace(clip, labels=(), kind="accompaniment") for clip in clips if clip.labels == ("piano",)]
    others = [clip for clip in clips if clip.labels != ("piano",)]
    with pytest.raises(TrainingError, match="no clip of piano"):
        make_items([*others, *bands], audio)
    items = make_items([*clips, *bands], audio, without=SCENE_LEVEL_NAMES)
    accompanied = [item for item in map(items.__getitem__, range(64)) if (item["solo"] != item["clean"]).any()]
    assert 8 < len(accompanied) < 32
    assert all(item["target"].max() == 1 for item in accompanied)
    alone = make_items([*clips, *bands], audio, without=("band",))
    assert all((item["solo"] == item["clean"]).all() for item in map(alone.__getitem__, range(16)))


def part(*names: str) -> Part:
    target = np.array([name in names for name in LABEL_NAMES], np.float32)
    return Part(tone(0, 0, 0.1), target, np.ones_like(target))


def test_a_mixture_has_the_union_of_labels_unless_the_second_part_is_faint() -> None:
    union = mix(part("cello"), part("flute", "voice"), 5.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(union.target)} == {"cello", "flute", "voice"}
    assert union.known.all()
    faint = mix(part("cello"), part("flute"), 12.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.target)} == {"cello"}
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.known == 0)} == {"flute"}


def test_a_band_sounds_but_does_not_lead() -> None:
    heard = accompany(part("violin"), part("piano", "violin"), 5.0)
    assert {LABEL_NAMES[i]: float(heard.target[i]) for i in np.flatnonzero(heard.target)} == {
        "piano": pytest.approx(BAND_TARGET),
        "violin": 1.0,
    }
    assert heard.known.all()
    faint = accompany(part("violin"), part("piano", "violin"), 12.0)
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.target)} == {"violin"}
    assert {LABEL_NAMES[i] for i in np.flatnonzero(faint.known == 0)} == {"piano"}


def test_the_leading_loss_counts_where_one_instrument_leads() -> None:
    violin, voice = LABEL_NAMES.index("violin"), LABEL_NAMES.index("voice")
    target = torch.from_numpy(np.stack([part("violin").target, part("violin", "piano").target, part("voice").target]))
    logits = torch.zeros(3, len(LABEL_NAMES))
    assert float(lead_loss(logits, target)) == pytest.approx(np.log(10) / 3, rel=1e-6)
    logits[0, violin], logits[0, voice] = 20.0, 40.0  # a voice may sound as much as it likes
    assert float(lead_loss(logits, target)) == pytest.approx(0.0, abs=1e-6)


def test_the_loss_by_hand() -> None:
    logits, target = torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    everything = label_loss(logits, target, torch.ones(1, 2), 0.0)
    assert float(everything) == pytest.approx((np.log(2) + np.log1p(np.exp(2.0))) / 2, rel=1e-6)
    first_only = label_loss(logits, target, torch.tensor([[1.0, 0.0]]), 0.0)
    assert float(first_only) == pytest.approx(np.log(2), rel=1e-6)


def test_interpolation_and_average_by_hand() -> None:
    old = {"w": torch.tensor([0.0, 2.0]), "count": torch.tensor(7)}
    new = {"w": torch.tensor([4.0, 4.0]), "count": torch.tensor(9)}
    between = interpolate(old, new, 0.25)
    assert between["w"].tolist() == [1.0, 2.5]
    assert int(between["count"]) == 7
    assert average([old, new])["w"].tolist() == [2.0, 3.0]


def test_unseen_sources_leave_out_collections_with_training_clips() -> None:
    sides: tuple[tuple[Split, str], ...] = (("train", "x"), ("dev", "x"), ("dev", "y"))
    known = [Clip(Path(f"{n}.wav"), (), "phrase", split, source, str(n)) for n, (split, source) in enumerate(sides)]
    assert [clip.source for clip in unseen_sources(known)] == ["y"]


def test_training_learns_and_the_result_loads(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run_training(train_command(irmas_folder, narrow_model, out, items=640, extra=("--learning-rate", "3e-3")))
    assert done.returncode == 0, done.stderr
    progress = checkpoint_state(out)["progress"]
    losses = [loss for _, loss in progress["losses"]]
    assert np.mean(losses[-3:]) < 0.85 * losses[0]
    assert progress["best"] > progress["scores"][0][1]["total"]
    assert (out / "curves.png").stat().st_size > 10_000
    assert list((out / "tensorboard").iterdir())
    model = load_network(out / "model")
    assert model(torch.zeros(1, SAMPLE_RATE)).shape == (1, len(LABEL_NAMES))


def test_a_run_that_does_not_improve_says_so(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run_training(train_command(irmas_folder, narrow_model, out, items=32, extra=("--learning-rate", "0.0")))
    assert done.returncode == 0, done.stderr
    assert "at step 0; model in" in done.stdout
    assert f"{out / 'model'} holds these unchanged; give more data or steps" in done.stderr


def test_data_without_development_clips_is_refused(narrow_model: Path, tmp_path: Path) -> None:
    for label in INSTRUMENTS:
        (tmp_path / "data" / label.name).mkdir(parents=True)
        soundfile.write(tmp_path / "data" / label.name / "only.wav", tone(0, 0, 0.5), SAMPLE_RATE)
    arguments = ["--folder", str(tmp_path / "data"), "--cache", str(tmp_path / "cache"), "--out", str(tmp_path / "run")]
    done = run_training([*arguments, "--backbone", str(narrow_model), "--cpu"])
    assert done.returncode == 1
    assert done.stderr.endswith("or put some into a folder named dev.\n")
    assert "Traceback" not in done.stderr


def test_a_killed_run_goes_on_bit_for_bit(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run_training(train_command(irmas_folder, narrow_model, whole)).returncode == 0

    arguments = train_command(irmas_folder, narrow_model, broken)
    process = subprocess.Popen(
        [sys.executable, "-m", "training.train", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + HANG_SECONDS
    while not (broken / CHECKPOINT_FILE).exists() or checkpoint_state(broken)["progress"]["step"] < 4:
        assert time.monotonic() < deadline
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed_at = checkpoint_state(broken)["progress"]["step"]
    assert killed_at < checkpoint_state(whole)["progress"]["step"]

    again = run_training(arguments)
    assert again.returncode == 0, again.stderr
    a, b = checkpoint_state(whole), checkpoint_state(broken)
    assert a["progress"]["step"] == b["progress"]["step"] == 12
    for name in ("network", "average"):
        assert all(torch.equal(value, b[name][key]) for key, value in a[name].items() if isinstance(value, Tensor))


def test_two_processes_train_one_model(irmas_folder: Path, narrow_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    launcher = ("-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1", "-m")
    done = run_training(train_command(irmas_folder, narrow_model, out, items=64), launcher)
    assert done.returncode == 0, done.stderr
    assert checkpoint_state(out)["progress"]["step"] == 8
    assert load_network(out / "model")


def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, TrainSettings(seed=1), {"step": torch.tensor(1)})
    assert load_checkpoint(tmp_path, TrainSettings(seed=1)) is not None
    with pytest.raises(TrainingError, match=r"other settings \(seed\)"):
        load_checkpoint(tmp_path, TrainSettings(seed=2))
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"PK\x03\x04 not a checkpoint")
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(tmp_path, TrainSettings(seed=1))


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, TrainSettings(), {"step": torch.tensor(1)})
    before = (tmp_path / CHECKPOINT_FILE).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainingError, match="No space left"):
        save_checkpoint(tmp_path, TrainSettings(), {"step": torch.tensor(2)})
    assert (tmp_path / CHECKPOINT_FILE).read_bytes() == before
    assert not list(tmp_path.glob("*.partial"))


def test_the_command_says_in_one_sentence_what_is_wrong(narrow_model: Path, tmp_path: Path) -> None:
    cases = {
        "No data is named": [],
        "go together": ["--folder", str(tmp_path), "--distil", "0.5"],
        "manifest": ["--library", str(tmp_path)],
    }
    for sentence, arguments in cases.items():
        done = run_training([*arguments, "--out", str(tmp_path / "run"), "--backbone", str(narrow_model)])
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
