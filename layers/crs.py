"""Any statement of a reference system becomes `Settled`: known, accepted, explained.

The toolkit works in one frame, EPSG:4490 (CGCS2000 longitude/latitude). Accepted are
that frame itself, every projection on the CGCS2000 datum, and WGS 84 with its
projections: the two datums coincide for this work, which is recorded as an issue.
GCJ-02 and BD-09, which no file format can state, are accepted when the caller names
them. Every other datum (Xian 1980, Beijing 1954 ...) needs parameters that only the
office has: with them it is shifted, without them refused. PROJ would answer with a
"ballpark" no-op there, so it is never asked: only the conversion between a projection
and its own geographic system is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj
from pyproj.exceptions import CRSError as ProjCrsError

from layers import datum
from layers.datum import METRES_PER_DEGREE, DatumName, DatumRegion, Steps
from layers.errors import CrsError
from layers.evidence import proposal, readings
from layers.systems import (
    UNDEFINED,
    CrsLike,
    conversion,
    described,
    equated,
    geodetic_of,
    horizontal,
    is_degrees,
    is_plain,
    is_stated,
    name_of,
    need_written_out,
    same,
    zone_prefix,
)

__all__ = [
    "CrsLike",
    "Settled",
    "is_degrees",
    "is_stated",
    "name_of",
    "same",
    "settle",
]

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from layers.datum import DatumShift
    from layers.evidence import Box

GRID_M = {"GCJ-02": 64.0, "BD-09": 16.0}
"""Between cuts of an edge. The shift bends by 1e-6 (GCJ-02) and 1.1e-5 (BD-09) per
metre at worst: a piece of this length lies within 0.5 mm of its chord."""
DENSE = "edges densified so that none moves by more than 1 mm"


@dataclass(frozen=True, slots=True)
class Settled:
    """A source's reference system, settled.

    Attributes
    ----------
    source
        Its name, with the EPSG code where it has one.
    evidence
        How it is known: ``.prj``, ``RFC 7946``, ``given by the user`` ...
    operation
        What brings coordinates to EPSG:4490, in words.
    transformer
        From the source to degrees, x = longitude; None when the coordinates are what
        they should be already.
    area_of_use
        (min_lon, min_lat, max_lon, max_lat) of a projection, where PROJ knows it.
    issue
        Code of the `DataIssue` to record, or None.
    unit
        What raw coordinates are multiplied with before the transformer takes them:
        degrees whose datum is shifted are stretched to the size of metres, so that
        their edges are densified like those of a projection.
    is_declared
        Whether it is GCJ-02 or BD-09.
    prefix
        The zone with which its eastings begin; None where they have no such prefix.
    """

    source: str
    evidence: str
    operation: str
    transformer: pyproj.Transformer | Steps | None
    area_of_use: tuple[float, float, float, float] | None
    issue: str | None
    unit: float = 1.0
    is_declared: bool = False
    prefix: int | None = None

    def box_of(self, box: Box) -> Box:
        """Return the box of degrees that holds a box of raw coordinates."""
        if self.transformer is None:
            return box
        west, south, east, north = (value * self.unit for value in box)
        return self.transformer.transform_bounds(west, south, east, north)


def settle(
    crs: CrsLike | None,
    *,
    source: str,
    evidence: str,
    shift: DatumShift | None = None,
    region: DatumRegion | None = None,
    numbers: NDArray[np.float64] | None = None,
    region_box: Box | None = None,
) -> Settled:
    """Settle a reference system.

    Parameters
    ----------
    crs
        EPSG number, any text that PROJ understands, a `pyproj.CRS`, ``GCJ-02`` or
        ``BD-09`` (see `layers.datum.names`), or None.
    source
        Name of the file or frame, for messages.
    evidence
        Where the statement comes from.
    shift
        What brings another datum to CGCS2000, from the user.
    region
        What is decided about Hong Kong, Macau and Taiwan in GCJ-02 and BD-09; None is
        ``mainland``.
    numbers, region_box
        Coordinates (n, 2) and where they should lie: when there is no `crs`, the
        message proposes what they can be.

    Raises
    ------
    CrsError
        There is none, it is not understood or names a file, its datum is not accepted,
        or `shift` or `region` is given for a datum that has no use for it.
    """
    if crs is None:
        raise _missing(source, "none", numbers=numbers, region_box=region_box)
    need_written_out(crs, source=source)
    name = datum.declared(crs)
    if name is not None:
        _needless(shift, "datum_shift", name, source)
        return _declared(name, evidence=evidence, region=region or "mainland")
    parsed = horizontal(_parsed(crs, source, numbers=numbers, region_box=region_box))
    _needless(region, "datum_region", name_of(parsed), source)
    if shift is not None:
        return _shifted(parsed, shift, source=source, evidence=evidence)
    is_cgcs = _accepted_datum(parsed, source=source)
    transformer = conversion(parsed, source=source) if parsed.is_projected else None
    steps = "taken as EPSG:4490 unchanged"
    if transformer is not None:
        steps = f"{described(transformer)} (PROJ {pyproj.proj_version_str}), {DENSE}"
    if not is_cgcs:
        steps += "; WGS 84 taken as CGCS2000"
    return Settled(
        source=name_of(parsed),
        evidence=evidence,
        operation=steps,
        transformer=transformer,
        area_of_use=_area_of_use(parsed),
        issue=None if is_cgcs else "crs_equated",
        prefix=zone_prefix(parsed),
    )


def _area_of_use(crs: pyproj.CRS) -> Box | None:
    """Return where a projection is used; None for degrees and where nobody said."""
    area = crs.area_of_use if crs.is_projected else None
    return area.bounds if area else None


def _declared(name: DatumName, *, evidence: str, region: DatumRegion) -> Settled:
    """Settle GCJ-02 or BD-09."""
    undo = datum.gcj02_to_wgs84 if name == "GCJ-02" else datum.bd09_to_wgs84
    decided = {
        "mainland": "rows in or next to Hong Kong, Macau and Taiwan are refused",
        "everywhere": "Hong Kong, Macau and Taiwan are taken as shifted too",
    }[region]
    worst = datum.measured_round_trip_m(name)
    return Settled(
        source=name,
        evidence=evidence,
        operation=(
            f"{name} undone: fixed point of the published formula, every vertex "
            f"verified to return within 1e-6 m (worst of 20,000 points in China "
            f"{worst:.0e} m), {DENSE} (4 mm where an edge crosses longitude 105, a "
            f"kink of the formula); region {region}: {decided}; WGS 84 taken as "
            "CGCS2000"
        ),
        transformer=datum.from_stretched(
            lambda xy: undo(xy, region=region), grid_m=GRID_M[name]
        ),
        area_of_use=None,
        issue="datum_shifted",
        unit=METRES_PER_DEGREE,
        is_declared=True,
    )


def _shifted(
    crs: pyproj.CRS, shift: DatumShift, *, source: str, evidence: str
) -> Settled:
    """Settle a datum for which the user has parameters or a grid."""
    geodetic = geodetic_of(crs, source=source)
    if not is_plain(geodetic):
        raise CrsError(
            source=source,
            expected="degrees from Greenwich under a datum_shift",
            got=name_of(crs),
            todo="export the data in EPSG:4490",
        )
    if equated(geodetic) is not None:
        _needless(shift, "datum_shift", name_of(crs), source)
    step = datum.transformer_of(shift, geodetic)
    steps = f"{shift.words()} (PROJ {pyproj.proj_version_str}), {DENSE}"
    transformer = datum.from_stretched(datum.pyproj_step(step))
    if crs.is_projected:
        inverse = conversion(crs, source=source)
        steps = f"{described(inverse)}, then {steps}"
        transformer = Steps((datum.pyproj_step(inverse), datum.pyproj_step(step)))
    return Settled(
        source=name_of(crs),
        evidence=evidence,
        operation=steps,
        transformer=transformer,
        area_of_use=_area_of_use(crs),
        issue="datum_shifted",
        unit=1.0 if crs.is_projected else METRES_PER_DEGREE,
        prefix=zone_prefix(crs),
    )


def _needless(given: object, keyword: str, name: str, source: str) -> None:
    """Refuse a statement that has no meaning for a datum."""
    if given is not None:
        raise CrsError(
            source=source,
            expected=f"no {keyword} for {name}",
            got=f"{keyword}={given if isinstance(given, str) else '...'}",
            todo=f"leave {keyword} out, or correct crs",
        )


def _parsed(
    crs: CrsLike,
    source: str,
    *,
    numbers: NDArray[np.float64] | None,
    region_box: Box | None,
) -> pyproj.CRS:
    """Parse any statement; "undefined" systems of GeoPackage count as none."""
    try:
        parsed = pyproj.CRS.from_user_input(crs)
    except ProjCrsError as error:
        raise CrsError(
            source=source,
            expected="a reference system (EPSG number, WKT)",
            got=repr(crs)[:80],
            todo="write it like EPSG:4490 (or GCJ-02, BD-09)",
        ) from error
    if parsed.name.lower().startswith(UNDEFINED):
        got = f"one that is called {parsed.name!r}"
        raise _missing(source, got, numbers=numbers, region_box=region_box)
    return parsed


def _missing(
    source: str,
    got: str,
    *,
    numbers: NDArray[np.float64] | None,
    region_box: Box | None,
) -> CrsError:
    """Return the error for a source that does not say where it lies."""
    todo = "find out which one it is and pass it: crs='EPSG:4490' (--crs)"
    if numbers is not None:
        said = proposal(readings(numbers, region_box=region_box))
        todo = f"{said}; {todo}" if said else todo
    return CrsError(
        source=source, expected="a coordinate reference system", got=got, todo=todo
    )


def _accepted_datum(crs: pyproj.CRS, *, source: str) -> bool:
    """Return True for CGCS2000, False for WGS 84; refuse every other datum."""
    is_cgcs = equated(geodetic_of(crs, source=source))
    if is_cgcs is not None:
        return is_cgcs
    raise CrsError(
        source=source,
        expected="coordinates on CGCS2000 or WGS 84",
        got=name_of(crs),
        todo="this datum needs transformation parameters (seven parameters or a grid) "
        "that your surveying office holds: pass them as datum_shift=, or transform the "
        "data to CGCS2000 first; no default is assumed",
    )
