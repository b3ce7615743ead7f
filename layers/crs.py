"""Any statement of a reference system becomes `Settled`: known, accepted, explained.

The toolkit works in one frame, EPSG:4490 (CGCS2000 longitude/latitude). Accepted are
that frame itself, every projection on the CGCS2000 datum, and WGS 84 with its
projections: the two datums coincide for this work, which is recorded as an issue.
Every other datum (Xian 1980, Beijing 1954 ...) needs parameters that only the office
has. PROJ would answer with a "ballpark" no-op there, so it is never asked: only the
conversion between a projection and its own geographic system is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError

from layers.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CrsLike = int | str | pyproj.CRS

CGCS2000 = re.compile(r"cgcs_?\s?2000|china.*2000", re.IGNORECASE)
WGS84 = re.compile(r"wgs_?\s?_?(19)?84|world geodetic system 1984", re.IGNORECASE)
CHINA = (73.0, 3.0, 136.0, 54.0)
"""(min_lon, min_lat, max_lon, max_lat): generous, with the southern sea."""
BEYOND_ZONE_DEGREES = 10.0
"""How far outside its area of use a projection is not believed."""
ELLIPSOID_RF = (298.257222101, 298.257223563)
RF_TOLERANCE = 1e-6
UNDEFINED = "undefined"
"""How GDAL calls the systems 0 and -1 of a GeoPackage."""
SEMI_MAJOR_M = 6_378_137.0


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
        From the source to its own geographic system, x = longitude; None when the
        coordinates are geographic already.
    area_of_use
        (min_lon, min_lat, max_lon, max_lat) of a projection, where PROJ knows it.
    issue
        Code of the `DataIssue` to record, or None.
    """

    source: str
    evidence: str
    operation: str
    transformer: pyproj.Transformer | None
    area_of_use: tuple[float, float, float, float] | None
    issue: str | None


def settle(crs: CrsLike | None, *, source: str, evidence: str) -> Settled:
    """Settle a reference system.

    Parameters
    ----------
    crs
        EPSG number, any text that PROJ understands, a `pyproj.CRS`, or None.
    source
        Name of the file or frame, for messages.
    evidence
        Where the statement comes from.

    Raises
    ------
    CrsError
        There is none, it is not understood, or its datum is not accepted.
    """
    if crs is None:
        raise _missing(source, "none")
    parsed = _horizontal(_parsed(crs, source=source))
    is_cgcs = _accepted_datum(parsed, source=source)
    transformer = _conversion(parsed, source=source) if parsed.is_projected else None
    steps = "taken as EPSG:4490 unchanged"
    if transformer is not None:
        steps = (
            f"{_described(transformer)} (PROJ {pyproj.proj_version_str}), edges "
            "densified so that none moves by more than 1 mm"
        )
    if not is_cgcs:
        steps += "; WGS 84 taken as CGCS2000"
    area = parsed.area_of_use if transformer is not None else None
    return Settled(
        source=name_of(parsed),
        evidence=evidence,
        operation=steps,
        transformer=transformer,
        area_of_use=area.bounds if area else None,
        issue=None if is_cgcs else "crs_equated",
    )


def name_of(stated: CrsLike) -> str:
    """Return ``EPSG:4548 CGCS2000 / 3-degree Gauss-Kruger CM 117E``, or the name."""
    crs = pyproj.CRS.from_user_input(stated)
    authority = crs.to_authority()
    return f"{':'.join(authority)} {crs.name}" if authority else crs.name


def is_stated(crs: CrsLike | None) -> bool:
    """Whether a source says anything that can be understood about its system."""
    try:
        return crs is not None and not pyproj.CRS.from_user_input(
            crs
        ).name.lower().startswith(UNDEFINED)
    except ProjCrsError:
        return False


