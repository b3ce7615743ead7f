"""Put the XML overlay tests of JTS or GEOS through the project's own functions.

    python scripts/overlay_corpus.py FOLDER

FOLDER is a checkout, or any folder with such files (`<run><case><a>..<test><op ..>`).
Every overlay of two polygons is asked of both engines (`spatial.overlap.areas`), with
A as site and B as zone, and the area is compared with that of the official result:

    intersection   ab                difference      a - ab
    union          a + b - ab        symdifference   a + b - 2 ab

`overlayAreaTest` is an identity: inside + outside = whole (`cover_table`), for A and B,
and the engines give the same area inside.

Coordinates are multiplied by a power of two, so that they lie on the map and no digit
of them changes; the official result is treated likewise. Areas agree within 1e-9 of
the larger operand or 1e-3 m2. Where they do not, bare shapely is asked as well: the
official result may be rounded. The exit code is 1 if one of ours is worse than that.

Skipped, and counted by reason: operands that are invalid, empty or no polygons, fixed
precision (it moves coordinates on purpose), files in folders named `failure`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from defusedxml import ElementTree

from spatial.index import ZoneIndex
from spatial.measure import area_m2
from spatial.overlap import cover_table
from spatial.overlap.areas import areas
from spatial.overlap.overlays import POLYGON, of_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from spatial.overlap.areas import Engine

ENGINES: tuple[Engine, ...] = ("kernel", "geometry")
OVERLAYS = {
    "intersection": shapely.intersection,
    "union": shapely.union,
    "difference": shapely.difference,
    "symdifference": shapely.symmetric_difference,
}
IDENTITY = "overlayareatest"
RELATIVE, ABSOLUTE_M2 = 1e-9, 1e-3
WIDEST_DEG, LON, LAT = 1.0, 179.0, 85.0


class SkippedError(Exception):
    """A test is not one of ours; the text says why."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)


@dataclass(slots=True)
class Tally:
    """What was found."""

    asked: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    worse: int = 0
    worst: float = 0.0


# -- reading -------------------------------------------------------------------


def tests_in(folder: Path) -> Iterator[tuple[str, Element, Element, bool]]:
    """Yield name, case, operation and whether precision is fixed, of every test."""
    for path in sorted(folder.rglob("*.xml")):
        if "failure" in path.relative_to(folder).parts:
            continue
        try:
            run = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            print(f"{path.name}: no XML ({error}), left out", file=sys.stderr)
            continue
        model = run.find("precisionModel")
        kind = "" if model is None else model.get("type", "")
        fixed = model is not None and (
            "fixed" in kind.lower() or model.get("scale") is not None
        )
        for number, case in enumerate(run.iter("case"), start=1):
            for op in case.iter("op"):
                yield f"{path.name} case {number}", case, op, fixed


def kind_of(op: Element, *, fixed: bool) -> str | None:
    """Return which overlay an operation is; None for other operations."""
    name = op.get("name", "").lower()
    stem = name.removesuffix("ng").removesuffix("sr")
    if stem not in (*OVERLAYS, IDENTITY):
        return None
    if fixed or name.endswith("sr") or op.get("arg3") is not None:
        raise SkippedError(reason="fixed precision")
    if op.get("arg2") is None:
        raise SkippedError(reason="one operand")
    return stem


def shape_of(text: str | None) -> shapely.Geometry:
    """Return a geometry from WKT or hexadecimal WKB."""
    words = (text or "").split()
    joined = "".join(words)
    is_hex = bool(joined) and set(joined.lower()) <= set("0123456789abcdef")
    try:
        if is_hex:
            return shapely.from_wkb(joined)
        return shapely.from_wkt(" ".join(words))
    except shapely.GEOSException as error:
        raise SkippedError(reason="geometry that shapely cannot read") from error


def operand(case: Element, op: Element, argument: str) -> shapely.Geometry:
    """Return one of the two polygons of a test."""
    shape = shape_of(case.findtext(op.get(argument, "").lower()))
    if shape.is_empty:
        raise SkippedError(reason="empty operand")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise SkippedError(reason="operand is no polygon")
    if not shape.is_valid:
        raise SkippedError(reason="invalid operand")
    return shapely.force_2d(shape)


def scale_of(*shapes: shapely.Geometry) -> float:
    """Return the power of two that puts shapes on the map, a degree wide at most."""
    west, south, east, north = shapely.total_bounds(np.array(shapes))
    factors = [
        LON / max(abs(west), abs(east), 1e-300),
        LAT / max(abs(south), abs(north), 1e-300),
        WIDEST_DEG / max(east - west, north - south, 1e-300),
    ]
    return float(2.0 ** np.floor(np.log2(min(factors))))


