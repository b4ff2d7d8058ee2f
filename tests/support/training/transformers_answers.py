"""A program that knows Transformers and nothing of ours: loads a model, hears waveforms, and prints what it answers.

    python -P transformers_answers.py SOURCE WAVEFORMS.npz SAVED

SOURCE is a folder or a repository; the model is saved again to the folder SAVED.
"""

import json
import sys
from typing import Any

import numpy as np
import torch
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification, pipeline


def main(source: str, waveforms_file: str, saved: str) -> None:
    waveforms = list(np.load(waveforms_file).values())
    classify: Any = pipeline("audio-classification", model=source, trust_remote_code=True, top_k=None)
    one_by_one = [classify(waveform, top_k=None) for waveform in waveforms]
    together = classify(waveforms, top_k=None, batch_size=len(waveforms))

    extractor: Any = AutoFeatureExtractor.from_pretrained(source, trust_remote_code=True)  # type: ignore[no-untyped-call]
    model: Any = AutoModelForAudioClassification.from_pretrained(source, trust_remote_code=True)
    batch = extractor(waveforms, sampling_rate=extractor.sampling_rate, return_tensors="pt")
    output = model(**batch, labels=torch.zeros(len(waveforms), model.config.num_labels))
    output.loss.backward()
    labels = [model.config.id2label[number] for number in range(model.config.num_labels)]
    auto = [dict(zip(labels, row.sigmoid().tolist(), strict=True)) for row in output.logits]
    model.save_pretrained(saved)
    extractor.save_pretrained(saved)

    def by_label(answers: list[dict[str, Any]]) -> dict[str, object]:
        return {str(answer["label"]): answer["score"] for answer in answers}

    result = {
        "one by one": [by_label(answers) for answers in one_by_one],
        "together": [by_label(answers) for answers in together],
        "auto classes": auto,
        "learns": all(bool(parameter.grad.isfinite().all()) for parameter in model.parameters()),
        "imports ours": "instrument_model" in sys.modules,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
