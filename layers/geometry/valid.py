"""Whether a column is valid and finite: on every processor, open to an interruption.

GEOS lets Python's lock go while it looks at an array. So an array is looked at in
pieces by a few threads: as many pieces at once as there are processors, and a Ctrl-C is
heard after a piece instead of after the whole layer.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE_VERTICES = 50_000
"""About 12 ms of work: long beside the handing over, short for a person who waits."""
MAX_THREADS = max(1, min(4, os.cpu_count() or 1))


def are_valid(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return whether each geometry is valid, as `shapely.is_valid` says it.

    Parameters
    ----------
    geometry
        Any geometries; None is not valid.

    Returns
    -------
    ndarray of bool
        In the order of `geometry`, whatever the number of threads.
    """
    pieces = in_pieces(geometry)
    if len(pieces) <= 1 or MAX_THREADS == 1:
        return np.concatenate(
            [np.empty(0, dtype=bool), *(shapely.is_valid(one) for one in pieces)]
        )
    with ThreadPoolExecutor(MAX_THREADS) as threads:
        return np.concatenate(list(threads.map(shapely.is_valid, pieces)))


def are_finite(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return whether all vertices of each geometry are numbers; None and empty: True.

    Piece by piece: the coordinates of a piece stay in the processor's cache, those of a
    layer do not.
    """
    finite = np.ones(len(geometry), dtype=bool)
    start = 0
    for piece in in_pieces(geometry):
        if not np.isfinite(shapely.get_coordinates(piece)).all():
            xy, owner = shapely.get_coordinates(piece, return_index=True)
            finite[start + owner[~np.isfinite(xy).all(axis=1)]] = False
        start += len(piece)
    return finite


def in_pieces(
    geometry: NDArray[np.object_], *, vertices: int = PIECE_VERTICES
) -> list[NDArray[np.object_]]:
    """Return a column cut into pieces of about as many vertices, in order.

    A geometry is never cut: one that has more is a piece with what came before it.
    """
    upto = np.cumsum(shapely.get_num_coordinates(geometry)) // vertices
    cuts = np.flatnonzero(np.diff(upto)) + 1
    return [one for one in np.split(geometry, cuts) if len(one)]
