"""What a model needs to be published, made up: an evaluation and a provenance."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from instrument_model.labels import LABEL_NAMES
from instrument_model.weights import WEIGHTS_FILE, file_sha256
from training.data.clips import Clip
from training.evaluation.answers import Answers, accuracies, class_of, group_results, ranking
from training.evaluation.plots import draw
from training.evaluation.results import Conditions, Noise, Results, write_results
from training.publishing.provenance import Collection, Provenance


def made_up_answers() -> Answers:
    """Answers that are right more often than not, to two clips of each label and two of something else."""
    labels = [(name,) for name in LABEL_NAMES for _ in range(2)] + [(), ()]
    clips = [
        Clip(Path(f"{number}.wav"), given, "phrase", "dev", f"source {number % 3}", str(number))
        for number, given in enumerate(labels)
    ]
    probabilities = np.random.default_rng(0).uniform(0, 0.6, (len(clips), len(LABEL_NAMES)))
    targets = Answers(clips, probabilities).targets
    return Answers(clips, probabilities + 0.3 * targets)


def write_evaluation(folder: Path, model_folder: Path) -> None:
    """What training.evaluate leaves behind."""
    answers = made_up_answers()
    singles = answers.where(answers.single)
    accuracy = accuracies(singles.probabilities, class_of(singles.clips))
    ranked = ranking(singles.probabilities, singles.targets)
    results = Results(
        groups={"unseen sources": group_results(answers, np.full(len(LABEL_NAMES), 0.5))},
        conditions=Conditions(
            "unseen sources",
            Noise(clean=accuracy, white={"10 dB": accuracy}, pink={"10 dB": accuracy}),
            length={"whole": accuracy, "1 s": replace(accuracy, clips_that_long=4)},
            instruments={"1": ranked, "2": ranked},
        ),
        sha256=file_sha256(model_folder / WEIGHTS_FILE),
        unreadable={"/home/somebody/secret.wav": "a reason"},
    )
    write_results(folder, {"/home/somebody/weights": results})
    draw(folder, results)


def write_provenance(path: Path) -> None:
    """What training.publishing.provenance leaves behind."""
    collections = (
        Collection("tin_whistles", "CC0 1.0 (LICENSE)", 120, 31.5),
        Collection("other", "CC BY-SA 4.0", 2, 0.4, stated=False),
    )
    Provenance("cc-by-nc-sa-4.0", "fschmid56/EfficientAT", collections, ("Rendered too.",), "2 cores", 5.0).write(path)
