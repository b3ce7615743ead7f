"""What the header of a GeoTIFF or JPEG 2000 says; nothing beside it is read.

Opened with the one driver it may have, told by its first bytes and not by its name.
What lies beside a raster (``.aux.xml``, ``.ovr``, world files) changes its place and
its values without being part of it; it is left out and named.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError
from layers.formats.tiff import Image, images, is_tiff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVER = "GTiff"
JP2_DRIVER = "JP2OpenJPEG"
JP2_MAGIC = bytes.fromhex("0000000c6a5020200d0a870a")
"""First bytes of a JP2 file (ISO/IEC 15444-1, annex I); a bare code stream has no
place for a reference system and is not taken."""
ALONE = {
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_CACHEMAX": 64 << 20,
}
"""With these GDAL takes everything from the file itself, and keeps 64 MiB of blocks.
Rasterio wants bytes here; a bare 64 is megabytes to GDAL alone."""
BESIDE = (".aux.xml", ".ovr", ".msk", ".prj")
"""Ends that follow the whole name (``a.tif.ovr``)."""
INSTEAD = (
    *(".tfw", ".tifw", ".tiffw", ".wld", ".prj", ".aux", ".rrd", ".tab", ".ovr"),
    *(".aux.xml", ".rpb", "_rpc.txt", ".imd", ".xml"),
)
"""Ends that stand in place of the extension (``a.tfw``)."""


@dataclass(frozen=True, slots=True)
class RasterHeader:
    """What a raster says of itself.

    Attributes
    ----------
    driver, is_big
        GDAL's name of the format, and whether it is BigTIFF.
    width_px, height_px
        Columns and rows.
    dtypes, nodata
        Of each band; nodata is None where the file states none.
    scales, offsets
        Of each band: a stored number times scale plus offset is the value.
    crs
        As WKT, or None.
    transform
        (a, b, c, d, e, f) with x = a * column + b * row + c and
        y = d * column + e * row + f in the units of `crs`, counted from the outer
        corner of the first pixel; None where the file states no place.
    has_control_points
        Whether it is placed by ground control points or rational polynomials.
    compression
        Name of the method, or None.
    overviews
        Factors by which its own overviews are smaller, in the order of the file.
    pages
        Images of full size, masks aside; GDAL reads the first.
    has_mask
        Whether it holds a mask of its own.
    blocks, empty_blocks
        Strips or tiles of the first image, and how many of them are not stored: they
        read as nodata, or as 0 where there is none.
    beside
        Names of files beside it that were left out, sorted.
    descriptions
        Of each band; "" where the file states none.
    block
        Rows and columns that are decoded at once.
    """

    driver: str
    is_big: bool
    width_px: int
    height_px: int
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    crs: str | None
    transform: tuple[float, float, float, float, float, float] | None
    has_control_points: bool
    compression: str | None
    overviews: tuple[int, ...]
    pages: int
    has_mask: bool
    blocks: int
    empty_blocks: int
    beside: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    block: tuple[int, int] = (0, 0)

    def corners(self) -> tuple[tuple[float, float], ...]:
        """Return the four outer corners in the units of `crs`; () without a place."""
        if self.transform is None:
            return ()
        a, b, c, d, e, f = self.transform
        wide, high = self.width_px, self.height_px
        pixels = ((0, 0), (wide, 0), (wide, high), (0, high))
        return tuple((a * i + b * j + c, d * i + e * j + f) for i, j in pixels)

    @property
    def is_rotated(self) -> bool:
        """Whether its rows do not run west to east, or its columns not south."""
        if self.transform is None:
            return False
        a, b, _, d, e, _ = self.transform
        return bool(b or d or a <= 0 or e >= 0)


def no_table(path: Path) -> InputRefusedError:
    """Return the error for a raster where features are wanted."""
    return InputRefusedError(
        source=path,
        expected="a layer of features (points, lines, areas)",
        got="a raster (GeoTIFF)",
        todo="look at it with layers.inspect; for a review, draw or vectorise its "
        "zones and export them as GeoPackage",
    )


def header(path: Path) -> RasterHeader:
    """Read the header of a GeoTIFF or a JPEG 2000 file.

    Parameters
    ----------
    path
        The file itself, absolute: rasterio takes other texts for addresses.

    Raises
    ------
    InputRefusedError
        It is neither, it is cut, names other files, or GDAL and the directories of
        the TIFF tell different things.
    """
    with opened_alone(path) as (dataset, found):
        return _summed_up(dataset, found, path)


@contextmanager
def opened_alone(path: Path) -> Iterator[tuple[Any, tuple[Image, ...]]]:
    """Yield a raster, opened by its one driver, and the directories of a TIFF.

    Raises
    ------
    InputRefusedError
        As of `header`; also what GDAL finds wrong while the raster is in use.
    """
    driver, found = _judged(path)
    with alone(path), _opened(path, driver) as dataset:
        yield dataset, found


def open_alone(path: Path) -> Any:  # noqa: ANN401 - a library without types
    """Return a raster, opened by its one driver; use it in `alone`, and close it."""
    driver, _ = _judged(path)
    with alone(path):
        return _opened(path, driver)


def _opened(path: Path, driver: str) -> Any:  # noqa: ANN401 - a library without types
    """Open by one driver; that it is not placed is told by us, in words."""
    rasterio = _rasterio()
    with warnings.catch_warnings():
        kind = rasterio.errors.NotGeoreferencedWarning
        warnings.simplefilter("ignore", kind)
        return rasterio.open(str(path.resolve()), driver=driver)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep GDAL to the file itself, and put what it finds wrong in our words."""
    rasterio = _rasterio()
    try:
        with rasterio.Env(**ALONE):
            yield
    except (rasterio.errors.RasterioError, rasterio.errors.CRSError) as error:
        raise InputRefusedError(
            source=path,
            expected="a readable raster",
            got=str(error),
            todo="copy it again from its source",
        ) from error


