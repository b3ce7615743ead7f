"""A map of very many shapes, by the graphics card: `spatial.explore_large`.

`spatial.explore` thins shapes out until a page bears them. This draws all of them, as
they are, with lonboard. It is a function of its own and never taken by itself, because
it is not offline: in the browser lonboard fetches code that it needs to read the data
(parquet-wasm, and for areas a worker) from a public server. Nothing of the data is
sent there, but without that server the map stays blank.
"""

from __future__ import annotations

import html
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from layers.errors import ExtraMissingError
from layers.layer import Layer
from spatial.report.palette import zone_styles
from spatial.report.shown import notices_of
from spatial.report.words import kind_title, say, visible

if TYPE_CHECKING:
    from ipywidgets import VBox

    from layers.layer import Workspace
    from spatial.report.palette import ZoneStyle
    from spatial.text import Lang

EXTRA = "lonboard"
_AREAS, _LINES, _POINTS = 2, 1, 0  # dimensions
_OPAQUE = 255
_RADIUS_PIXELS = 3


def explore_large(given: Layer | Workspace, lang: Lang = "zh") -> VBox:
    """Return a map of every shape of a layer or a workspace, however many.

    Parameters
    ----------
    given
        A layer, or a workspace: each kind is then a layer of the map, in its colour.
    lang
        Language of legend and notices.

    Returns
    -------
    ipywidgets.VBox
        Notices and legend, then a ``lonboard.Map`` (its second child) without base
        map. Nothing is simplified or left out. A click on a shape shows its id and
        name. **It needs the network in the browser**, as the page says.

    Raises
    ------
    ExtraMissingError
        lonboard is not installed (extra ``lonboard``).
    """
    if find_spec("lonboard") is None:
        raise ExtraMissingError(extra=EXTRA, needed_for="a map of very many shapes")
    import lonboard  # noqa: PLC0415 - an extra, and slow to load
    from ipywidgets import HTML, VBox  # noqa: PLC0415

    layers = [given] if isinstance(given, Layer) else list(given.layers.values())
    by_kind: dict[str, list[Layer]] = {}
    for one in layers:
        if len(one):
            by_kind.setdefault(one.kind, []).append(one)
    styles = zone_styles(tuple(by_kind))
    drawn = [
        layer
        for kind, some in by_kind.items()
        for one in some
        for layer in _drawn(one, styles[kind])
    ]
    counts = {kind: sum(map(len, some)) for kind, some in by_kind.items()}
    legend = tuple(
        f'<span style="color:{styles[kind].colour}">&#9632;</span> '
        + html.escape(f"{kind_title(kind, lang)} ({count:,})")
        for kind, count in counts.items()
    )
    said = (*notices_of(given, lang), say("map.needs_network", lang))
    told = tuple(html.escape(visible(one)) for one in said)
    head = HTML("<br>".join((*told, "&nbsp; ".join(legend))))
    no_basemap: Any = (
        None  # its own would come from a public server; typed too narrowly
    )
    return VBox([head, lonboard.Map(drawn, basemap=no_basemap)])


def _drawn(layer: Layer, style: ZoneStyle) -> list[Any]:
    """Return the layers of lonboard for one of ours: one for each sort of shape."""
    import lonboard  # noqa: PLC0415

    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    rank = shapely.get_dimensions(shapes)
    field = layer.spec.name_field
    names = layer.frame[field if field in layer.frame.columns else "feature_id"]
    # EPSG:4490 is taken as 4326 on the screen, as on every map here
    frame = gpd.GeoDataFrame(
        {
            "id": [visible(one) for one in layer.frame["feature_id"]],
            "name": [visible(one) if isinstance(one, str) else "" for one in names],
        },
        geometry=shapes,
        crs=4326,
    )
    line, fill = _rgba(style.colour, 1.0), _rgba(style.colour, style.fill)
    looks: dict[int, tuple[Any, dict[str, Any]]] = {
        _AREAS: (
            lonboard.PolygonLayer,
            {
                "get_fill_color": fill,
                "get_line_color": line,
                "line_width_min_pixels": 1,
            },
        ),
        _LINES: (lonboard.PathLayer, {"get_color": line, "width_min_pixels": 1}),
        _POINTS: (
            lonboard.ScatterplotLayer,
            {"get_fill_color": line, "radius_min_pixels": _RADIUS_PIXELS},
        ),
    }
    return [
        # downcasting calls pandas in a way that it warns of
        made.from_geopandas(frame[rank == one], auto_downcast=False, **look)
        for one, (made, look) in looks.items()
        if (rank == one).any()
    ]


def _rgba(colour: str, opacity: float) -> list[int]:
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return [*parts, round(opacity * _OPAQUE)]
