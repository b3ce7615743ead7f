"""Layers on a map: `spatial.explore(layer)` and `spatial.plot(layer)`.

Functions and not methods of the layer, since facts know nothing of maps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.map import folium_map
from spatial.report.plot import plot as picture
from spatial.report.shown import shown_layers

if TYPE_CHECKING:
    import folium

    from layers.layer import Layer, Workspace
    from spatial.report.plot import Picture
    from spatial.text import Lang


def explore(given: Layer | Workspace, lang: Lang = "zh") -> folium.Map:
    """Return an interactive map of a layer, or of the layers of a workspace.

    Parameters
    ----------
    given
        A layer, or a workspace: each kind is then a layer of the map.
    lang
        Language of the legend.

    Returns
    -------
    folium.Map
        Offline and escaped as `spatial.report.map.folium_map` is. Shapes are
        simplified for the eye; what is left out or could not be read is told on it.
        An empty map when no layer has a feature.
    """
    return folium_map(shown_layers(given, lang))


def plot(given: Layer | Workspace, lang: Lang = "zh") -> Picture:
    """Return a quick picture of the same map.

    Raises
    ------
    ExtraMissingError
        matplotlib is not installed (extra ``report``).
    """
    name = given.id if hasattr(given, "id") else given.title
    return picture(shown_layers(given, lang), name)