def same(first: CrsLike, second: CrsLike) -> bool:
    """Whether two statements mean the same system, axis order aside."""
    one, other = pyproj.CRS.from_user_input(first), pyproj.CRS.from_user_input(second)
    if one.equals(other, ignore_axis_order=True):
        return True
    # The same system through ESRI's WKT and through EPSG differs in names alone.
    codes = one.to_epsg(), other.to_epsg()
    return codes[0] is not None and codes[0] == codes[1]


def _parsed(crs: CrsLike, *, source: str) -> pyproj.CRS:
    """Parse any statement; "undefined" systems of GeoPackage count as none."""
    try:
        parsed = pyproj.CRS.from_user_input(crs)
    except ProjCrsError as error:
        raise CrsError(
            source=source,
            expected="a reference system (EPSG number, WKT)",
            got=repr(crs)[:80],
            todo="write it like EPSG:4490",
        ) from error
    if parsed.name.lower().startswith(UNDEFINED):
        raise _missing(source, f"one that is called {parsed.name!r}")
    return parsed


def _missing(source: str, got: str) -> CrsError:
    """Return the error for a source that does not say where it lies."""
    return CrsError(
        source=source,
        expected="a coordinate reference system",
        got=got,
        todo="find out which one it is and pass it: crs='EPSG:4490' (--crs)",
    )


