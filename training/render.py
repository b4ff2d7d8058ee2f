"""Phrases rendered from MIDI files with sampled instruments: `python -m training.render MIDI_FOLDER ... --soundfont FILE ... --output FOLDER`.

Every phrase is drawn from the seed and its own number: the same arguments always give the same phrases, a run that was killed goes on where it
stopped, and a larger count adds phrases without changing those that are there. FluidSynth (https://www.fluidsynth.org) plays them.
"""

import argparse
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from instrument_model.errors import InstrumentModelError

from .errors import TrainingError
from .performance import Part, Style, excerpt, read_score, write_midi
from .presets import OTHER, RENDERED_LABELS, Voice, voices_of

SAMPLE_RATE = 32_000
SYNTHESIS_RATE = 44_100  # the rate of most samples: rendered there, high partials do not fold
SILENCE = 1e-3
LEAST_SOUNDING = 0.4  # share of a phrase: with more rests than that there is little to learn from it
INDEX_COLUMNS = ("path", "labels", "detail", "source", "group", "seconds", "settings")
DEFAULT_COUNTS = {label: 220 for label in RENDERED_LABELS} | {"voice": 100, OTHER: 700}


@dataclass(frozen=True)
class Amplifier:
    """A guitar amplifier in a few numbers: gain before the clipping, loudspeaker's upper limit, modulation and echo (0 for none)."""

    drive_db: float
    cabinet_hz: float
    chorus: float
    phaser: float
    delay: float


@dataclass(frozen=True)
class Phrase:
    """Everything that determines a rendered phrase."""

    midi: Path
    font: Path
    parts: tuple[Part, ...]
    start: float
    tempo: float
    seconds: float
    reverb: float
    chorus: float
    amplifier: Amplifier | None
    seed: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted({part.voice.label for part in self.parts} - {OTHER}))

    @property
    def detail(self) -> str:
        return "+".join(part.voice.detail for part in self.parts)

    @property
    def group(self) -> str:
        voice = self.parts[0].voice
        return f"{self.midi.parent.name}/{self.midi.stem}@{self.font.stem}:{voice.bank}:{voice.program}"

    @property
    def settings(self) -> str:
        """What was drawn, as JSON."""
        drawn = asdict(self) | {"midi": f"{self.midi.parent.name}/{self.midi.name}", "font": self.font.name}
        return json.dumps(drawn, sort_keys=True)

    @property
    def filename(self) -> str:
        digest = hashlib.sha256(self.settings.encode()).hexdigest()[:16]
        return f"{self.parts[0].voice.label}/{digest}.ogg"


def _draw_part(voice: Voice, rng: np.random.Generator, accompaniment: bool = False) -> Part:
    by_hands: dict[str, tuple[list[Style], list[float]]] = {
        "line": (["melody"], [1.0]),
        "keys": (["melody", "chords", "arpeggio", "both"], [0.2, 0.2, 0.2, 0.4]),
        "strings": (["melody", "chords", "arpeggio", "both"], [0.4, 0.25, 0.25, 0.1]),
        "drums": (["drums"], [1.0]),
    }
    styles, weights = by_hands[voice.hands]
    if accompaniment and voice.hands in ("keys", "strings"):
        styles, weights = ["chords", "arpeggio"], [0.5, 0.5]
    trembles = voice.sustained or (voice.hands == "strings" and rng.random() < 0.3)
    return Part(
        voice=voice,
        style=styles[int(rng.choice(len(styles), p=weights))],
        register=float(rng.uniform()),
        articulation=float(
            rng.choice([rng.uniform(0.3, 0.7), rng.uniform(0.8, 1.0), rng.uniform(1.0, 1.12)], p=[0.2, 0.4, 0.4])
        ),
        velocity=int(rng.integers(45, 118)),
        swell=float(rng.uniform(0, 0.6)) if voice.sustained else 0.0,
        vibrato=float(rng.choice([0.0, rng.uniform(5, 45)], p=[0.3, 0.7])) if trembles else 0.0,
        rate=float(rng.uniform(4.2, 6.8)),
        detune=float(rng.normal(0, 12)),
        strum=float(rng.uniform(0.004, 0.04)) if voice.hands == "strings" else 0.0,
        level_db=float(rng.uniform(-15, -3)) if accompaniment else 0.0,
    )


