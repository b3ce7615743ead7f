"""A folium map for notebooks: escaped, without network, without chance.

Folium puts names and values into the page as HTML and into its script as text; in
its own form it also loads ten files from the network. Here every text goes through
`inert`, Leaflet stands in the map itself, and ids are counted.
"""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Any

import branca.element
import folium

from spatial.report.html import leaflet_css, leaflet_js
from spatial.report.shown import shown_review
from spatial.report.words import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spatial.report.content import ReviewContent
    from spatial.report.shown import Group, Shown
    from spatial.text import Lang

# What ends a template literal, opens a place in one, or escapes: harmless in HTML
# as entities, and in folium's script no longer there.
_SCRIPT_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "`$\\{}"}


class _Page(branca.element.Figure):
    """A figure that says the same each time it is asked: folium's grows."""

    def render(self, **kwargs: object) -> str:
        """Return the page; what an earlier call put into its script is gone."""
        self.script = branca.element.Element()
        self.script._parent = self  # noqa: SLF001 (as branca's own figure does)
        return str(super().render(**kwargs))


def inert(text: str) -> str:
    """Return a text that is only text in HTML and in a JavaScript template literal.

    Examples
    --------
    >>> inert("<b>`${1}`")
    '&lt;b&gt;&#96;&#36;&#123;1&#125;&#96;'
    """
    return html.escape(visible(text), quote=True).translate(_SCRIPT_SIGNS)


def explore(content: ReviewContent, lang: Lang = "zh") -> folium.Map:
    """Return an interactive map of the sites and the zones around them.

    Parameters
    ----------
    content
        The review.
    lang
        Language of the legend.

    Returns
    -------
    folium.Map
        Zones by kind and sites by outcome; see `folium_map`. An empty map when no site
        has a geometry.
    """
    return folium_map(shown_review(content, lang))


def folium_map(shown: Shown) -> folium.Map:
    """Return a map with folium.

    Returns
    -------
    folium.Map
        A layer that can be switched for each group; no base map, no reference to the
        network. The notices stand on the map. The same content gives the same HTML.
    """
    found = folium.Map(tiles=None, control_scale=True, attributionControl=False)
    found.default_js = [("leaflet", _data_uri("text/javascript", leaflet_js()))]
    found.default_css = [("leaflet_css", _data_uri("text/css", leaflet_css()))]
    for group in shown.groups:
        _add_group(found, group)
    if shown.bounds is not None:
        west, south, east, north = shown.bounds
        found.fit_bounds([[south, west], [north, east]])
        folium.LayerControl(collapsed=False).add_to(found)
    page = _Page()
    page.add_child(found)
    _add_notices(page, shown.notices)
    _count_ids(page)
    return found


def _add_group(target: folium.Map, group: Group) -> None:
    style: dict[str, Any] = {
        "color": group.colour,
        "fillColor": group.colour,
        "weight": group.width,
        "dashArray": group.dash,
        "fillOpacity": group.fill,
    }
    features = [
        _feature(one.geometry, **dict(zip(group.titles, one.texts, strict=True)))
        for one in group.shapes
    ]
    name = _layer_name(group.colour, group.title)
    _add_layer(target, features, name=name, style=style, titles=group.titles)


def _feature(geometry: dict[str, Any], **texts: str) -> dict[str, Any]:
    properties = {key: inert(text) for key, text in texts.items()}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _layer_name(colour: str, title: str) -> str:
    """Return the name in the layer switch, which so is the legend too."""
    return f'<span style="color:{colour}">&#9632;</span> {inert(title)}'


def _add_layer(
    target: folium.Map,
    features: list[dict[str, Any]],
    *,
    name: str,
    style: dict[str, Any],
    titles: Mapping[str, str],
) -> None:
    folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=name,
        style_function=lambda _: style,
        marker=folium.CircleMarker(radius=6, fill=True),
        tooltip=folium.GeoJsonTooltip(
            fields=list(titles), aliases=[inert(title) for title in titles.values()]
        ),
    ).add_to(target)


def _add_notices(page: _Page, notices: tuple[str, ...]) -> None:
    if not notices:
        return
    text = "<br>".join(inert(one) for one in notices)
    banner = (
        '<div style="position:fixed;left:50%;top:8px;transform:translateX(-50%);'
        "z-index:1000;padding:3px 14px;background:#fff8e1;border:1px solid #d9a400;"
        f'font:600 13px sans-serif">{text}</div>'
    )
    page.html.add_child(branca.element.Element(banner), name="notices")


def _data_uri(kind: str, text: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"


def _count_ids(root: branca.element.Element) -> None:
    """Put counted ids in the place of folium's random ones."""
    for place, one in enumerate(_elements(root)):
        one._id = f"{place:032x}"  # noqa: SLF001 (folium offers no other way)


def _elements(one: branca.element.Element) -> Iterator[branca.element.Element]:
    yield one
    for child in one._children.values():  # noqa: SLF001
        yield from _elements(child)