def _horizontal(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the horizontal part: of a compound system, and without TOWGS84."""
    if crs.is_compound:
        return _horizontal(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs is not None:
        return _horizontal(crs.source_crs)
    return crs


def _accepted_datum(crs: pyproj.CRS, *, source: str) -> bool:
    """Return True for CGCS2000, False for WGS 84; refuse every other datum."""
    geodetic = crs.geodetic_crs if (crs.is_projected or crs.is_geographic) else None
    if geodetic is None:
        raise CrsError(
            source=source,
            expected="a geographic or projected reference system",
            got=f"{crs.name} ({crs.type_name})",
            todo="export the data in EPSG:4490",
        )
    names = f"{geodetic.datum.name if geodetic.datum else ''} {geodetic.name}"
    ellipsoid, meridian = geodetic.ellipsoid, geodetic.prime_meridian
    fits = (
        ellipsoid is not None
        and ellipsoid.semi_major_metre == SEMI_MAJOR_M
        and any(
            abs(ellipsoid.inverse_flattening - rf) < RF_TOLERANCE for rf in ELLIPSOID_RF
        )
        and (meridian is None or meridian.longitude == 0.0)
        and all(
            axis.unit_name.lower().startswith("deg") for axis in geodetic.axis_info[:2]
        )
    )
    if fits and CGCS2000.search(names):
        return True
    if fits and WGS84.search(names):
        return False
    raise CrsError(
        source=source,
        expected="coordinates on CGCS2000 or WGS 84",
        got=name_of(crs),
        todo="this datum needs transformation parameters (seven parameters or a grid) "
        "that your surveying office holds: transform the data to CGCS2000 with them, "
        "then read it; no default is assumed, it could be off by 100 m",
    )


def _conversion(crs: pyproj.CRS, *, source: str) -> pyproj.Transformer:
    """Return the conversion from a projection to its own geographic system."""
    try:
        return pyproj.Transformer.from_crs(
            crs, crs.geodetic_crs, always_xy=True, allow_ballpark=False
        )
    except ProjError as error:
        raise CrsError(
            source=source,
            expected="a projection that PROJ can invert",
            got=f"{crs.name} ({error})",
            todo="export the data in EPSG:4490",
        ) from error


def _described(transformer: pyproj.Transformer) -> str:
    """Return what PROJ calls the operation, without the turning of axes."""
    steps = (transformer.description or "conversion").split(" + ")
    return " + ".join(one for one in steps if not one.startswith("axis order change"))


# -- do the numbers fit the system? ---------------------------------------


def misfits(bounds: NDArray[np.float64], settled: Settled) -> NDArray[np.bool_]:
    """Return which features cannot lie where the reference system puts them.

    Parameters
    ----------
    bounds
        One row a feature: min_lon, min_lat, max_lon, max_lat in degrees, after the
        conversion. Rows of NaN (not converted) are misfits.
    settled
        Where they come from.

    Returns
    -------
    ndarray of bool
        True where a bound is outside longitude +-180, latitude +-90, where the
        feature lies in China only when longitude and latitude change places, or
        where a projection is used more than 10 degrees outside its area of use.
    """
    limits = np.array([180.0, 90.0, 180.0, 90.0])
    with np.errstate(invalid="ignore"):
        outside = ~(np.abs(bounds) <= limits).all(axis=1)
        wrong = outside | (~_in_china(bounds) & _in_china(bounds[:, [1, 0, 3, 2]]))
        if settled.area_of_use is not None:
            west, south, east, north = settled.area_of_use
            slack = BEYOND_ZONE_DEGREES
            wrong |= (bounds[:, 0] < west - slack) | (bounds[:, 2] > east + slack)
            wrong |= (bounds[:, 1] < south - slack) | (bounds[:, 3] > north + slack)
    return wrong


def refuse_misfit(
    raw: NDArray[np.float64], settled: Settled, *, source: str
) -> CrsError:
    """Return the error for a layer whose coordinates do not fit its system.

    Parameters
    ----------
    raw
        Bounds as the source has them, one row a feature, of the misfits alone.
    """
    x, y = (float(np.nanmedian(raw[:, i])) for i in (0, 1))
    if settled.transformer is not None:
        return CrsError(
            source=source,
            expected=f"coordinates of {settled.source}",
            got=f"x = {x:.10g}, y = {y:.10g}, far outside its area of use",
            todo=_zone_advice(x, y),
        )
    if max(abs(x), abs(y)) > 180:  # noqa: PLR2004 - degrees of a half circle
        return CrsError(
            source=source,
            expected=f"degrees ({settled.source})",
            got=f"x = {x:.10g}, y = {y:.10g}, which are metres",
            todo=_zone_advice(x, y),
        )
    swapped = "swapped they lie in China; " if _in_china_at(y, x) else ""
    return CrsError(
        source=source,
        expected="x = longitude, y = latitude",
        got=f"values that, read as longitude, latitude, lie at {x:.6g}, {y:.6g}",
        todo=f"{swapped}write the coordinates in the order longitude, latitude "
        "(they are never swapped in silence)",
    )


def _in_china(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each box of degrees lies in China's box."""
    west, south, east, north = CHINA
    inside: NDArray[np.bool_] = (
        (bounds[:, 0] >= west)
        & (bounds[:, 1] >= south)
        & (bounds[:, 2] <= east)
        & (bounds[:, 3] <= north)
    )
    return inside


def _in_china_at(lon: float, lat: float) -> bool:
    """Whether a point lies in China's box."""
    return bool(_in_china(np.array([[lon, lat, lon, lat]]))[0])


def _zone_advice(x: float, y: float) -> str:
    """Say which Gauss-Kruger systems the magnitudes point to."""
    for value, axis in ((x, "x"), (y, "y")):
        zone = int(value // 1_000_000)
        if 13 <= zone <= 23:  # noqa: PLR2004 - six-degree zones of China
            return _zone_text(zone, axis, 4478 + zone, "six-degree")
        if 25 <= zone <= 45:  # noqa: PLR2004 - three-degree zones of China
            return _zone_text(zone, axis, 4488 + zone, "three-degree")
    return (
        "Gauss-Kruger metres without a zone prefix: ask the source for the central "
        "meridian and pass EPSG:4534-4554 (three-degree) or 4502-4512 (six-degree)"
    )


def _zone_text(zone: int, axis: str, epsg: int, width: str) -> str:
    """Name the system that a zone prefix points to."""
    order = "" if axis == "x" else "; x and y also look swapped (x must be easting)"
    return (
        f"{axis} begins with {zone}: if this is the {width} Gauss-Kruger zone {zone} "
        f"of CGCS2000, pass crs='EPSG:{epsg}'; Xian 1980 and Beijing 1954 look the "
        f"same, so ask the source{order}"
    )
