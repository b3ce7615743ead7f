"""Masks that come with an image, in one set of codes.

Sources: the scene classification of Sentinel-2 L2A (Sen2Cor: classes 0 to 11) and the
bits of QA_PIXEL of Landsat Collection 2 (USGS, Landsat Collection 2 Quality Assessment
Bands).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEAR, NODATA, CLOUD, SHADOW, SNOW, DEFECT = range(6)
CODES = ("clear", "nodata", "cloud", "shadow", "snow", "defect")
"""Names of the codes, in their order."""

SCL = {0: NODATA, 1: DEFECT, 3: SHADOW, 8: CLOUD, 9: CLOUD, 10: CLOUD, 11: SNOW}
"""Classes that hide the ground; 2 (dark: mostly shadow of hills), 4 to 7 do not."""
QA_BITS = ((5, SNOW), (2, CLOUD), (1, CLOUD), (3, CLOUD), (4, SHADOW), (0, NODATA))
"""Bit and code, a later one wins: cirrus, dilated cloud, cloud, shadow, fill."""


def decoded(role: str, values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return codes for a band of classes.

    Parameters
    ----------
    role
        ``scl`` or ``qa``.
    values
        Whole numbers as stored, of any shape; NaN counts as nodata.

    Examples
    --------
    >>> decoded("scl", np.array([4, 9, 3])).tolist()
    [0, 2, 3]
    >>> decoded("qa", np.array([21824, 22280, 1])).tolist()
    [0, 2, 1]
    """
    known = np.isfinite(values)
    whole = np.where(known, values, 0).astype(np.int64)
    codes = np.zeros(values.shape, dtype=np.uint8)
    if role == "scl":
        for number, code in SCL.items():
            codes[whole == number] = code
    else:
        for bit, code in QA_BITS:
            codes[(whole >> bit) & 1 == 1] = code
    codes[~known] = NODATA
    return codes
