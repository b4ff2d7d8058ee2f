"""Cached clips to training items: crops of phrases, phrases stitched from notes, and mixtures of both.

Item number i of a run depends on the seed and on i alone, so a resumed run sees what the interrupted one would have
seen, and no item comes twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from instrument_model.labels import INSTRUMENT_NAMES, LABEL_NAMES

from ..errors import TrainingError
from .augmentations import AMPLIFIER, SCENE_LEVEL, VOICE_LEVEL, apply
from .clips import MUSIC, OTHER, Clip
from .levels import Waveform, rms
from .mixing import AUDIBLE_DB, Layer, accompany, labels_of, mix
from .shards import FULL_SCALE, Int16

CLASS_WEIGHTS = {**dict.fromkeys(LABEL_NAMES, 1.0), OTHER: 2.4}
"""How often each kind of sound is the predominant one of an item."""

KIND_WEIGHTS = {"phrase": 1.0, "note": 0.5, "rendered": 0.35}  # people upload played music
OTHER_KIND_WEIGHTS = KIND_WEIGHTS | {"rendered": 0.8}  # of what is none of ours, variety counts for more than realism
CHORD_INSTRUMENTS = frozenset({"acoustic_guitar", "electric_guitar", "organ", "piano"})
DECAY_TO_KEEP = 0.05  # seconds over which a cut note fades

WINDOW_SECONDS = (1.0, 1.5, 2.0, 3.0)
WINDOW_WEIGHTS = (0.2, 0.2, 0.2, 0.4)

MIXTURE_SHARE = 0.33
MIXTURE_DB = (3.0, 15.0)  # how far the second part lies below the first, and a third below both
MOST_PARTS, THIRD_SHARE = 3, 0.3  # of the mixtures, with a third part
PEEK = 16  # levels are judged by every sixteenth sample

BAND = "accompaniment"
BAND_SHARE = 0.4  # of the items with an instrument of ours or a voice
BAND_DB = (-1.0, 14.0)  # how far the band lies below its soloist

MUSIC_SHARE = 0.5  # of the items, where there is music without labels


class Audio(Protocol):
    """Decoded audio by clip; `AudioCache` is one."""

    def __getitem__(self, clip: Clip) -> Int16:
        """Return the clip's samples, (samples,)."""
        ...