def _draw_amplifier(rng: np.random.Generator) -> Amplifier:
    drive = float(rng.choice([0.0, rng.uniform(3, 12), rng.uniform(12, 32)], p=[0.4, 0.3, 0.3]))
    chorus, phaser, delay = (
        float(rng.uniform(0.15, 0.6)) if rng.random() < share else 0.0 for share in (0.25, 0.12, 0.25)
    )
    return Amplifier(drive, float(rng.uniform(3500, 7500)), chorus, phaser, delay)


def draw_phrase(label: str, midi: list[Path], fonts: list[Path], accompaniment: float, seed: tuple[int, ...]) -> Phrase:
    """Draws one phrase for a label or for "other".

    Raises:
        TrainingError: None of the sound fonts has a preset for the label.
    """
    rng = np.random.default_rng(seed)
    able = [font for font in fonts if voices_of(label, font)]
    if not able:
        raise TrainingError(f"None of the sound fonts has a preset for {label}; give a General MIDI sound font.")
    size = np.array([font.stat().st_size for font in able]) ** 0.25  # a larger font holds more distinct samples
    font = able[int(rng.choice(len(able), p=size / size.sum()))]

    def draw_voice(wanted: str) -> Voice:
        voices = voices_of(wanted, font)
        weight = np.array([voice.weight for voice in voices])
        return voices[int(rng.choice(len(voices), p=weight / weight.sum()))]

    parts = [_draw_part(draw_voice(label), rng)]
    if rng.random() < accompaniment:
        others = [name for name in RENDERED_LABELS if name != label and voices_of(name, font)]
        parts.append(_draw_part(draw_voice(str(rng.choice(others))), rng, accompaniment=True))
    electric = label == "electric_guitar" and len(parts) == 1 and rng.random() < 0.7
    return Phrase(
        midi=midi[int(rng.integers(len(midi)))],
        font=font,
        parts=tuple(parts),
        start=float(rng.uniform()),
        tempo=float(np.exp(rng.uniform(np.log(0.7), np.log(1.4)))),
        seconds=float(rng.uniform(8, 12)),
        reverb=float(rng.choice([0.0, rng.uniform(0.1, 1.0)], p=[0.3, 0.7])),
        chorus=float(rng.choice([0.0, rng.uniform(0.1, 2.0)], p=[0.8, 0.2])),
        amplifier=_draw_amplifier(rng) if electric else None,
        seed=seed,
    )


def draw_plan(
    midi: list[Path], fonts: list[Path], counts: dict[str, int], accompaniment: float, seed: int
) -> list[Phrase]:
    """All the phrases of a run, in an order that keeps every beginning of it balanced over the labels."""
    phrases = [
        (number / count, draw_phrase(label, midi, fonts, accompaniment, (seed, position, number)))
        for position, label in enumerate(RENDERED_LABELS)
        for number, count in [(number, counts.get(label, 0)) for number in range(counts.get(label, 0))]
    ]
    return [phrase for _, phrase in sorted(phrases, key=lambda pair: pair[0])]


