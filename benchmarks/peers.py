"""One way of getting overlap areas from two files: run as a process of its own.

    python benchmarks/peers.py NAME SITES ZONES OUT

writes OUT: an .npz of the columns site, zone, area (ellipsoidal m2 where the way gives
shapes, else square degrees, else none), and the seconds of the overlap step alone,
without reading the files. Every function takes two paths and returns these.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np


class Answer(NamedTuple):
    """What a way says: pairs, their areas (m2, or None), seconds of the step."""

    site: np.ndarray
    zone: np.ndarray
    area_m2: np.ndarray | None
    step_s: float


def main(arguments: list[str]) -> None:
    """Run one way and keep its answer."""
    name, sites, zones, out = arguments
    answer = WAYS[name](Path(sites), Path(zones))
    import numpy as np

    area = np.zeros(0) if answer.area_m2 is None else answer.area_m2
    np.savez(out, site=answer.site, zone=answer.zone, area=area, step_s=answer.step_s)


def ours(sites: Path, zones: Path, *, validity: str = "known") -> Answer:
    """Ours, straight from the files; the step is what follows reading, see `steps`."""
    from spatial.overlap import shared_areas

    start = time.perf_counter()
    found = shared_areas(sites, zones, validity=validity)
    taken = time.perf_counter() - start
    some = found.area_m2 > 0
    return Answer(found.site[some], found.zone[some], found.area_m2[some], taken)


def ours_checked(sites: Path, zones: Path) -> Answer:
    """Ours, every shape checked by GEOS."""
    return ours(sites, zones, validity="check")


def ours_step(sites: Path, zones: Path) -> Answer:
    """Ours with arrays in memory: index, areas and doubtful pairs, two threads."""
    from spatial.overlap import files

    inner = files.overlap_step(sites, zones)
    some = inner.areas.area_m2 > 0
    found = inner.areas
    return Answer(found.site[some], found.zone[some], found.area_m2[some], inner.step_s)


def overlay(sites: Path, zones: Path) -> Answer:
    """`geopandas.overlay`."""
    import geopandas as gpd

    from spatial.measure import area_m2

    a, b = gpd.read_parquet(sites), gpd.read_parquet(zones)
    start = time.perf_counter()
    found = gpd.overlay(a, b, how="intersection")
    taken = time.perf_counter() - start
    area = area_m2(found.geometry.to_numpy())
    return Answer(found["site"].to_numpy(), found["zone"].to_numpy(), area, taken)
