"""An office on squared paper, written to files: for runs that are made again.

One square is 0.01 degree (about 1.1 km by 0.85 km), x from 107.0, y from 40.0:

      0   1   2   3   4
    2 ┌───────────────┐    coverage of every layer (0,0)-(4,2)
      │   A           │    red line  (0,0)-(1,1); in 2026 (0,0)-(2,1)
    1 ├───┬ ─ ┐       │    C in the red line, B beside it, in that of 2026
      │C  │ B ┆       │    A nowhere
    0 └───┴ ─ ┴───────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

if TYPE_CHECKING:
    from pathlib import Path

RULEBOOK = """rulebook: local
title: {zh: 本地规则（虚构）, en: Local rules (made up)}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
  plan: {title: {zh: 虚构的规划, en: Made-up plan}, kind: plan,
         period: {from: 2021-01-01, to: 2025-12-31}, source: made up for a test}
rules:
  - id: L-1
    title: {zh: 红线内不得建设, en: Nothing within red lines}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 红线内不得建设}
        provisions:
          - where: {relation: intersects, kind: ecological_redline}
            effect: prohibited
    cases:
      - {aspect: hit, name: 压红线, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {ecological_redline: [{box: [0, 0, 100, 100]}]}, expect: prohibited}
  - id: L-2
    title: {zh: 湿地周边须论证, en: Wetlands need an opinion}
    editions:
      - valid: {from: 2021-01-01, to: 2025-12-31}
        citation: {document: plan, article: 第二条, quote: 湿地须论证}
        provisions:
          - where: {relation: intersects, kind: wetland}
            effect: restricted
            requires: {zh: 论证意见, en: An opinion}
    cases:
      - {aspect: hit, name: 压湿地, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {wetland: [{box: [0, 0, 100, 100]}]}, expect: restricted}
"""
WORKSPACE = """title: 方格县（虚构）
layers:
  - id: redline
    kind: ecological_redline
    source: redline.geojson
    edition: "2023"
    valid: {from: 2020-01-01}
    coverage: {bbox: [107.0, 40.0, 107.04, 40.02]}
    accuracy_m: 1
  - id: wetland
    kind: wetland
    source: wetland.geojson
    edition: "2023"
    valid: {from: 2020-01-01}
    coverage: {bbox: [107.0, 40.0, 107.04, 40.02]}
rulebooks: [local.yaml]
"""
A, B, C = (1.2, 1.2, 1.4, 1.4), (1.2, 0.2, 1.4, 0.4), (0.2, 0.2, 0.4, 0.4)


def square(box):
    """Return a box on the squared paper."""
    west, south, east, north = (one / 100 for one in box)
    return shapely.box(107 + west, 40 + south, 107 + east, 40 + north)


def write_zones(path: Path, *boxes) -> None:
    """Write zones Z0, Z1 ... to a GeoJSON."""
    ids = [f"Z{at}" for at in range(len(boxes))]
    shapes = [square(one) for one in boxes]
    gpd.GeoDataFrame({"BSM": ids}, geometry=shapes, crs=4490).to_file(path)


def write_sites(path: Path, **boxes) -> None:
    """Write sites to a GeoJSON, one a name."""
    shapes = [square(one) for one in boxes.values()]
    gpd.GeoDataFrame({"site_id": list(boxes)}, geometry=shapes, crs=4490).to_file(path)


def write_office(folder: Path, *, redline=(0, 0, 1, 1), workspace=WORKSPACE) -> Path:
    """Write workspace, layers and rulebook; return the folder."""
    folder.mkdir(parents=True)
    (folder / "workspace.yaml").write_text(workspace, encoding="utf-8")
    (folder / "local.yaml").write_text(RULEBOOK, encoding="utf-8")
    write_zones(folder / "redline.geojson", redline)
    write_zones(folder / "wetland.geojson", (3, 0, 4, 1))
    return folder


def write_all(folder: Path) -> Path:
    """Write ``office/`` and ``sites.geojson`` with A, B, C; return the folder."""
    write_office(folder / "office")
    write_sites(folder / "sites.geojson", A=A, B=B, C=C)
    return folder
