"""Steps to CGCS2000 that a surveying office holds: seven parameters, or a grid.

No parameters come with the toolkit: those of Xian 1980 and Beijing 1954 are not public,
differ from place to place, and a wrong set puts the data in a wrong place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, get_args

import pyproj
from pyproj.exceptions import ProjError

from layers.errors import CrsError, SourceNotFoundError
from layers.provenance import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Convention = Literal["position_vector", "coordinate_frame"]
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
LIMITS: Mapping[str, float] = {"m": 2_000.0, "arcsec": 60.0, "ppm": 200.0}
"""Beyond these a parameter is in another unit (millimetres, radians times 1e6 ...)."""
FORBIDDEN = ('"', ",", "\n", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class SevenParameters:
    """A Helmert transformation from the source's datum to CGCS2000.

    Attributes
    ----------
    dx_m, dy_m, dz_m
        Translations, metres.
    rx_arcsec, ry_arcsec, rz_arcsec
        Rotations, seconds of arc.
    scale_ppm
        Change of scale, parts per million (not the factor 1 + s).
    convention
        Sign of the rotations: ``position_vector`` (EPSG:9606, "Bursa-Wolf" in most
        Chinese software) or ``coordinate_frame`` (EPSG:9607). It cannot be seen from
        the numbers, and the wrong one is off by metres: say it.
    source
        Who gave the parameters, where they are written.
    accuracy_m
        Their stated accuracy, metres; None when nobody said.
    file_sha256
        Of the file that they were read from; None where they were not.

    Raises
    ------
    CrsError
        A parameter is not a number or beyond 2,000 m, 60", 200 ppm; the convention is
        none of the two; the source is empty.

    Examples
    --------
    >>> SevenParameters(dx_m=-10.0, dy_m=110.0, dz_m=50.0, rx_arcsec=0.0,
    ...     ry_arcsec=0.0, rz_arcsec=0.0, scale_ppm=0.0,
    ...     convention="position_vector", source="made up").convention
    'position_vector'
    """

    dx_m: float
    dy_m: float
    dz_m: float
    rx_arcsec: float
    ry_arcsec: float
    rz_arcsec: float
    scale_ppm: float
    convention: Convention
    source: str
    accuracy_m: float | None = None
    file_sha256: str | None = field(default=None, compare=False)

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The file that they rest on, with its hash."""
        return (("datum_shift", self.file_sha256),) if self.file_sha256 else ()

    def __post_init__(self) -> None:
        """Refuse what cannot be right."""
        for one in fields(self):
            limit = LIMITS.get(one.name.rpartition("_")[2])
            value = getattr(self, one.name)
            if limit and value is not None and not abs(value) <= limit:
                raise _refused(
                    expected=f"{one.name} within {limit:g}",
                    got=repr(value),
                    todo="check its unit",
                )
        if self.convention not in CONVENTIONS:
            raise _refused(
                expected=f"a convention: {' or '.join(CONVENTIONS)}",
                got=repr(self.convention),
                todo="ask who gave the parameters which way the rotations turn",
            )
        if not self.source.strip():
            raise _refused(expected="who gave it", got="nothing", todo="state source=")

    def pipeline(self, geodetic: pyproj.CRS) -> str:
        """Return the PROJ pipeline from degrees of a system to CGCS2000."""
        ellipsoid = geodetic.ellipsoid
        if ellipsoid is None:
            raise _refused(
                expected="a datum with an ellipsoid",
                got=geodetic.name,
                todo="export the data in EPSG:4490",
            )
        own = f"+a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r}"
        return (
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=push +v_3 +step +proj=cart {own} "
            f"+step +proj=helmert +x={self.dx_m!r} +y={self.dy_m!r} +z={self.dz_m!r} "
            f"+rx={self.rx_arcsec!r} +ry={self.ry_arcsec!r} +rz={self.rz_arcsec!r} "
            f"+s={self.scale_ppm!r} +convention={self.convention} "
            "+step +inv +proj=cart +a=6378137 +rf=298.257222101 "
            "+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )

    def words(self) -> str:
        """Return the parameters as they stand in the provenance."""
        return (
            f"seven parameters ({self.convention}): dx {self.dx_m:g} m, dy "
            f'{self.dy_m:g} m, dz {self.dz_m:g} m, rx {self.rx_arcsec:g}", ry '
            f'{self.ry_arcsec:g}", rz {self.rz_arcsec:g}", scale '
            f"{self.scale_ppm:g} ppm, heights taken as 0, given by {self.source}"
            f"{_accuracy(self.accuracy_m)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShift:
    """A PROJ grid (NTv2 ``.gsb`` or GeoTIFF) from the source's datum to CGCS2000.

    Attributes
    ----------
    path
        The grid; points outside it have no answer.
    sha256
        Of the grid, set by `of`.
    source, accuracy_m, file_sha256
        As for `SevenParameters`.
    """

    path: Path
    sha256: str
    source: str
    accuracy_m: float | None = None
    file_sha256: str | None = field(default=None, compare=False)

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The files that it rests on, with their hashes: the grid, and who names it."""
        named = (("datum_shift", self.file_sha256),) if self.file_sha256 else ()
        return (*named, ("datum_grid", self.sha256))

    @classmethod
    def of(
        cls, path: Path | str, *, source: str, accuracy_m: float | None = None
    ) -> Self:
        """Take a grid file.

        Raises
        ------
        SourceNotFoundError
            There is no such file.
        CrsError
            PROJ cannot name or read it.
        """
        grid = Path(path).resolve()
        if not grid.is_file():
            raise SourceNotFoundError(path, todo="check the path of the grid")
        if any(sign in str(grid) for sign in FORBIDDEN):
            raise _refused(
                expected="a path without quotes and commas",
                got=str(grid),
                todo="rename it",
            )
        made = cls(
            path=grid,
            sha256=sha256_of([grid]),
            source=source,
            accuracy_m=accuracy_m,
        )
        transformer_of(made, pyproj.CRS(4490))
        return made

    def pipeline(self, geodetic: pyproj.CRS) -> str:  # noqa: ARG002 - as the parameters
        """Return the PROJ pipeline from degrees to degrees."""
        return (
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f'+step +proj=hgridshift +grids="{self.path.as_posix()}" '
            "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )

    def words(self) -> str:
        """Return the grid as it stands in the provenance."""
        return (
            f"grid {self.path.name} (SHA-256 {self.sha256}), given by {self.source}"
            f"{_accuracy(self.accuracy_m)}"
        )


DatumShift = SevenParameters | GridShift


def transformer_of(shift: DatumShift, geodetic: pyproj.CRS) -> pyproj.Transformer:
    """Return the transformation from degrees of a system to degrees of CGCS2000."""
    try:
        return pyproj.Transformer.from_pipeline(shift.pipeline(geodetic))
    except ProjError as error:
        raise _refused(
            expected="parameters or a grid that PROJ can read",
            got=str(error),
            todo="check the file (NTv2 .gsb or a PROJ GeoTIFF grid)",
        ) from error


def _accuracy(metres: float | None) -> str:
    """Say how good the parameters are said to be."""
    return f", stated accuracy {metres:g} m" if metres is not None else ""


def _refused(*, expected: str, got: str, todo: str) -> CrsError:
    """Return the error for parameters that cannot be right."""
    return CrsError(source="datum_shift", expected=expected, got=got, todo=todo)