def _judged(path: Path) -> tuple[str, tuple[Image, ...]]:
    """Return the one driver that may open a file, and its directories if a TIFF."""
    if is_tiff(path):
        return DRIVER, images(path)
    if is_jp2(path):
        return JP2_DRIVER, ()
    raise InputRefusedError(
        source=path,
        expected="a GeoTIFF or a JPEG 2000 file",
        got="other first bytes",
        todo="export it as GeoTIFF; lists of other rasters (VRT, WMS) are not followed",
    )


def is_jp2(path: Path) -> bool:
    """Whether a file begins like a JP2 file."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(JP2_MAGIC)) == JP2_MAGIC


def _rasterio() -> Any:  # noqa: ANN401 - a library without types
    """Return the library; it is loaded when a raster comes, it takes its time."""
    import_module("rasterio.errors")
    return import_module("rasterio")


def _summed_up(dataset: Any, found: tuple[Image, ...], path: Path) -> RasterHeader:  # noqa: ANN401
    """Put together what GDAL and the directories say."""
    first = found[0] if found else _as_image(dataset)
    if (dataset.width, dataset.height) != (first.width_px, first.height_px):
        raise InputRefusedError(
            source=path,
            expected=f"{first.width_px} x {first.height_px} pixels, as its first "
            "directory says",
            got=f"{dataset.width} x {dataset.height} from GDAL",
            todo="copy it again from its source",
        )
    points, _ = dataset.gcps
    high, wide = dataset.block_shapes[0]
    return RasterHeader(
        driver=dataset.driver,
        is_big=_is_big(path),
        width_px=dataset.width,
        height_px=dataset.height,
        dtypes=tuple(dataset.dtypes),
        nodata=tuple(dataset.nodatavals),
        scales=tuple(dataset.scales),
        offsets=tuple(dataset.offsets),
        crs=dataset.crs.to_wkt() if dataset.crs else None,
        transform=_transform(dataset),
        has_control_points=bool(points) or dataset.rpcs is not None,
        compression=dataset.compression.value if dataset.compression else None,
        overviews=_overviews(found),
        pages=sum(not (one.is_reduced or one.is_mask) for one in found) or 1,
        has_mask=any(one.is_mask and not one.is_reduced for one in found),
        blocks=first.blocks,
        empty_blocks=first.empty_blocks,
        beside=_beside(path),
        descriptions=tuple(one or "" for one in dataset.descriptions),
        block=(int(high), int(wide)),
    )


def _as_image(dataset: Any) -> Image:  # noqa: ANN401 - a library without types
    """Return what GDAL says where there are no directories to ask."""
    high, wide = dataset.block_shapes[0]
    blocks = -(-dataset.width // wide) * -(-dataset.height // high)
    return Image(dataset.width, dataset.height, blocks, 0, False, False)  # noqa: FBT003


def _is_big(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"+" in stream.read(4)


def _transform(dataset: Any) -> tuple[float, float, float, float, float, float] | None:  # noqa: ANN401
    """Return the place of the grid; GDAL says the identity where there is none."""
    a, b, c, d, e, f = tuple(dataset.transform)[:6]
    place = (a, b, c, d, e, f)
    return None if place == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0) else place


def _overviews(found: tuple[Image, ...]) -> tuple[int, ...]:
    """Return how many times smaller the reduced images are."""
    if not found:
        return ()
    whole = found[0].width_px
    small = [one for one in found if one.is_reduced and not one.is_mask]
    return tuple(round(whole / max(1, one.width_px)) for one in small)


def _beside(path: Path) -> tuple[str, ...]:
    """Return the names of files that other programs read together with this one."""
    whole, stem = path.name.casefold(), path.stem.casefold()
    wanted = {f"{whole}{end}" for end in BESIDE} | {f"{stem}{end}" for end in INSTEAD}
    there = (one.name for one in path.parent.iterdir())
    return tuple(sorted(one for one in there if one.casefold() in wanted))
