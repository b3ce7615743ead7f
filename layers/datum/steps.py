"""Several conversions one after the other, in the shape of a `pyproj.Transformer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

METRES_PER_DEGREE = 111_320.0
"""Of a great circle; turns degrees into lengths of the size of metres."""
BOX_POINTS = 21
SAMPLE = 10_000


class Placer(Protocol):
    """What brings coordinates to degrees: a `pyproj.Transformer`, or `Steps`."""

    def transform(self, xx: Any, yy: Any, /) -> Any:  # noqa: ANN401 - pyproj's own
        """Return longitudes and latitudes."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """Conversions of points (n, 2), done in order.

    A point that a step cannot place is NaN from there on.

    Attributes
    ----------
    steps
        The conversions; the first gives degrees of the source's own datum.
    grid_m
        Where the conversion is wavy (GCJ-02): the one grid on which all edges are cut.
        A grid from the curvature at each edge's middle would differ between
        neighbours. None leaves it to the curvature.
    """

    steps: tuple[Callable[[NDArray[np.float64]], NDArray[np.float64]], ...]
    grid_m: float | None = None

    def transform(self, xx: Any, yy: Any, /) -> Any:  # noqa: ANN401 - as pyproj's
        """Return longitudes and latitudes."""
        points = np.column_stack([np.asarray(xx, float), np.asarray(yy, float)])
        for step in self.steps:
            points = step(points).copy()
            points[~np.isfinite(points).all(axis=1)] = np.nan
        return points[:, 0], points[:, 1]

    def transform_bounds(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Return the box that holds a box's outline; infinite where it has none."""
        share = np.linspace(0.0, 1.0, BOX_POINTS)
        x, y = left + (right - left) * share, bottom + (top - bottom) * share
        low, high = np.full(BOX_POINTS, bottom), np.full(BOX_POINTS, top)
        west, east = np.full(BOX_POINTS, left), np.full(BOX_POINTS, right)
        lon, lat = self.transform(
            np.concatenate([x, x, west, east]), np.concatenate([low, high, y, y])
        )
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            return (np.inf, np.inf, np.inf, np.inf)
        return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))

    def median_move_m(self, points: NDArray[np.float64]) -> float:
        """Return how far points move after the first step, at the median, metres.

        0 without points that could be placed.
        """
        chosen = points[:: max(1, len(points) // SAMPLE)]
        before = self.steps[0](chosen)
        off = np.column_stack(self.transform(chosen[:, 0], chosen[:, 1])) - before
        off[:, 0] *= np.cos(np.radians(before[:, 1]))
        off = off[np.isfinite(off).all(axis=1)] * METRES_PER_DEGREE
        return float(np.median(np.hypot(off[:, 0], off[:, 1]))) if len(off) else 0.0


def from_stretched(
    step: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    grid_m: float | None = None,
) -> Steps:
    """Return a step on degrees as one on degrees times `METRES_PER_DEGREE`."""
    return Steps((lambda points: points / METRES_PER_DEGREE, step), grid_m)


def pyproj_step(
    transformer: Placer,
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return a `pyproj.Transformer` as a step."""

    def step(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return step
