"""Rendered phrases: what FluidSynth makes of a plan, written beside an index of what is heard in each."""

import csv
import io
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from instrument_model.atomic import whole

from ..config import SAMPLE_RATE
from ..data.levels import amplitude
from ..errors import TrainingError
from .midi_performance import write_midi
from .midi_score import excerpt, read_score
from .plan import Amplifier, Phrase

SYNTHESIS_RATE = 44_100  # the rate of most samples: rendered there, high partials do not fold
SILENCE = 1e-3
LEAST_SOUNDING = 0.4  # share of a phrase: with more rests than that there is little to learn from it
INDEX_COLUMNS = ("path", "kind", "labels", "complete", "detail", "source", "group", "seconds", "settings")


def synthesise(phrase: Phrase) -> npt.NDArray[np.float32]:
    """Play a phrase.

    Returns:
        Mono waveform at 32 kHz, shape (samples,), its peak between -9 and -1 dBFS; all zeros if most of it is silent.

    Raises:
        TrainingError: `fluidsynth` is missing or fails.
    """
    import soundfile
    import soxr

    rng = np.random.default_rng((*phrase.seed, 1))
    score = excerpt(read_score(phrase.midi), phrase.start, phrase.seconds, phrase.tempo)
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        midi, wave = Path(folder, "phrase.mid"), Path(folder, "phrase.wav")
        write_midi(midi, score, phrase.parts, phrase.seconds, rng)
        settings = {
            "synth.reverb.active": int(phrase.reverb > 0),
            "synth.reverb.level": 0.9 * phrase.reverb,
            "synth.reverb.room-size": 0.2 + 0.7 * phrase.reverb,
            "synth.chorus.active": int(phrase.chorus > 0),
            "synth.chorus.level": phrase.chorus,
            "synth.dynamic-sample-loading": 1,
            "synth.gain": 0.5,
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        output = ["-ni", "-q", "-r", str(SYNTHESIS_RATE), "-T", "wav", "-O", "float", "-F", str(wave)]
        command = ["fluidsynth", *options, *output, str(phrase.font), str(midi)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603  (no shell)
        except FileNotFoundError as error:
            raise TrainingError(
                "The program fluidsynth is missing; install it (apt-get install fluidsynth)."
            ) from error
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise TrainingError(f"fluidsynth failed on {phrase.midi} with {phrase.font}; check both files.") from error
        stereo, _ = soundfile.read(wave, dtype="float32", always_2d=True)
    waveform = soxr.resample(stereo.mean(axis=1), SYNTHESIS_RATE, SAMPLE_RATE)[
        : int((phrase.seconds + 0.8) * SAMPLE_RATE)
    ]
    frames = np.abs(waveform[: len(waveform) // 1600 * 1600]).reshape(-1, 1600).max(axis=1)
    peak = frames.max(initial=0.0)
    if peak < SILENCE or np.mean(frames > 0.01 * peak) < LEAST_SOUNDING:
        return np.zeros_like(waveform, dtype=np.float32)
    if phrase.amplifier is not None:
        waveform = _amplify(waveform / np.abs(waveform).max() * 0.5, phrase.amplifier)
    fade = min(len(waveform), SAMPLE_RATE // 10)
    waveform[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    level = amplitude(rng.uniform(-9, -1))
    return np.asarray(waveform / np.abs(waveform).max() * level, dtype=np.float32)


def _amplify(waveform: npt.NDArray[np.float32], amplifier: Amplifier) -> npt.NDArray[np.float32]:
    import pedalboard as pb

    chain: list[pb.Plugin] = [pb.HighpassFilter(70)]
    if amplifier.drive_db:
        chain.append(pb.Distortion(amplifier.drive_db))
    chain += [pb.LowpassFilter(amplifier.cabinet_hz), pb.LowpassFilter(amplifier.cabinet_hz * 1.3)]
    if amplifier.chorus:
        chain.append(pb.Chorus(mix=amplifier.chorus))
    if amplifier.phaser:
        chain.append(pb.Phaser(mix=amplifier.phaser))
    if amplifier.delay:
        chain.append(pb.Delay(delay_seconds=0.33, feedback=0.3, mix=amplifier.delay * 0.6))
    return np.asarray(pb.Chain(chain)(waveform, SAMPLE_RATE), dtype=np.float32)


def _write(path: Path, waveform: npt.NDArray[np.float32]) -> None:
    import soundfile

    encoded = io.BytesIO()  # libsndfile is silent about a disk that fills up
    soundfile.write(encoded, waveform, SAMPLE_RATE, format="OGG", subtype="VORBIS")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_bytes(encoded.getvalue())
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error.strerror}); make room there and start again.") from error


def write_index(output: Path, plan: list[Phrase]) -> int:
    """Write `index.csv` for the phrases of the plan that are rendered; return how many are."""
    import soundfile

    rows = 0
    with whole(output / "index.csv") as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, INDEX_COLUMNS)
        writer.writeheader()
        for phrase in plan:
            path = output / phrase.filename
            if path.exists():
                writer.writerow(
                    {
                        "path": phrase.filename,
                        "kind": phrase.kind,
                        "labels": " ".join(phrase.labels),
                        "complete": "yes" if phrase.complete else "no",
                        "detail": phrase.detail,
                        "source": f"rendered_{phrase.font.stem}",
                        "group": phrase.group,
                        "seconds": f"{soundfile.info(path).duration:.2f}",
                        "settings": phrase.settings,
                    }
                )
                rows += 1
    return rows


def render(plan: list[Phrase], output: Path, index_every: int = 200, workers: int = 1) -> Iterator[tuple[Phrase, bool]]:
    """Render what is missing and keep the index in step; yield each phrase and whether it sounds.

    Raises:
        TrainingError: FluidSynth is missing or fails, or the disk is full.
    """
    output.mkdir(parents=True, exist_ok=True)
    missing = [phrase for phrase in plan if not (output / phrase.filename).exists()]
    pool = ThreadPoolExecutor(workers)  # threads suffice: FluidSynth is a process of its own
    try:
        for number, (phrase, sounds) in enumerate(
            zip(missing, pool.map(lambda phrase: _render(phrase, output), missing), strict=True), start=1
        ):
            if number % index_every == 0:
                write_index(output, plan)
            yield phrase, sounds
    finally:
        pool.shutdown(cancel_futures=True)
    write_index(output, plan)


def _render(phrase: Phrase, output: Path) -> bool:
    waveform = synthesise(phrase)
    sounds = bool(np.any(waveform))
    if sounds:
        _write(output / phrase.filename, waveform)
    return sounds


def find_midi(folders: list[Path]) -> list[Path]:
    """Return all MIDI files below some folders, sorted.

    Raises:
        TrainingError: There are none.
    """
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    if not files:
        raise TrainingError(
            f"There are no MIDI files below {', '.join(map(str, folders))}; give folders that hold some."
        )
    return files
