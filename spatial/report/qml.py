"""QGIS styles: features coloured by outcome, in the form QGIS reads from GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from spatial.finding import OUTCOMES, SAID
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spatial.finding import Outcome, Said
    from spatial.text import Lang

Shape = Literal["fill", "line", "marker"]
Shapes = tuple[Shape, ...]
_SORT: Mapping[Shape, str] = {"fill": "Polygon", "line": "Line", "marker": "Point"}
"""What QGIS's ``geometry_type`` says of the shapes that a symbol can draw."""
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

_SITE = "\"site_id\" || coalesce(' ' || \"name\", '')"
_LABELS_ON = " labelsEnabled='1'"
_SLIVER_COLOURS: Mapping[str, str] = {"0": "#c77700", "1": "#4b5563"}


def outcome_style(shapes: Shapes, lang: Lang) -> str:
    """Return a QML document that colours a layer by its field ``outcome``."""
    return _by_outcome(OUTCOMES, shapes, lang)


def site_style(shapes: Shapes, lang: Lang) -> str:
    """Return the same for sites, each with its id and its name beside it."""
    return _by_outcome(OUTCOMES, shapes, lang, label=_SITE)


def finding_style(shapes: Shapes, lang: Lang) -> str:
    """Return a QML document that colours findings; they may be an advice too."""
    return _by_outcome(SAID, shapes, lang)


def _by_outcome(
    said: Sequence[Said], shapes: Shapes, lang: Lang, *, label: str | None = None
) -> str:
    categories: list[tuple[str, str, str]] = [
        (outcome, say(f"outcome.{outcome}", lang), OUTCOME_COLOUR[outcome])
        for outcome in said
    ]
    return categories_style("outcome", categories, shapes, label=label)


def sliver_style(shapes: Shapes, lang: Lang) -> str:
    """Return a QML document that tells slivers from overlaps (field ``sliver``)."""
    words = {"0": say("overlap.overlap", lang), "1": say("overlap.sliver", lang)}
    categories = [(key, words[key], _SLIVER_COLOURS[key]) for key in ("0", "1")]
    return categories_style("sliver", categories, shapes, label='"zone_name"')


def land_style(lang: Lang) -> str:
    """Return a QML document that colours land by its field ``class_code``."""
    categories = [
        (land_class, say(f"land.class.{land_class}", lang), OUTCOME_COLOUR[outcome])
        for land_class, outcome in LAND_CLASSES.items()
    ]
    return categories_style("class_code", categories, ("fill",))


def severity_style(shapes: Shapes, lang: Lang) -> str:
    """Return a QML document that colours a layer by its field ``severity``."""
    categories = [
        (key, say(f"severity.{key}", lang), colour)
        for key, colour in _SEVERITY_COLOURS.items()
    ]
    return categories_style("severity", categories, shapes)


def categories_style(
    field: str,
    categories: Sequence[tuple[str, str, str]],
    shapes: Shapes,
    *,
    label: str | None = None,
) -> str:
    """Return a QML document that colours a layer by the values of a field.

    Parameters
    ----------
    field
        Name of the field.
    categories
        Value, label and colour (``#rrggbb``), in the order of the legend. The first
        is drawn last, so that nothing lies over what is gravest.
    shapes
        The symbols. Where a layer has several sorts of shapes each gets its own, by
        the value and the sort together: a symbol of another sort draws nothing, and
        the site would not be seen.
    label
        Expression of QGIS that is written beside each feature, as plain text; None
        for no labels.
    """
    kinds = [(shape, *one) for shape in shapes for one in categories]
    is_mixed = len(shapes) > 1
    attribute = f"\"{field}\" || ' ' || geometry_type($geometry)" if is_mixed else field
    values = [f"{one[1]} {_SORT[one[0]]}" if is_mixed else one[1] for one in kinds]
    listed = "".join(
        f"<category render='true' symbol='{place}' value={quoteattr(value)}"
        f" label={quoteattr(one[2])}/>"
        for place, (value, one) in enumerate(zip(values, kinds, strict=True))
    )
    symbols = "".join(
        _symbol(place, colour, shape)
        for place, (shape, _, _, colour) in enumerate(kinds)
    )
    parts = "Symbology|Labeling" if label else "Symbology"
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f"<qgis version='3.16' styleCategories='{parts}'"
        f"{_LABELS_ON if label else ''}>"
        f"<renderer-v2 type='categorizedSymbol' attr={quoteattr(attribute)}"
        " forceraster='0' symbollevels='0' enableorderby='1'>"
        f"<categories>{listed}</categories><symbols>{symbols}</symbols>"
        f"{_order(field, categories)}</renderer-v2>"
        f"{_labels(label) if label else ''}</qgis>"
    )


def _order(field: str, categories: Sequence[tuple[str, str, str]]) -> str:
    """Return the order of drawing: the first category on top of the others."""
    cases = " ".join(
        f"WHEN \"{field}\" = '{value}' THEN {len(categories) - place}"
        for place, (value, _, _) in enumerate(categories)
    )
    clause = escape(f"CASE {cases} ELSE 0 END")
    return (
        f"<orderby><orderByClause asc='1' nullsFirst='1'>{clause}</orderByClause>"
        "</orderby>"
    )


def _labels(expression: str) -> str:
    """Return labels in dark grey on a white rim; nothing in them is read as HTML."""
    return (
        "<labeling type='simple'><settings calloutType='simple'>"
        f"<text-style fieldName={quoteattr(expression)} isExpression='1'"
        " allowHtml='0' fontSize='8' fontSizeUnit='Point'"
        " textColor='31,41,55,255' textOpacity='1'>"
        "<text-buffer bufferDraw='1' bufferSize='0.8' bufferSizeUnits='MM'"
        " bufferColor='255,255,255,255' bufferOpacity='0.9'/></text-style>"
        # beside the middle and not on it: a small site would lie under its name
        "<placement placement='0' dist='2' distUnits='MM'/></settings></labeling>"
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
