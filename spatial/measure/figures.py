"""Figures for people: hectares, mu, and roundings whose sum is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from layers.errors import ToolkitError

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatial.measure.ellipsoid import Floats

Number = TypeVar("Number", float, "npt.NDArray[np.float64]")


class MeasureError(ToolkitError, ValueError):
    """Figures cannot be what they are said to be: parts that do not make the whole."""


def hectares(area_m2: Number) -> Number:
    """Return an area in hectares (公顷); 1 ha = 10 000 m2.

    Examples
    --------
    >>> hectares(25000.0)
    2.5
    """
    return area_m2 / 10_000


def mu(area_m2: Number) -> Number:
    """Return an area in mu (亩); 1 mu = 2000/3 m2, 15 mu = 1 ha.

    Examples
    --------
    >>> mu(10000.0)
    15.0
    """
    return area_m2 * 3 / 2000


def largest_remainder(values: npt.ArrayLike, *, total: float, decimals: int) -> Floats:
    """Return `values` rounded so that the printed figures add up to the printed total.

    Each value is rounded down to the last decimal; the units that are then missing go
    to the values with the largest remainders, the first of equals first. No value
    moves by a whole unit of the last decimal.

    Parameters
    ----------
    values
        The parts, any unit.
    total
        What they add up to; itself rounded to `decimals` (half to even).
    decimals
        Number of decimals that will be printed.

    Returns
    -------
    ndarray
        The rounded parts, in the order of `values`. Printed with `decimals` decimals
        they add up to `total` printed so, exactly.

    Raises
    ------
    MeasureError
        `total` is not the sum of `values` within the last decimal, or a value is not
        finite: rounding must not hide a part that is missing.

    Examples
    --------
    >>> largest_remainder([1.0, 1.0, 1.0], total=3.0, decimals=2)
    array([1., 1., 1.])
    >>> largest_remainder([10 / 3, 10 / 3, 10 / 3], total=10.0, decimals=2)
    array([3.34, 3.33, 3.33])
    """
    parts = np.asarray(values, dtype=float)
    unit = 10.0**decimals
    found = float(parts.sum())
    if not abs(found - total) * unit <= 1:  # also when one of them is not finite
        msg = (
            f"rounding to {decimals} decimals: expected finite parts that add up to "
            f"{total!r}, got {found!r}; check that no part is missing"
        )
        raise MeasureError(msg)
    units = np.floor(parts * unit)
    missing = round(round(total, decimals) * unit - units.sum())
    order = np.argsort(units - parts * unit, kind="stable")
    units[order[:missing]] += 1
    return np.asarray(units / unit)
