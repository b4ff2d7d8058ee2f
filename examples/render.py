"""Plays the score with FluidSynth and writes one mp3 for each piece (`python -m examples.render --help`)."""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt
import soundfile

from .score import PIECES, Part, Piece

HERE = Path(__file__).parent
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian's fluid-soundfont-gm
SAMPLE_RATE = 44_100
ROOM = "-C 0 -R 1 -o synth.reverb.room-size=0.5 -o synth.reverb.level=0.35 -o synth.reverb.damp=0.3"
TICKS = 480  # per quarter note
DYNAMICS = {"pp": 36, "p": 50, "mp": 64, "mf": 80, "f": 98, "ff": 116}
TOKEN = re.compile(r"(?P<pitch>r|[A-G][#b]?\d(?:\+[A-G][#b]?\d)*):(?P<beats>[\d.]+?)(?P<marks>[.~>v^]*)")
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
Samples = npt.NDArray[np.float32]  # (samples, channels)
Event = tuple[float, int, mido.Message]  # beat, rank among events of the same beat, message


def midi_number(pitch: str) -> int:
    """Return the MIDI number of a note; `A4` is 69."""
    shift = {"#": 1, "b": -1}.get(pitch[1], 0)
    return 12 * (int(pitch[-1]) + 1) + STEPS[pitch[0]] + shift


def loudness(notes: str) -> list[float]:
    """Return the velocity of each note: what the dynamic marks say, evenly grown or faded between them."""
    known: list[tuple[int, int]] = []
    count = 0
    for token in notes.split():
        if token.startswith("["):
            known.append((count, DYNAMICS[token.strip("[]")]))
        else:
            count += 1
    return [float(value) for value in np.interp(range(count), [at for at, _ in known], [value for _, value in known])]


def part_events(part: Part, channel: int, tempo: float, rng: random.Random) -> list[Event]:
    """Return a part as MIDI messages with the beats at which they happen."""
    beats_per_second = tempo / 60

    def control(beat: float, number: int, value: float) -> Event:
        level = round(min(max(value, 0), 127))
        return beat, 0, mido.Message("control_change", channel=channel, control=number, value=level)

    events: list[Event] = [
        (0.0, 0, mido.Message("program_change", channel=channel, program=part.program)),
        control(0.0, 7, part.volume),
        control(0.0, 10, part.pan),
    ]
    velocities = loudness(part.notes)
    beat = 0.0
    tokens = [token for token in part.notes.split() if not token.startswith("[")]
    for index, (token, velocity) in enumerate(zip(tokens, velocities, strict=True)):
        match = TOKEN.fullmatch(token.strip("{}"))
        if match is None:
            raise ValueError(f"the notation has no token {token!r}")
        length, marks = float(match["beats"]), match["marks"]
        if token.startswith("{"):
            events.append(control(beat, 64, 127))
        following = velocities[min(index + 1, len(velocities) - 1)]
        swell = np.linspace(0, 1, max(int(length * 8), 1), endpoint=False)
        events += [control(beat + length * s, 11, 24 + 0.9 * (velocity + (following - velocity) * s)) for s in swell]
        if "v" in marks:  # vibrato sets in when the note has spoken
            events += [control(beat + length * share, 1, depth) for share, depth in ((0.25, 20), (0.4, 45), (0.6, 64))]
            events.append(control(beat + length, 1, 0))
        if "^" in marks:
            bend = [(share, int(8191 * min(share / 0.4, 1))) for share in np.linspace(0, 0.9, 24)]
            events += [(beat + length * s, 0, mido.Message("pitchwheel", channel=channel, pitch=p)) for s, p in bend]
            events.append((beat + length, 0, mido.Message("pitchwheel", channel=channel, pitch=0)))
        sounding = length * 0.45 if "." in marks else length + 0.04 if "~" in marks else length * 0.93
        if match["pitch"] != "r":
            late = abs(rng.gauss(0, 0.006)) * beats_per_second
            for order, pitch in enumerate(match["pitch"].split("+")):
                start = beat + late + order * part.strum * beats_per_second
                end = max(beat + sounding, start + 0.05)
                note = midi_number(pitch)
                strength = round(min(max(velocity + rng.gauss(0, 3) + (14 if ">" in marks else 0), 1), 127))
                events.append((start, 2, mido.Message("note_on", channel=channel, note=note, velocity=strength)))
                events.append((end, 1, mido.Message("note_off", channel=channel, note=note)))
        beat += length
        if token.endswith("}"):
            events.append(control(beat - 0.02, 64, 0))
    return events


def midi_file(piece: Piece) -> mido.MidiFile:
    """Return the whole piece on one track."""
    rng = random.Random(piece.name)  # noqa: S311 - a player's small irregularities, the same each time
    events: list[Event] = []
    for channel, part in enumerate(piece.parts):
        events += part_events(part, channel, piece.tempo, rng)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(piece.tempo))])
    now = 0
    for beat, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(beat * TICKS)
        track.append(message.copy(time=tick - now))
        now = tick
    return mido.MidiFile(ticks_per_beat=TICKS, tracks=[track])


def render(piece: Piece, soundfont: Path, out: Path) -> Path:
    """Play a piece into `out/NAME.mp3`; return the path."""
    with tempfile.TemporaryDirectory() as temporary:
        score, wave = Path(temporary, "score.mid"), Path(temporary, "clip.wav")
        midi_file(piece).save(score)
        command = f"fluidsynth -niq {ROOM} -g 0.6 -r {SAMPLE_RATE} -F".split()
        command += [str(wave), str(soundfont), str(score)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603
        sound, _ = soundfile.read(wave, dtype="float32", always_2d=True)
    sound = fade_out(sound[: last_sound(sound)])
    sound *= 0.8 / np.abs(sound).max()
    path = out / f"{piece.name}.mp3"
    soundfile.write(path, sound, SAMPLE_RATE, format="MP3", compression_level=0.6, bitrate_mode="VARIABLE")
    return path


def last_sound(sound: Samples) -> int:
    """Return the sample after which everything stays 50 dB under the peak."""
    level = np.abs(sound).max(axis=1)
    return int(np.flatnonzero(level > level.max() * 10 ** (-50 / 20))[-1]) + 1


def fade_out(sound: Samples, seconds: float = 0.4) -> Samples:
    """Let the end die away instead of stopping."""
    count = min(int(seconds * SAMPLE_RATE), len(sound))
    sound = sound.copy()
    sound[len(sound) - count :] *= np.linspace(1, 0, count, dtype=np.float32)[:, None] ** 2
    return sound


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.render", description="Play the clips with FluidSynth.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="pieces to render (default: all)")
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, metavar="FILE", help=f"default: {SOUNDFONT}")
    parser.add_argument("--out", type=Path, default=HERE, metavar="FOLDER", help="default: this folder")
    options = parser.parse_args(arguments)
    known = {piece.name: piece for piece in PIECES}
    if unknown := [name for name in options.names if name not in known]:
        print(f"error: there is no piece called {unknown[0]}; choose from {', '.join(known)}.", file=sys.stderr)
        return 1
    if not options.soundfont.is_file():
        advice = "install Debian's fluid-soundfont-gm or name another with --soundfont"
        print(f"error: {options.soundfont} is missing; {advice}.", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or known:
        path = render(known[name], options.soundfont, options.out)
        info = soundfile.info(path)
        print(f"{path}  {info.duration:.1f} s  {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
