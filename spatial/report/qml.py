"""QGIS styles: features coloured by outcome, in the form QGIS reads from GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import quoteattr

from spatial.finding import OUTCOMES, SAID
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spatial.finding import Outcome, Said
    from spatial.text import Lang

Shape = Literal["fill", "line", "marker"]
_SEVERITY_COLOURS: Mapping[str, str] = {
    "error": "#b42318",
    "warning": "#c77700",
    "note": "#4b5563",
}
LAND_CLASSES: Mapping[str, Outcome] = {
    "prohibited": "prohibited",
    "unknown": "not_checked",
    "restricted": "restricted",
    "feasible": "clear",
}
"""Whose colour and sign a class of land has."""

_SLIVER_COLOURS: Mapping[str, str] = {"0": "#c77700", "1": "#4b5563"}


def outcome_style(shape: Shape, lang: Lang) -> str:
    """Return a QML document that colours sites by their field ``outcome``."""
    return _by_outcome(OUTCOMES, shape, lang)


def finding_style(shape: Shape, lang: Lang) -> str:
    """Return a QML document that colours findings; they may be an advice too."""
    return _by_outcome(SAID, shape, lang)


def _by_outcome(said: Sequence[Said], shape: Shape, lang: Lang) -> str:
    categories: list[tuple[str, str, str]] = [
        (outcome, say(f"outcome.{outcome}", lang), OUTCOME_COLOUR[outcome])
        for outcome in said
    ]
    return categories_style("outcome", categories, shape)


def sliver_style(shape: Shape, lang: Lang) -> str:
    """Return a QML document that tells slivers from overlaps (field ``sliver``)."""
    words = {"0": say("overlap.overlap", lang), "1": say("overlap.sliver", lang)}
    categories = [(key, words[key], _SLIVER_COLOURS[key]) for key in ("0", "1")]
    return categories_style("sliver", categories, shape)


def land_style(lang: Lang) -> str:
    """Return a QML document that colours land by its field ``class_code``."""
    categories = [
        (land_class, say(f"land.class.{land_class}", lang), OUTCOME_COLOUR[outcome])
        for land_class, outcome in LAND_CLASSES.items()
    ]
    return categories_style("class_code", categories, "fill")


def severity_style(shape: Shape, lang: Lang) -> str:
    """Return a QML document that colours a layer by its field ``severity``."""
    categories = [
        (key, say(f"severity.{key}", lang), colour)
        for key, colour in _SEVERITY_COLOURS.items()
    ]
    return categories_style("severity", categories, shape)


def categories_style(
    field: str, categories: Sequence[tuple[str, str, str]], shape: Shape
) -> str:
    """Return a QML document that colours a layer by the values of a field.

    Parameters
    ----------
    field
        Name of the field.
    categories
        Value, label and colour (``#rrggbb``), in the order of the legend.
    shape
        The symbol.
    """
    listed = "".join(
        f"<category render='true' symbol='{place}' value={quoteattr(value)}"
        f" label={quoteattr(label)}/>"
        for place, (value, label, _) in enumerate(categories)
    )
    symbols = "".join(
        _symbol(place, colour, shape) for place, (_, _, colour) in enumerate(categories)
    )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        "<qgis version='3.16' styleCategories='Symbology'>"
        f"<renderer-v2 type='categorizedSymbol' attr={quoteattr(field)}"
        " forceraster='0' symbollevels='0' enableorderby='0'>"
        f"<categories>{listed}</categories><symbols>{symbols}</symbols>"
        "</renderer-v2></qgis>"
    )


def _symbol(place: int, colour: str, shape: Shape) -> str:
    layer, properties = _symbol_layer(colour, shape)
    listed = "".join(
        f"<prop k={quoteattr(key)} v={quoteattr(value)}/>"
        for key, value in properties.items()
    )
    return (
        f"<symbol type='{shape}' name='{place}' alpha='1' clip_to_extent='1'>"
        f"<layer class='{layer}' enabled='1' locked='0' pass='0'>{listed}</layer>"
        "</symbol>"
    )


def _symbol_layer(colour: str, shape: Shape) -> tuple[str, Mapping[str, str]]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    solid, pale = f"{red},{green},{blue},255", f"{red},{green},{blue},90"
    if shape == "fill":
        return "SimpleFill", {
            "color": pale,
            "style": "solid",
            "outline_color": solid,
            "outline_style": "solid",
            "outline_width": "0.5",
            "outline_width_unit": "MM",
        }
    if shape == "line":
        return "SimpleLine", {
            "line_color": solid,
            "line_style": "solid",
            "line_width": "0.8",
            "line_width_unit": "MM",
        }
    return "SimpleMarker", {
        "name": "circle",
        "color": solid,
        "outline_color": "255,255,255,255",
        "size": "3",
        "size_unit": "MM",
    }
