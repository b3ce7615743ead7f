"""Spectral indices of mean spectra, by the names of bands: unknown without a band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INDICES = ("ndvi", "mndwi", "ndbi", "bsi", "brightness", "whiteness")
"""What `indices` gives."""

_VISIBLE = ("blue", "green", "red")


_OF_INDICES = (*INDICES, "texture", "water_share")


def without_indices(table: pd.DataFrame) -> pd.DataFrame:
    """Return measurements with what rests on indices unknown.

    For images whose numbers are no reflectance: a stretch for the eye moves every
    index, and limits on it then mean nothing. What is unknown names nothing and sets
    nothing aside.

    Parameters
    ----------
    table
        Columns of `spatial.change.features.features`.
    """
    names = [name for name in table.columns if name.startswith(_OF_INDICES)]
    return table.assign(**dict.fromkeys(names, np.nan))


def indices(spectra: Floats, bands: Sequence[str]) -> dict[str, Floats]:
    """Return the indices of spectra.

    Parameters
    ----------
    spectra
        (bands, n) reflectance, 0 to 1; NaN where unknown.
    bands
        The role of each: blue, green, red, nir, swir1, swir2; others are not used.

    Returns
    -------
    dict of ndarray
        Each of `INDICES`, (n,). NaN where a band that it needs is missing or where
        it would divide by zero.

        ``ndvi`` (nir - red) / (nir + red), Tucker 1979;
        ``mndwi`` (green - swir1) / (green + swir1), Xu 2006, with nir in the place of
        swir1 where there is none (McFeeters 1996);
        ``ndbi`` (swir1 - nir) / (swir1 + nir), Zha et al. 2003;
        ``bsi`` ((swir1 + red) - (nir + blue)) / (their sum), Rikimaru et al. 2002;
        ``brightness`` mean of the visible bands that are there;
        ``whiteness`` least visible band over the greatest: 1 is grey or white.
    """
    nothing = np.full(spectra.shape[1], np.nan)
    band = {name: spectra[i] for i, name in enumerate(bands)}
    blue, green, red, nir, swir = (
        band.get(name, nothing) for name in (*_VISIBLE, "nir", "swir1")
    )
    seen = [band[name] for name in _VISIBLE if name in band]
    visible = np.stack(seen) if seen else nothing[None]
    return {
        "ndvi": _ratio(nir, red),
        "mndwi": _ratio(green, swir if "swir1" in band else nir),
        "ndbi": _ratio(swir, nir),
        "bsi": _ratio(swir + red, nir + blue),
        "brightness": visible.mean(axis=0),
        "whiteness": _share(visible.min(axis=0), visible.max(axis=0)),
    }


def _ratio(a: Floats, b: Floats) -> Floats:
    """Return the normalised difference of two bands."""
    return _share(a - b, a + b)


def _share(part: Floats, whole: Floats) -> Floats:
    """Return a quotient, NaN for a divisor of 0."""
    filled = np.where(whole == 0, np.nan, whole)
    return np.asarray(part / filled)
