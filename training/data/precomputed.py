"""Training items on disk, with teachers' answers: made once and used by any number of runs.

Making an item takes longer than training on it, and a teacher may be larger than what it teaches. A folder holds
`settings.json`, `waveforms.int16` (all items back to back; those of a batch have one length), `labels.float32`
((items, 3, labels): targets, how well they are known, and the teacher's answers), and perhaps `memory.float16`
((items, classes): the pretrained network's answers).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from instrument_model.atomic import write_text
from instrument_model.labels import LABEL_NAMES

from ..errors import TrainingError
from .examples import Items, to_float
from .levels import amplitude
from .shards import FULL_SCALE

SETTINGS_FILE, WAVEFORMS_FILE, LABELS_FILE = "settings.json", "waveforms.int16", "labels.float32"
MEMORY_FILE = "memory.float16"
COLUMNS = ("target", "label_weight", "answers")
BATCHES_BETWEEN_NOTES = 20
SOFTER_DB = 12.0  # a prepared item is heard at another level each time

Item = dict[str, NDArray[np.float32]]
Teacher = Callable[[Item], NDArray[np.float32]]
"""A batch of items to probabilities (batch, labels)."""

MemoryAnswers = Callable[[NDArray[np.float32]], NDArray[np.float16]]
"""(batch, samples) to probabilities (batch, classes)."""


def prepare(
    folder: Path,
    items: Items,
    batches: Callable[[int], Iterable[Item]],
    teacher: Teacher | None,
    settings: Mapping[str, Any],
    progress: Callable[[], object] = lambda: None,
    memory: MemoryAnswers | None = None,
) -> None:
    """Make the items that a folder lacks; a call that was killed is continued where it stopped.

    Args:
        folder: Where to.
        items: What is made.
        batches: From a batch's number on, yields batches of items, each array with a leading batch dimension.
        teacher: Answers to the parts of the items.
        settings: What determines the items; a folder made with others is refused.
        progress: Called after each batch.
        memory: Answers to the clean waveforms, too.

    Raises:
        TrainingError: The folder holds items of other settings, or cannot be written.
    """
    size = items.batch_size
    lengths = [items.window_samples(batch) for batch in range(len(items) // size)]
    offsets = size * np.concatenate(([0], np.cumsum(lengths)))
    stored = _read_settings(folder) if (folder / SETTINGS_FILE).exists() else None
    plan = dict(settings) | {"batch_size": size, "lengths": lengths, "taught": teacher is not None}
    if stored is not None and {name: stored[name] for name in plan if name in stored} != plan:
        raise TrainingError(f"{folder} holds items of other settings; give those again, or another --out.")
    done = stored["done"] if stored else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mode: Literal["r+", "w+"] = "r+" if stored else "w+"
        waveforms = np.memmap(folder / WAVEFORMS_FILE, np.int16, mode, shape=(int(offsets[-1]),))
        labels = np.memmap(folder / LABELS_FILE, np.float32, mode, shape=(len(lengths) * size, 3, len(LABEL_NAMES)))
        pretrained: np.memmap[Any, np.dtype[np.float16]] | None = None

        def note(done: int) -> None:
            waveforms.flush()
            labels.flush()
            if pretrained is not None:
                pretrained.flush()
            write_text(folder / SETTINGS_FILE, json.dumps(plan | {"done": done, "labels": LABEL_NAMES}))

        for number, batch in enumerate(batches(done), start=done):
            samples = np.clip(np.rint(batch["waveform"] * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
            waveforms[offsets[number] : offsets[number + 1]] = samples.astype(np.int16).ravel()
            answers = teacher(batch) if teacher else batch["target"]
            if memory:
                remembered = memory(batch["clean"])
                if pretrained is None:
                    shape = (len(lengths) * size, remembered.shape[1])
                    pretrained = np.memmap(folder / MEMORY_FILE, np.float16, mode, shape=shape)
                pretrained[number * size : (number + 1) * size] = remembered
            labels[number * size : (number + 1) * size] = np.stack(
                (batch["target"], batch["label_weight"], answers), axis=1
            )
            if (number + 1) % BATCHES_BETWEEN_NOTES == 0:
                note(number + 1)
            progress()
        note(len(lengths))
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written ({error.strerror}); make room and start again.") from error


class PreparedItems(Dataset[Item]):
    """Items from folders of `prepare`, in an order of the run's own, as often as the run is long.

    `taught` is whether they have a teacher's answers, and `memory` is the SHA-256 of the pretrained network whose
    answers they have; empty for none. Each item comes at a level of its own and with its sign at random. Besides
    "waveform", "target" and "label_weight" it has the teacher's "answers", and the pretrained network's as "memory"
    where the folder has them.
    """

    def __init__(self, folders: Sequence[Path], *, length: int, batch_size: int, seed: int) -> None:
        """Open the folders.

        Args:
            folders: Complete or not; what is there is used.
            length: Items in the run.
            batch_size: That of the folders.
            seed: Of order and levels.

        Raises:
            TrainingError: A folder holds no items, or items in batches of another size.
        """
        self.length, self.batch_size, self.seed = length, batch_size, seed
        self.folders = [_Folder(folder, batch_size) for folder in folders]
        self.taught = all(folder.taught for folder in self.folders)
        self.memory = "+".join(sorted({folder.memory for folder in self.folders}))
        self.batches = [(number, batch) for number, folder in enumerate(self.folders) for batch in range(folder.done)]

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Item:
        if not 0 <= index < self.length:
            raise IndexError(index)
        turn, batch = divmod(index // self.batch_size, len(self.batches))
        order = np.random.default_rng((self.seed, 2, turn)).permutation(len(self.batches))
        number, batch = self.batches[order[batch]]
        item: Item = self.folders[number].item(batch, index % self.batch_size)
        rng = np.random.default_rng((self.seed, 3, index))
        item["waveform"] *= np.float32(rng.choice((-1, 1)) * amplitude(-rng.uniform(0, SOFTER_DB)))
        return item


class _Folder:
    """One folder; its mappings are opened in the process that reads them."""

    def __init__(self, folder: Path, batch_size: int) -> None:
        settings = _read_settings(folder)
        self.folder, self.done, self.taught = folder, settings["done"], settings["taught"]
        self.memory = str(settings.get("memory", ""))
        if settings["batch_size"] != batch_size or not self.done:
            raise TrainingError(
                f"{folder} holds {self.done} batches of {settings['batch_size']} items; prepare some in batches of "
                f"{batch_size}."
            )
        self.lengths = settings["lengths"]
        self.batch_size = batch_size
        self.offsets = batch_size * np.concatenate(([0], np.cumsum(self.lengths)))
        self._maps: tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float16] | None] | None = None

    def item(self, batch: int, place: int) -> Item:
        if self._maps is None:
            self._maps = (
                np.memmap(self.folder / WAVEFORMS_FILE, np.int16, "r"),
                np.memmap(self.folder / LABELS_FILE, np.float32, "r").reshape(-1, 3, len(LABEL_NAMES)),
                self._pretrained(),
            )
        waveforms, labels, pretrained = self._maps
        start = int(self.offsets[batch]) + place * self.lengths[batch]
        item: Item = dict(zip(COLUMNS, np.array(labels[batch * self.batch_size + place]), strict=True))
        if pretrained is not None:
            item["memory"] = pretrained[batch * self.batch_size + place].astype(np.float32)
        return item | {"waveform": to_float(waveforms[start : start + self.lengths[batch]])}

    def _pretrained(self) -> NDArray[np.float16] | None:
        if not self.memory:
            return None
        return np.memmap(self.folder / MEMORY_FILE, np.float16, "r").reshape(len(self.lengths) * self.batch_size, -1)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_maps": None}


def _read_settings(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
        _check_labels(folder, settings)
        return settings | {name: settings[name] for name in ("done", "batch_size", "lengths", "taught")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"{folder} holds no prepared items; make some with `python -m training.prepare`."
        ) from error


def _check_labels(folder: Path, settings: Mapping[str, Any]) -> None:
    """Refuse items of other labels: their answers would be read as those of ours."""
    size = 3 * len(LABEL_NAMES) * np.dtype(np.float32).itemsize * len(settings["lengths"]) * settings["batch_size"]
    if (folder / LABELS_FILE).stat().st_size != size or settings.get("labels", list(LABEL_NAMES)) != list(LABEL_NAMES):
        raise TrainingError(f"{folder} holds items of other labels; make some anew with `python -m training.prepare`.")
