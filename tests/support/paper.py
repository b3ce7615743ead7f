"""Squared paper on the ellipsoid: a small rulebook, zones and sites in metres.

The origin is that of the cases of a rulebook (107 east, 40 north); x is exactly the
distance from the meridian x = 0. Clauses and zones are made up.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import shapely

import spatial
from layers.layer import FRAME, Workspace
from layers.provenance import Coverage, Period, Tolerance
from layers.read import from_frame
from spatial.policy.cases import ORIGIN, draw

ON = "2024-05-01"
VALID = Period(dt.date(2000, 1, 1))
KINDS = {
    "ecological_redline": "intersects",
    "river_shoreline": "within_distance",
    "industrial_park": "not_within",
}
RULES = """
rulebook: paper
title: {zh: 方格纸条款（虚构）, en: Clauses on squared paper (made up)}
documents:
  d:
    title: {zh: 虚构文件, en: A made-up text}
    kind: local
    period: {from: 2000-01-01}
    source: made up
rules:
"""
RULE = """
  - id: %(id)s
    title: {zh: %(id)s（虚构）, en: %(id)s (made up)}
    editions:
      - valid: {from: 2000-01-01}
        citation: {document: d, article: 第一条, quote: 虚构}
        provisions:
          - where: {%(where)s}
            effect: %(effect)s
%(requires)s    cases:
      - aspect: unknown
        name: 缺图层
        on: 2024-05-01
        site: {point: [0, 0]}
        expect: not_checked
"""
REQUIRES = "            requires: {zh: 虚构, en: made up}\n"


def rulebook(folder, **rules):
    """Write a rulebook: id to (where, effect)."""
    parts = [
        RULE
        % {
            "id": name,
            "where": where,
            "effect": effect,
            "requires": REQUIRES if effect == "restricted" else "",
        }
        for name, (where, effect) in rules.items()
    ]
    path = folder / "paper.yaml"
    path.write_text(RULES + "".join(parts), encoding="utf-8")
    return str(path)


def box(*edges):
    return draw(("box", edges), ORIGIN)


def line(*points):
    return draw(("line", points), ORIGIN)


def point(x, y):
    return draw(("point", (x, y)), ORIGIN)


def layer(kind, *shapes, accuracy_m=1.0, tolerance=None, **fields):
    """A layer of a kind, complete for a degree around the origin."""
    frame = gpd.GeoDataFrame(
        {name: [value] * len(shapes) for name, value in fields.items()},
        geometry=list(shapes),
        crs=FRAME,
    )
    lon, lat = ORIGIN
    area = shapely.box(lon - 1, lat - 1, lon + 1, lat + 1)
    return from_frame(
        frame,
        kind=kind,
        coverage=Coverage(area, "paper"),
        valid=VALID,
        accuracy_m=accuracy_m,
        tolerance=tolerance or Tolerance(),
    )


def office(book, *layers, region=None):
    return Workspace(
        "paper", region, {one.id: one for one in layers}, rulebooks=(book,)
    )


def sites(*shapes, accuracy_m=1.0, **attributes):
    said = {name: [value] * len(shapes) for name, value in attributes.items()}
    ids = [f"S-{at}" for at in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"site_id": ids, "accuracy_m": [accuracy_m] * len(shapes), **said},
        geometry=list(shapes),
        crs=FRAME,
    )


def reviewed(workspace, *shapes, **said):
    """Site records of a review, in the order of the shapes."""
    review = spatial.review(sites(*shapes, **said), workspace, on=ON)
    return sorted(review.content.sites, key=lambda one: int(one.site_id[2:]))
