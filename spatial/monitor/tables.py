"""The tables of a monitoring run: the workbook and the page take them from here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.monitor import views
from spatial.monitor.places import dms
from spatial.report.columns import Column, Table
from spatial.report.words import (
    M2_PER_HA,
    M2_PER_MU,
    kind_title,
    say,
    sentence,
    visible,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.monitor.run import Monitoring
    from spatial.report.columns import Cell
    from spatial.text import Lang

_SIZES = (Column("area_m2", "m2"), Column("area_ha", "ha"), Column("area_mu", "mu"))
CLUES = (
    Column("rank", "count"),
    Column("clue_id"),
    Column("event_id"),
    Column("score", "m"),
    Column("outcome"),
    Column("rule"),
    Column("zones", "long"),
    Column("permit_state", "long"),
    Column("permit_codes"),
    Column("approved_m2", "m2"),
    Column("beyond_m2", "m2"),
    Column("kind_guess"),
    Column("surface_guess"),
    Column("trend"),
    Column("kind_fit", "share"),
    Column("confidence", "share"),
    *_SIZES,
    Column("width_m", "m"),
    Column("county"),
    Column("county_name"),
    Column("near"),
    Column("lon", "degree"),
    Column("lat", "degree"),
    Column("lon_dms"),
    Column("lat_dms"),
    Column("easting_m", "m"),
    Column("northing_m", "m"),
    Column("gauss_kruger"),
    Column("unchecked", "long"),
    *(
        Column(f"score_{one}", "m")
        for one in ("law", "permit", "size", "confidence", "kind")
    ),
    Column("picture"),
    Column("field_result"),
    Column("field_found", "long"),
    Column("field_who"),
    Column("field_date"),
)
SET_ASIDE = (
    Column("clue_id"),
    Column("reason"),
    Column("kind_guess"),
    Column("surface_guess"),
    Column("trend"),
    Column("confidence", "share"),
    *_SIZES,
    Column("width_m", "m"),
    Column("lon", "degree"),
    Column("lat", "degree"),
)
ZONES = (
    Column("layer_kind"),
    Column("layer"),
    Column("zone_id"),
    Column("zone_name"),
    Column("area_m2", "m2"),
    Column("observed_m2", "m2"),
    Column("observed_share", "share"),
    Column("patches", "count"),
    Column("changed_m2", "m2"),
    Column("changed_share", "share"),
    Column("set_aside_m2", "m2"),
    Column("ndvi_before", "m"),
    Column("ndvi_after", "m"),
    Column("fvc_before", "share"),
    Column("fvc_after", "share"),
)


def tables(
    found: Monitoring, lang: Lang, pictures: Mapping[str, str]
) -> tuple[Table, ...]:
    """Return every table of a run, in the order of the sheets.

    Parameters
    ----------
    found
        The run.
    lang
        Language of words.
    pictures
        File of the picture by patch, where there is one.
    """
    return (
        clues_table(found, lang, pictures),
        aside_table(found, lang),
        zones_table(found, lang),
        pair_table(found, lang),
    )


def clues_table(found: Monitoring, lang: Lang, pictures: Mapping[str, str]) -> Table:
    """Return the clues, most urgent first, with room for what the field says."""
    rows = []
    for rank, one in enumerate(views.clues(found, lang), start=1):
        row = one.row
        plane = f"EPSG:{row['gauss_kruger_epsg']}" if row["gauss_kruger_epsg"] else None
        rows.append(
            (
                rank, one.patch_id, _text(row["event_id"]), _number(row["score"]),
                say(f"outcome.{row['outcome']}", lang), _text(row["deciding_rule"]),
                one.zones, one.permit,
                visible(", ".join(row["permit_codes"])) or None,
                _number(row["approved_m2"]), _number(row["beyond_m2"]),
                one.kind, one.surface, one.trend,
                _number(row["kind_confidence"]), _number(row["confidence"]),
                *_sizes(row["area_m2"]), _number(row["width_m"]),
                _text(row["county_code"]), _text(row["county_name"]), one.near,
                _number(row["lon"]), _number(row["lat"]),
                dms(row["lon"]), dms(row["lat"]),
                _number(row["easting_m"]), _number(row["northing_m"]), plane,
                one.unchecked or None,
                *(
                    _number(row[f"score_{part}"])
                    for part in ("law", "permit", "size", "confidence", "kind")
                ),
                pictures.get(one.patch_id), None, None, None, None,
            )
        )  # fmt: skip
    return Table("clues", CLUES, tuple(rows))


def aside_table(found: Monitoring, lang: Lang) -> Table:
    """Return the patches that are no clue, each with its reason."""
    table = found.set_aside
    shapes = np.asarray(table.geometry.array, dtype=object)
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes)).tolist()
    rows = [
        (
            str(name),
            say(f"monitor.reason.{row['reason']}", lang),
            *views.guessed(row, lang),
            _number(row["confidence"]),
            *_sizes(row["area_m2"]),
            _number(row["width_m"]),
            lon,
            lat,
        )
        for (name, row), (lon, lat) in zip(table.iterrows(), inside, strict=True)
    ]
    return Table("set_aside", SET_ASIDE, tuple(rows))


def zones_table(found: Monitoring, lang: Lang) -> Table:
    """Return what was seen and what changed in each zone."""
    table = found.zones
    measured = [one.key for one in ZONES[4:]]
    rows = [
        (
            kind_title(str(row["kind"]), lang),
            _text(row["layer"]),
            _text(row["zone_id"]),
            _text(row["zone_name"]),
            *(_number(row[name]) for name in measured),
        )
        for _, row in table.iterrows()
    ]
    return Table("zones", ZONES, tuple(rows))


def pair_table(found: Monitoring, lang: Lang) -> Table:
    """Return what the gate says of the images, with its numbers."""
    report = found.pair
    status = sentence_of(f"change.status_{report.status}", lang)
    rows: list[tuple[Cell, ...]] = [
        (say("monitor.gate", lang), status),
        *(
            (say(f"monitor.image_{name}", lang), image_text(image, lang))
            for name, image in (("before", found.before), ("after", found.after))
        ),
        *(
            (sentence_of(f"change.severity_{one.severity}", lang),
             sentence(one.message, lang))
            for one in report.doubts
        ),
        *((name, _plain(value)) for name, value in report.numbers().items()),
    ]  # fmt: skip
    columns = (Column("measure"), Column("value", "long"))
    return Table("pair", columns, tuple(rows))


def sentence_of(key: str, lang: Lang) -> str:
    """Return a sentence by its whole key."""
    return TEXTS.say(key, lang=lang)


def image_text(image: Any, lang: Lang) -> str:  # noqa: ANN401  a RasterLayer
    """Return name, day, sensor and pixel of an image."""
    return visible(
        say(
            "monitor.image_line",
            lang,
            name=image.name,
            date=str(image.date or image.year or say("none", lang)),
            sensor=image.sensor or say("none", lang),
            pixel=_pixel(image, lang),
        )
    )


def _pixel(image: Any, lang: Lang) -> str:  # noqa: ANN401  a RasterLayer
    wide = image.grid.resolution[0]
    if image.grid.crs.is_geographic:
        return f"{wide:.6f}°"
    return say("monitor.pixel", lang, value=f"{wide:g}")


def _sizes(area_m2: float) -> tuple[float, float, float]:
    return area_m2, area_m2 / M2_PER_HA, area_m2 / M2_PER_MU


def _number(value: object) -> float | None:
    found = float(value) if value is not None else math.nan  # type: ignore[arg-type]
    return found if math.isfinite(found) else None


def _text(value: object) -> str | None:
    """Return a text made visible; None for what is missing."""
    return visible(value) if isinstance(value, str) else None


def _plain(value: object) -> str:
    """Return a number of the gate as text."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return "—" if value is None else str(value)
