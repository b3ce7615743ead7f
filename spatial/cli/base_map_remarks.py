"""What a run says of the base map of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.cli.terminal import language, remark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from layers.base_map import BaseMap


def base_map_remarks(
    base: BaseMap | None, shapes: Iterable[BaseGeometry | None]
) -> None:
    """Print that the tiles are shifted, or that the page holds a key.

    Parameters
    ----------
    base
        None: nothing is printed.
    shapes
        What the map shows, EPSG:4490; the shift is that in their middle.
    """
    if base is None:
        return
    import numpy as np
    import shapely

    from spatial.report.base_map import base_map_warnings

    known = np.array([one for one in shapes if one is not None], dtype=object)
    west, south, east, north = shapely.total_bounds(known).tolist()
    for one in base_map_warnings(base, (west, south, east, north), language()):
        remark("cli.base_map", what=one)