def scaled(shape: shapely.Geometry, factor: float) -> shapely.Geometry:
    """Return a shape times a factor."""
    return shapely.transform(shape, lambda xy: xy * factor)


# -- asking --------------------------------------------------------------------


def inside_m2(a: shapely.Geometry, b: shapely.Geometry, engine: Engine) -> float:
    """Return the area of `a` in `b`."""
    site, index = np.array([a]), ZoneIndex(np.array([b]))
    found = areas(index, site, area_m2(site), engine=engine, name=lambda *_: "the pair")
    return float(found.area_m2.sum())


def polygons_m2(shape: shapely.Geometry) -> float:
    """Return the area of the polygons in a shape."""
    return float(area_m2(of_dimension(np.array([shape]), np.array([POLYGON])))[0])


def by_identity(kind: str, a_m2: float, b_m2: float, ab_m2: float) -> float:
    """Return the area of an overlay from those of the operands and what they share."""
    return {
        "intersection": ab_m2,
        "union": a_m2 + b_m2 - ab_m2,
        "difference": a_m2 - ab_m2,
        "symdifference": a_m2 + b_m2 - 2 * ab_m2,
    }[kind]


def outside_m2(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the area of `a` that `b` does not cover."""
    one, other = (gpd.GeoDataFrame(geometry=[s], crs="EPSG:4490") for s in (a, b))
    return float(cover_table(one, other)["remainder_m2"].iloc[0])


def official(op: Element, factor: float) -> float:
    """Return the area of the official result."""
    return polygons_m2(scaled(shapely.force_2d(shape_of(op.text)), factor))


def ask(name: str, case: Element, op: Element, *, kind: str, tally: Tally) -> None:
    """Put one test through both engines."""
    a, b = operand(case, op, "arg1"), operand(case, op, "arg2")
    factor = scale_of(a, b)
    a, b = scaled(a, factor), scaled(b, factor)
    a_m2, b_m2 = float(area_m2(a)), float(area_m2(b))
    if kind == IDENTITY:
        wanted = a_m2 + b_m2
        rest = outside_m2(a, b) + outside_m2(b, a)
        ours = {e: rest + inside_m2(a, b, e) + inside_m2(b, a, e) for e in ENGINES}
    else:
        wanted = official(op, factor)
        ours = {e: by_identity(kind, a_m2, b_m2, inside_m2(a, b, e)) for e in ENGINES}
    allowed = max(RELATIVE * max(a_m2, b_m2), ABSOLUTE_M2)
    group = "identities" if kind == IDENTITY else "overlays"
    for engine, found in ours.items():
        key = f"{group}, {engine}"
        tally.asked[key] += 1
        if abs(found - wanted) <= allowed:
            tally.agreed[key] += 1
            tally.worst = max(tally.worst, abs(found - wanted) / max(a_m2, b_m2))
            continue
        bare = wanted if kind == IDENTITY else polygons_m2(OVERLAYS[kind](a, b))
        tally.worse += abs(found - bare) > allowed
        tally.misses.append(
            f"{name}, {op.get('name')}, {engine}: {found:.6f} m2, official "
            f"{wanted:.6f} m2, bare shapely {bare:.6f} m2"
        )


def run(folder: Path) -> Tally:
    """Put all tests of a folder through both engines."""
    tally = Tally()
    for name, case, op, fixed in tests_in(folder):
        try:
            kind = kind_of(op, fixed=fixed)
            if kind is not None:
                ask(name, case, op, kind=kind, tally=tally)
        except SkippedError as reason:
            tally.skipped[str(reason)] += 1
    return tally


def report(tally: Tally) -> None:
    """Print what was found."""
    for key, asked in sorted(tally.asked.items()):
        print(f"{key}: {tally.agreed[key]} of {asked} agree")
    print(f"largest difference among those: {tally.worst:.1e} of the larger operand")
    for reason, count in tally.skipped.most_common():
        print(f"skipped, {reason}: {count}")
    for miss in tally.misses:
        print(f"differs: {miss}")
    print(f"worse than bare shapely: {tally.worse}")


def main() -> int:
    """Read the arguments, run, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    tally = run(folder)
    if not tally.asked:
        print(f"{folder}: no overlay of two polygons found", file=sys.stderr)
        return 2
    report(tally)
    return 1 if tally.worse else 0


if __name__ == "__main__":
    sys.exit(main())
