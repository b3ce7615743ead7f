"""What PROJ knows about a stated system: its name, its datum, its conversion."""

from __future__ import annotations

import re

import pyproj
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError

from layers.errors import CrsError

CrsLike = int | str | pyproj.CRS

CGCS2000 = re.compile(r"cgcs_?\s?2000|china.*2000", re.IGNORECASE)
WGS84 = re.compile(r"wgs_?\s?_?(19)?84|world geodetic system 1984", re.IGNORECASE)
ELLIPSOID_RF = (298.257222101, 298.257223563)
RF_TOLERANCE = 1e-6
UNDEFINED = "undefined"
"""How GDAL calls the systems 0 and -1 of a GeoPackage."""
SEMI_MAJOR_M = 6_378_137.0
METRES_PER_ZONE = 1_000_000
"""Eastings of zone 36 begin with 36: 36 000 000 m to 37 000 000 m."""
NAMES_A_FILE = re.compile(
    r"\+?\binit\s*=|\w*grids\s*=(?!\s*@null\s*(?:[+\"]|$))", re.IGNORECASE
)
"""``+init=FILE:KEY`` and ``+nadgrids=FILE`` make PROJ open that file. ``@null`` is
PROJ's own word for no grid at all; GDAL writes it beside Web Mercator."""


def need_written_out(crs: CrsLike | None, *, source: str) -> None:
    """Refuse a statement that PROJ would look up in a file of the statement's choice.

    To be asked before PROJ is: to parse such a text is to open the file.

    Raises
    ------
    CrsError
        The text holds ``init=``, or ``nadgrids=`` or the like with a name.
    """
    if isinstance(crs, str) and (found := NAMES_A_FILE.search(crs)):
        raise CrsError(
            source=source,
            expected="a reference system that is written out (EPSG number, WKT)",
            got=f"one that names a file ({found[0].strip()})",
            todo="find out which one it is, and write it like EPSG:4490; a grid is "
            "passed as datum_shift=",
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


def is_degrees(crs: CrsLike) -> bool:
    """Whether a statement means longitude and latitude of CGCS2000 or WGS 84."""
    stated = horizontal(pyproj.CRS.from_user_input(crs))
    return stated.is_geographic and equated(stated) is not None


def horizontal(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the horizontal part: of a compound system, and without TOWGS84."""
    if crs.is_compound:
        return horizontal(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs is not None:
        return horizontal(crs.source_crs)
    return crs


def geodetic_of(crs: pyproj.CRS, *, source: str) -> pyproj.CRS:
    """Return the geographic system under a horizontal one; refuse all others."""
    geodetic = crs.geodetic_crs if (crs.is_projected or crs.is_geographic) else None
    if geodetic is None:
        raise CrsError(
            source=source,
            expected="a geographic or projected reference system",
            got=f"{crs.name} ({crs.type_name})",
            todo="export the data in EPSG:4490",
        )
    return geodetic


def is_plain(geodetic: pyproj.CRS) -> bool:
    """Whether it counts degrees from Greenwich."""
    meridian = geodetic.prime_meridian
    return (meridian is None or meridian.longitude == 0.0) and all(
        axis.unit_name.lower().startswith("deg") for axis in geodetic.axis_info[:2]
    )


def equated(geodetic: pyproj.CRS) -> bool | None:
    """Return True for CGCS2000, False for WGS 84, None for every other datum."""
    names = f"{geodetic.datum.name if geodetic.datum else ''} {geodetic.name}"
    ellipsoid = geodetic.ellipsoid
    fits = (
        ellipsoid is not None
        and ellipsoid.semi_major_metre == SEMI_MAJOR_M
        and any(
            abs(ellipsoid.inverse_flattening - rf) < RF_TOLERANCE for rf in ELLIPSOID_RF
        )
        and is_plain(geodetic)
    )
    if fits and CGCS2000.search(names):
        return True
    return False if fits and WGS84.search(names) else None


def conversion(crs: pyproj.CRS, *, source: str) -> pyproj.Transformer:
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


def zone_prefix(crs: pyproj.CRS) -> int | None:
    """Return the zone that Gauss-Kruger writes before its eastings, or None.

    Examples
    --------
    >>> zone_prefix(pyproj.CRS(4524)), zone_prefix(pyproj.CRS(4545))
    (36, None)
    """
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    named = {one.name: one.value for one in operation.params}
    zone, rest = divmod(float(named.get("False easting", 0)), METRES_PER_ZONE)
    return int(zone) if zone and rest == METRES_PER_ZONE / 2 else None


def described(transformer: pyproj.Transformer) -> str:
    """Return what PROJ calls the operation, without the turning of axes."""
    steps = (transformer.description or "conversion").split(" + ")
    return " + ".join(one for one in steps if not one.startswith("axis order change"))
