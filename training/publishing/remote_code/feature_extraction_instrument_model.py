"""From arrays of samples to what the model takes; the spectrogram is computed in the model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import BatchFeature, SequenceFeatureExtractor


class InstrumentModelFeatureExtractor(SequenceFeatureExtractor):
    """Checks waveforms and pads those of a batch to the same length."""

    model_input_names = ["input_values", "attention_mask"]  # noqa: RUF012 - as Transformers declares it

    def __init__(
        self,
        feature_size: int = 1,
        sampling_rate: int = 32_000,
        padding_value: float = 0.0,
        **kwargs: Any,  # noqa: ANN401 - whatever Transformers has beside ours
    ) -> None:
        """Keep the sample rate in Hz."""
        super().__init__(feature_size=feature_size, sampling_rate=sampling_rate, padding_value=padding_value, **kwargs)

    def __call__(
        self,
        raw_speech: NDArray[np.floating[Any]] | Sequence[NDArray[np.floating[Any]]],
        sampling_rate: int | None = None,
        return_tensors: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - of `pad`
    ) -> BatchFeature:
        """Make a batch.

        Args:
            raw_speech: (samples,) in [-1, 1], mono at `self.sampling_rate`, or a list of such.
            sampling_rate: Of `raw_speech`, in Hz, to be checked.
            return_tensors: `"pt"` for PyTorch, `"np"` for NumPy.
            **kwargs: What `pad` takes.

        Returns:
            `input_values` and `attention_mask`, both (batch, samples).

        Raises:
            ValueError: The rate is another one, or a waveform is empty or has several channels.
        """
        if sampling_rate not in (None, self.sampling_rate):
            raise ValueError(f"The audio has {sampling_rate} Hz; resample it to {self.sampling_rate} Hz.")
        single = isinstance(raw_speech, np.ndarray) and raw_speech.ndim == 1
        waveforms = [np.asarray(waveform, np.float32) for waveform in ([raw_speech] if single else raw_speech)]
        if any(waveform.ndim != 1 or not waveform.size for waveform in waveforms):
            raise ValueError("Give waveforms of shape (samples,), one channel each and not empty.")
        finite = [np.where(np.isfinite(waveform), waveform, 0.0).clip(-1.0, 1.0) for waveform in waveforms]
        batch = BatchFeature({"input_values": finite})
        return self.pad(batch, return_tensors=return_tensors, **{"padding": True, **kwargs})
