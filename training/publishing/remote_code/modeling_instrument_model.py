"""The instrument recogniser for Transformers: waveforms to calibrated logits, one for each label.

Log-mel front end, windows and the mean over them are part of the model, so that a recording of any length may be given
as a whole. `sigmoid(logits)` is what the recogniser's own library answers.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from .configuration_instrument_model import InstrumentModelConfig, NetworkConfig
from .mobilenet import MobileNetV3  # type: ignore[import-not-found]  # lies beside this file once published

BATCH_SIZE = 8
"""Windows that the network hears at once, which bounds the memory that a long recording takes."""


FAINT_DB = 30.0
"""Windows that are so much softer than the loudest are no evidence: hiss before and after the music."""


class InstrumentModelForAudioClassification(PreTrainedModel):
    """Names the instruments in recordings, several at once."""

    config_class = InstrumentModelConfig
    main_input_name = "input_values"
    # The second head, which only the library itself uses.
    _keys_to_ignore_on_load_unexpected = [r"^resemblance\."]  # noqa: RUF012 - as Transformers declares it

    def __init__(self, config: InstrumentModelConfig) -> None:
        """Make a network without weights, whose parameters have the names of `model.safetensors`."""
        super().__init__(config)
        network = MobileNetV3(NetworkConfig(**config.network), len(config.labels))
        self.features, self.classifier = network.features, network.classifier
        self.post_init()

    def forward(
        self,
        input_values: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        **_: Any,  # noqa: ANN401 - whatever a trainer or a pipeline adds
    ) -> SequenceClassifierOutput:
        """Hear a batch of recordings.

        Args:
            input_values: (batch, samples), mono in [-1, 1] at the sample rate of the configuration.
            attention_mask: (batch, samples), 1 for samples and 0 for what was padded.
            labels: (batch, labels), between 0 and 1, for a loss.

        Returns:
            `logits` (batch, labels) of the mean probability over the windows that are neither silent nor faint.
        """
        full = input_values.shape[1]
        lengths = [full] * len(input_values) if attention_mask is None else attention_mask.sum(dim=1).tolist()
        clips = (waveform[:length].float() for waveform, length in zip(input_values, lengths, strict=True))
        probabilities = torch.stack([self.probabilities(clip) for clip in clips])
        logits = torch.logit(probabilities, eps=torch.finfo(probabilities.dtype).eps)
        loss = None if labels is None else nn.functional.binary_cross_entropy(probabilities, labels.to(probabilities))
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def probabilities(self, waveform: Tensor) -> Tensor:
        """Average over a recording's windows that are not faint; (samples,) to (labels,), zero for silence."""
        threshold = 10 ** (self.config.window["silence_dbfs"] / 20)
        rows, levels = [], []
        for windows in self.windows(waveform):
            peaks = (windows.amax(dim=1) - windows.amin(dim=1)) / 2
            audible = windows[peaks >= threshold]
            if len(audible):
                rows.append(self.calibrated(audible))
                levels.append(audible.std(dim=1, unbiased=False))
        if not rows:
            return torch.zeros(len(self.config.labels), device=waveform.device)
        level = torch.cat(levels)
        return torch.cat(rows)[level >= level.max() * 10 ** (-FAINT_DB / 20)].mean(dim=0)

    def windows(self, waveform: Tensor) -> Iterator[Tensor]:
        """Cut a recording, (samples,), into batches (windows, samples); the last window ends where it ends."""
        config, rate, step = self.config.window, self.config.frontend["sample_rate"], self.config.frontend["hop_length"]
        length, hop = (step * max(1, round(config[name] * rate / step)) for name in ("seconds", "hop_seconds"))
        if len(waveform) < length:
            missing = max(0, round(config["min_seconds"] * rate) - len(waveform))
            yield nn.functional.pad(waveform, (0, missing)).unsqueeze(0)
            return
        whole = waveform.unfold(0, length, hop)
        yield from torch.split(whole, BATCH_SIZE)
        left_over = len(waveform) - length - hop * (len(whole) - 1)
        if left_over:
            yield waveform[hop * (len(whole) - 1) + step * math.ceil(left_over / step) :].unsqueeze(0)

    def calibrated(self, windows: Tensor) -> Tensor:
        """Turn windows (windows, samples) into calibrated probabilities (windows, labels)."""
        calibration = self.config.calibration
        log_mels = self.log_mels(windows).to(self.dtype)
        logits = self.classifier(self.features(log_mels)).float()
        names = [label["name"] for label in self.config.labels]
        bias = torch.tensor([calibration["bias"][name] for name in names], device=logits.device)
        return torch.sigmoid(logits / calibration["temperature"] + bias)

    def log_mels(self, windows: Tensor) -> Tensor:
        """Compute spectrograms, (windows, 1, n_mels, frames), with 1 + (samples - 1) // hop_length frames."""
        config = self.config.frontend
        bank = mel_bank(*(config[name] for name in ("sample_rate", "n_fft", "n_mels", "f_min", "f_max")))
        spectrum = torch.stft(
            windows[:, 1:] - config["preemphasis"] * windows[:, :-1],
            config["n_fft"],
            config["hop_length"],
            config["win_length"],
            torch.hann_window(config["win_length"], periodic=False, device=windows.device),
            return_complex=True,
        )
        mel = bank.to(windows.device) @ (spectrum.real.square() + spectrum.imag.square())
        log_mel: Tensor = (torch.log(mel + config["log_offset"]) - config["mean"]) / config["scale"]
        return log_mel.unsqueeze(1)


@lru_cache
def mel_bank(sample_rate: int, n_fft: int, n_mels: int, f_min: float, f_max: float) -> Tensor:
    """Return Kaldi's triangles, of equal width on the scale 1127 ln(1 + f / 700 Hz), (n_mels, n_fft // 2 + 1)."""
    frequencies = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft
    low, high, mels = (
        1127 * torch.log1p(torch.as_tensor(f, dtype=torch.float64) / 700) for f in (f_min, f_max, frequencies)
    )
    width = (high - low) / (n_mels + 1)
    edges = low + width * torch.arange(n_mels + 1, dtype=torch.float64).unsqueeze(1)
    slopes = (mels - edges) / width
    return torch.minimum(slopes[:-1], 1 - slopes[1:]).clamp(min=0).float()
