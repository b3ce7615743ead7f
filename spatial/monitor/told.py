"""A monitoring run as plain values: result.json (``ecoredline/monitoring/1``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.monitor import views
from spatial.report.assemble import versions_of
from spatial.report.result import result
from spatial.report.words import sentence
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.monitor.run import Monitoring
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

SCHEMA = "ecoredline/monitoring/1"
_AREA, _SHARE, _DEGREE = 2, 6, 7  # decimals


def told(
    found: Monitoring, content: ReviewContent, lang: Lang, pictures: Mapping[str, str]
) -> dict[str, Any]:
    """Return the run as plain values (schema ``ecoredline/monitoring/1``).

    Areas in m2 to 0.01, shares to 1e-6, degrees to 1e-7; None is unknown. ``review``
    is what the rules say of the clues, as `spatial.report.result.result`.
    """
    scan = found.scan
    return {
        "schema": SCHEMA,
        "title": content.title,
        "region": content.region,
        "on": found.on.isoformat(),
        "run_id": content.run_id,
        "notices": [
            *content.notices,
            *(TEXTS.render(one, lang) for one in found.clues.notices),
        ],
        "summary": list(views.summary(found, lang)),
        "images": {
            name: {
                "name": image.name,
                "date": image.date.isoformat() if image.date else None,
                "sensor": image.sensor,
                "level": image.level,
                "bands": list(image.bands),
                "notes": [sentence(one, lang) for one in image.notes],
            }
            for name, image in (("before", found.before), ("after", found.after))
        },
        "pair": {
            **found.pair.numbers(),
            "sentences": [sentence(one.message, lang) for one in found.pair.doubts],
        },
        "detection": None
        if scan is None
        else {
            "method": scan.method,
            "options": dict(found.options),
            "threshold": _plain(scan.threshold),
            "notes": list(scan.notes),
        },
        "clues": [
            _clue(rank, one, pictures.get(one.patch_id))
            for rank, one in enumerate(views.clues(found, lang), start=1)
        ],
        "set_aside": [
            {
                "patch_id": str(name),
                "reason": row["reason"],
                "kind": row["kind"],
                "area_m2": _plain(row["area_m2"], _AREA),
            }
            for name, row in found.set_aside.iterrows()
        ],
        "zones": [_zone(row) for _, row in found.zones.iterrows()],
        "review": result(content, lang),
        "inputs": dict(sorted(found.inputs.items())),
        "versions": dict(sorted(versions_of().items())),
    }


def _clue(rank: int, one: views.Clue, picture: str | None) -> dict[str, Any]:
    row = one.row
    areas = ("area_m2", "approved_m2", "beyond_m2", "width_m")
    return {
        "rank": rank,
        "patch_id": one.patch_id,
        "event_id": row["event_id"],
        "outcome": row["outcome"],
        "deciding_rule": row["deciding_rule"],
        "kind": row["kind"],
        "kind_confidence": _plain(row["kind_confidence"]),
        "surface": row["surface"],
        "trend": row["trend"],
        "confidence": _plain(row["confidence"]),
        **{name: _plain(row[name], _AREA) for name in areas},
        "permit_state": row["permit_state"],
        "permit_codes": list(row["permit_codes"]),
        "permit_until": _plain(row["permit_until"]),
        "class_agrees": row["class_agrees"],
        "zones": [
            {"kind": kind, "zone_id": zone, "zone_name": _plain(name),
             "area_m2": round(area, _AREA)}
            for kind, zone, name, area in row["zones"]
        ],
        "unchecked": list(row["unchecked"]),
        "score": _plain(row["score"]),
        "score_parts": {
            part: _plain(row[f"score_{part}"])
            for part in ("law", "permit", "size", "confidence", "kind")
        },
        "lon": _plain(row["lon"], _DEGREE),
        "lat": _plain(row["lat"], _DEGREE),
        "gauss_kruger_epsg": int(row["gauss_kruger_epsg"]) or None,
        "easting_m": _plain(row["easting_m"], _AREA),
        "northing_m": _plain(row["northing_m"], _AREA),
        "county_code": _plain(row["county_code"]),
        "county_name": _plain(row["county_name"]),
        "near": one.near,
        "picture": picture,
    }  # fmt: skip


def _zone(row: Any) -> dict[str, Any]:  # noqa: ANN401  a row of a table
    names = [name for name in row.index if name != "geometry"]
    out = {}
    for name in names:
        decimals = _AREA if "_m2" in name or name == "area_m2" else _SHARE
        out[name] = _plain(row[name], decimals)
    return out


def _plain(value: Any, decimals: int = _SHARE) -> Any:  # noqa: ANN401  what JSON holds
    """Return a value as JSON holds it; None for what is unknown."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return round(float(value), decimals) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return value if isinstance(value, int | str) else str(value)[:10]
