"""A Fourier transform as two small matrix products, for runtimes whose own transform is slow.

In ONNX Runtime it takes seven times as long as PyTorch's, and one matrix for the whole of it three times; this takes
two thirds of that, and its tables are small.
"""

import math
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


class FourierMatrices(NamedTuple):
    """What turns real frames of n_fft = rows * columns samples into their bins.

    With sample number columns * i + j and bin number k + rows * l, the transform falls apart into one over i, a
    rotation by the angle 2 pi j k / n_fft, and one over j (Cooley and Tukey, Math. Comp. 19, 1965). Real input gives
    bins f and n_fft - f the same power, so that half of the k suffice.

    Attributes:
        rows: A divisor of n_fft near its square root.
        columns: n_fft / rows.
        over_rows: (2 half, rows), real parts above imaginary ones, where half = rows // 2 + 1.
        cos: (half, columns), of the rotation.
        sin: (half, columns).
        over_columns: (2 columns, 2 columns), from and to real parts beside imaginary ones.
    """

    rows: int
    columns: int
    over_rows: Matrix
    cos: Matrix
    sin: Matrix
    over_columns: Matrix

    @classmethod
    def of_size(cls, n_fft: int) -> Self:
        """Compute the matrices for frames of this many samples."""
        rows = max(rows for rows in range(1, math.isqrt(n_fft) + 1) if n_fft % rows == 0)
        columns = n_fft // rows
        k, j = np.arange(rows // 2 + 1), np.arange(columns)
        cos, sin = _circle(k, np.arange(rows), rows)
        over_rows = np.concatenate([cos, -sin])
        cos, sin = _circle(j, j, columns)
        return cls(rows, columns, over_rows, *_circle(k, j, n_fft), np.block([[cos, -sin], [sin, cos]]))

    def in_order(self, bank: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring the columns of a bank (n_mels, n_fft / 2 + 1) into the order in which the bins come out.

        Returns:
            (n_mels, half * columns); a bin that comes out twice counts once.
        """
        bins = (np.arange(len(self.cos))[:, np.newaxis] + self.rows * np.arange(self.columns)).ravel()
        places = np.unique(np.minimum(bins, self.rows * self.columns - bins), return_index=True)[1]
        ordered = np.zeros((len(bank), len(bins)), np.float32)
        ordered[:, places] = bank
        return ordered


def _circle(rows: NDArray[np.int64], columns: NDArray[np.int64], period: int) -> tuple[Matrix, Matrix]:
    """Return cosine and sine of 2 pi * rows * columns / period."""
    angles = 2 * math.pi / period * np.outer(rows, columns)
    return np.cos(angles), np.sin(angles)
