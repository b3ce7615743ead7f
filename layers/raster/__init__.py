"""Images: a file, a folder of bands or a STAC item becomes a `RasterLayer`.

    image = layers.read_raster("S2A_MSIL2A_20170805.SAFE")
    values, mask = image.read(Window(0, 0, 512, 512), ("red", "nir"))

Nothing is read but headers until somebody asks for a window.
"""

from layers.formats.pixels import Window
from layers.raster.masks import CLEAR, CLOUD, CODES, DEFECT, NODATA, SHADOW, SNOW
from layers.raster.model import Band, RasterLayer
from layers.raster.read import read_raster
from layers.raster.roles import MASKS, ROLES
from layers.raster.stored import Storage

__all__ = [
    "CLEAR",
    "CLOUD",
    "CODES",
    "DEFECT",
    "MASKS",
    "NODATA",
    "ROLES",
    "SHADOW",
    "SNOW",
    "Band",
    "RasterLayer",
    "Storage",
    "Window",
    "read_raster",
]