def synthesise(phrase: Phrase) -> npt.NDArray[np.float32]:
    """Plays a phrase.

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
            subprocess.run(command, check=True, capture_output=True, timeout=120)
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
    level = 10 ** (float(rng.uniform(-9, -1)) / 20)
    return np.asarray(waveform / np.abs(waveform).max() * level, dtype=np.float32)


def _amplify(waveform: npt.NDArray[np.float32], amplifier: Amplifier) -> npt.NDArray[np.float32]:
    from pedalboard import Chorus, Delay, Distortion, HighpassFilter, LowpassFilter, Pedalboard, Phaser

    board = Pedalboard([HighpassFilter(70)])
    if amplifier.drive_db:
        board.append(Distortion(amplifier.drive_db))
    board.append(LowpassFilter(amplifier.cabinet_hz))
    board.append(LowpassFilter(amplifier.cabinet_hz * 1.3))
    if amplifier.chorus:
        board.append(Chorus(mix=amplifier.chorus))
    if amplifier.phaser:
        board.append(Phaser(mix=amplifier.phaser))
    if amplifier.delay:
        board.append(Delay(delay_seconds=0.33, feedback=0.3, mix=amplifier.delay * 0.6))
    return np.asarray(board(waveform, SAMPLE_RATE), dtype=np.float32)


def _write(path: Path, waveform: npt.NDArray[np.float32]) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        soundfile.write(part, waveform, SAMPLE_RATE, format="OGG", subtype="VORBIS")
        part.replace(path)
    except (OSError, soundfile.LibsndfileError) as error:
        part.unlink(missing_ok=True)
        raise TrainingError(f"{path} cannot be written ({error}); make room on the disk and start again.") from error


def write_index(output: Path, plan: list[Phrase]) -> int:
    """Writes `index.csv` for the phrases of the plan that are rendered; returns how many are."""
    import soundfile

    part = output / "index.csv.part"
    rows = 0
    with part.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(INDEX_COLUMNS)
        for phrase in plan:
            path = output / phrase.filename
            if path.exists():
                seconds = f"{soundfile.info(path).duration:.2f}"
                labels = " ".join(phrase.labels)
                row = (
                    phrase.filename,
                    labels,
                    phrase.detail,
                    f"rendered_{phrase.font.stem}",
                    phrase.group,
                    seconds,
                    phrase.settings,
                )
                writer.writerow(row)
                rows += 1
    part.replace(output / "index.csv")
    return rows


def render(plan: list[Phrase], output: Path, index_every: int = 200) -> Iterator[tuple[Phrase, bool]]:
    """Renders what is not there yet, and keeps the index in step; yields each phrase and whether it sounds.

    Raises:
        TrainingError: FluidSynth is missing or fails, or the disk is full.
    """
    output.mkdir(parents=True, exist_ok=True)
    missing = [phrase for phrase in plan if not (output / phrase.filename).exists()]
    for number, phrase in enumerate(missing, start=1):
        waveform = synthesise(phrase)
        sounds = bool(np.any(waveform))
        if sounds:
            _write(output / phrase.filename, waveform)
        if number % index_every == 0:
            write_index(output, plan)
        yield phrase, sounds
    write_index(output, plan)


def find_midi(folders: list[Path]) -> list[Path]:
    """All MIDI files below some folders, sorted.

    Raises:
        TrainingError: There are none.
    """
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    if not files:
        raise TrainingError(
            f"There are no MIDI files below {', '.join(map(str, folders))}; give folders that hold some."
        )
    return files


def _counts(words: list[str]) -> dict[str, int]:
    counts = dict(DEFAULT_COUNTS) if not words else {}
    for word in words:
        label, _, number = word.partition("=")
        if label not in RENDERED_LABELS or not number.isdigit():
            raise TrainingError(
                f"--count {word} is not of the form LABEL=NUMBER; labels are {', '.join(RENDERED_LABELS)}."
            )
        counts[label] = int(number)
    return counts


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.render", description="Renders MIDI files to labelled phrases of about ten seconds."
    )
    parser.add_argument("midi", nargs="+", type=Path, help="folders with MIDI files")
    parser.add_argument(
        "--soundfont", "-s", action="append", required=True, type=Path, help="an SF2 or SF3 sound font; may be repeated"
    )
    parser.add_argument("--output", "-o", required=True, type=Path, help="folder for the phrases and index.csv")
    parser.add_argument(
        "--count",
        action="append",
        default=[],
        metavar="LABEL=NUMBER",
        help=f"phrases of a label (default: {DEFAULT_COUNTS})",
    )
    parser.add_argument(
        "--accompaniment", type=float, default=0.12, help="share of phrases with a second instrument (default: 0.12)"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        if shutil.which("fluidsynth") is None:
            raise TrainingError("The program fluidsynth is missing; install it (apt-get install fluidsynth).")
        plan = draw_plan(
            find_midi(options.midi), options.soundfont, _counts(options.count), options.accompaniment, options.seed
        )
        silent = 0
        show = sys.stderr.isatty()
        for number, (phrase, sounds) in enumerate(render(plan, options.output), start=1):
            silent += not sounds
            if show or number % 100 == 0 or not sounds:
                print(
                    f"{number} of at most {len(plan)}: {phrase.detail}{'' if sounds else ' (silent, left out)'}",
                    flush=True,
                )
        done = write_index(options.output, plan)
    except InstrumentModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    print(f"{done} phrases in {os.fspath(options.output)}, {silent} silent ones left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
