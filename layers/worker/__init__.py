"""Files from others are opened in another process.

    open_raw(path)          the same table as `layers.formats.open_raw`
    with opened(path) as o: several questions to one private copy
    raster_header(path)     what a raster says of itself, without a copy
    raster_window(ref, w)   some of its pixels, without a copy
    raster_windows(refs, w) the same of several bands at once

The process that calls never hands a byte of the file to GDAL. A child of it does: with
the drivers that look elsewhere left out before GDAL is loaded, without the caller's
environment, under limits, on a private copy. A child that dies, hangs or is full takes
its file with it and nothing else.
"""

from layers.worker.limits import LIMITS, Limits
from layers.worker.pool import close
from layers.worker.rasters import (
    band_header,
    raster_header,
    raster_window,
    raster_windows,
)
from layers.worker.source import Opened, open_raw, opened

__all__ = [
    "LIMITS",
    "Limits",
    "Opened",
    "band_header",
    "close",
    "open_raw",
    "opened",
    "raster_header",
    "raster_window",
    "raster_windows",
]