class Items(Dataset[dict[str, NDArray[np.float32]]]):
    """Training items by number.

    Each is a mapping of "waveform" (samples,), "clean" (samples,), which is the same before room, noise and file
    format, "parts" (MOST_PARTS, samples), each part that is loud enough for its labels to count alone, and silence for
    parts that it has not, "target" (labels,) with 1 for what sounds and less for what merely accompanies it, and
    "label_weight" (labels,), which is 0 for what the loss leaves out and less than 1 for what counts less.
    """

    taught, memory = False, ""  # these come with prepared items alone: see `PreparedItems`

    def __init__(
        self,
        clips: Sequence[Clip],
        audio: Audio,
        *,
        length: int,
        batch_size: int,
        seed: int,
        sample_rate: int,
        without: Collection[str] = (),
        band_share: float = BAND_SHARE,
        music_share: float = MUSIC_SHARE,
    ) -> None:
        """Set up the choice among clips.

        Args:
            clips: Those of the training split.
            audio: Their samples.
            length: Number of items in the run.
            batch_size: Items that share a length; a batch is all long or all short.
            seed: Two runs with the same seed see the same items.
            sample_rate: Of `audio`, in Hz.
            without: Names of augmentations to leave out.
            band_share: How many of the items with an instrument of ours or a voice get a band, if there are any.
            music_share: How many of the items are music without labels, if there is any: its "label_weight" is 0.

        Raises:
            TrainingError: One of the instruments has no clip.
        """
        self.audio, self.length, self.batch_size, self.seed = audio, length, batch_size, seed
        self.sample_rate, self.without = sample_rate, frozenset(without)
        self.band_share, self.music_share = band_share, music_share
        self.bands = [clip for clip in clips if clip.kind in {BAND, MUSIC}]
        self.music = [clip for clip in clips if clip.kind == MUSIC]
        self.groups = _group(clip for clip in clips if clip.kind not in {BAND, MUSIC})
        missing = [name for name in INSTRUMENT_NAMES if name not in self.groups]
        if missing:
            raise TrainingError(
                f"The training data has no clip of {', '.join(missing)}; add some for each instrument of the labels."
            )
        self.classes = [name for name in CLASS_WEIGHTS if name in self.groups]
        weights = np.array([CLASS_WEIGHTS[name] for name in self.classes])
        self.class_shares = weights / weights.sum()

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict[str, NDArray[np.float32]]:
        if not 0 <= index < self.length:
            raise IndexError(index)
        samples = self.window_samples(index // self.batch_size)
        rng = np.random.default_rng((self.seed, 1, index))
        unlabelled = bool(self.music) and rng.random() < self.music_share
        part = self._excerpt(rng, samples, self.music) if unlabelled else self._part(rng, samples)
        alone = np.zeros((MOST_PARTS, samples), np.float32)
        alone[0] = part.waveform
        if self.bands and part.target.any() and rng.random() < self.band_share and "band" not in self.without:
            part = accompany(part, self._excerpt(rng, samples, self.bands), rng.uniform(*BAND_DB))
        elif not unlabelled and rng.random() < MIXTURE_SHARE and "mixture" not in self.without:
            for number in range(1, MOST_PARTS if rng.random() < THIRD_SHARE else MOST_PARTS - 1):
                other, below_db = self._part(rng, samples), rng.uniform(*MIXTURE_DB)
                part = mix(part, other, below_db)
                if below_db <= AUDIBLE_DB:
                    alone[number] = other.waveform
        waveform = apply(SCENE_LEVEL, part.waveform, self.sample_rate, rng, self.without)
        return {
            "waveform": fit(waveform, samples),
            "clean": part.waveform.astype(np.float32, copy=False),
            "parts": alone,
            "target": part.target,
            "label_weight": part.label_weight,
        }

    def window_samples(self, batch: int) -> int:
        """Return the length of the items of a batch, in samples."""
        rng = np.random.default_rng((self.seed, 0, batch))
        seconds = WINDOW_SECONDS[-1] if "crop" in self.without else rng.choice(WINDOW_SECONDS, p=WINDOW_WEIGHTS)
        return round(float(seconds) * self.sample_rate)

    def _part(self, rng: np.random.Generator, samples: int) -> Layer:
        """Return one instrument, voice or other sound, augmented, of exactly `samples` samples."""
        name = self.classes[rng.choice(len(self.classes), p=self.class_shares)]
        sources = self.groups[name]
        kind_weights = OTHER_KIND_WEIGHTS if name == OTHER else KIND_WEIGHTS
        weights = np.array([kind_weights[source[0].kind] * len(source) ** 0.5 for source in sources])
        source = sources[rng.choice(len(sources), p=weights / weights.sum())]
        clip = source[rng.integers(len(source))]
        # Effects shorten and lengthen: start with some to spare.
        needed = round(samples * 1.3)
        if clip.kind == "note":
            waveform = self._stitch(rng, clip, source, needed)
        else:
            waveform = to_float(crop(self.audio[clip], needed, rng))
        probability, amplifier = AMPLIFIER
        if "electric_guitar" in clip.labels and rng.random() < probability and "amplifier" not in self.without:
            waveform = amplifier(waveform, self.sample_rate, rng)
        waveform = apply(VOICE_LEVEL, waveform, self.sample_rate, rng, self.without)
        return Layer(fit(crop(waveform, samples, rng), samples), *labels_of(clip))

    def _excerpt(self, rng: np.random.Generator, samples: int, clips: list[Clip]) -> Layer:
        """Return a stretch of one of these clips, all alike: a band without its melody, or music."""
        clip = clips[rng.integers(len(clips))]
        waveform = to_float(crop(self.audio[clip], round(samples * 1.3), rng))
        waveform = apply(VOICE_LEVEL, waveform, self.sample_rate, rng, self.without)
        return Layer(fit(crop(waveform, samples, rng), samples), *labels_of(clip))

    def _stitch(self, rng: np.random.Generator, first: Clip, source: Sequence[Clip], samples: int) -> Waveform:
        """Play notes of one instrument of one collection after one another, on some instruments also in chords."""
        notes = [clip for clip in source if clip.detail == first.detail]
        line = np.zeros(samples, np.float32)
        beat = rng.uniform(0.12, 1.0)
        onset = 0
        chords = bool(set(first.labels) & CHORD_INSTRUMENTS) and rng.random() < 0.5
        clip = first
        while onset < samples:
            length = round(self.sample_rate * beat * rng.choice((0.5, 1.0, 1.0, 2.0)))
            for _ in range(rng.integers(2, 5) if chords else 1):
                strum = rng.integers(0, round(0.03 * self.sample_rate)) if chords else 0
                note = to_float(_trim(self.audio[clip])[: round(length * rng.uniform(0.8, 1.3))])
                note *= np.float32(rng.uniform(0.5, 1.0) / max(np.abs(note[::PEEK]).max(initial=0.0), 1e-3))
                fade = min(len(note), round(DECAY_TO_KEEP * self.sample_rate))
                note[len(note) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
                room = line[onset + strum : onset + strum + len(note)]
                room += note[: len(room)]
                clip = notes[rng.integers(len(notes))]
            onset += max(length, 1)
        return line


def to_float(samples: Int16) -> Waveform:
    """Return cached samples in [-1, 1]; (samples,)."""
    return np.asarray(samples, np.float32) / np.float32(FULL_SCALE)


AnySamples = TypeVar("AnySamples", Int16, Waveform)


def crop(waveform: AnySamples, samples: int, rng: np.random.Generator, tries: int = 4) -> AnySamples:
    """Return a random stretch of at most `samples` samples that is not much quieter than the whole."""
    if len(waveform) <= samples:
        return waveform
    loud_enough = 0.3 * rms(waveform[::PEEK])
    for _ in range(tries):
        start = rng.integers(len(waveform) - samples + 1)
        stretch = waveform[start : start + samples]
        if rms(stretch[::PEEK]) >= loud_enough:
            break
    return stretch


def fit(waveform: Waveform, samples: int) -> Waveform:
    """Cut, or repeat a shorter waveform, to exactly `samples` samples: a pause would betray the collection."""
    return np.resize(waveform, samples) if len(waveform) else np.zeros(samples, np.float32)


def _trim(note: Int16) -> Int16:
    """Leave out the silence before a note."""
    level = np.abs(note[::PEEK].astype(np.int32))
    return note[int(np.argmax(level > 0.02 * level.max(initial=0))) * PEEK :]


def _group(clips: Iterable[Clip]) -> Mapping[str, list[list[Clip]]]:
    """Group clips by class and collection; a clip of several labels counts for each of them."""
    groups: dict[str, dict[tuple[str, str], list[Clip]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        for name in clip.labels or (OTHER,):
            groups[name][clip.source, clip.kind].append(clip)
    return {name: list(sources.values()) for name, sources in groups.items()}
