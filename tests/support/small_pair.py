"""A part of the made-up image pair: three planted changes, read in a second."""

from pathlib import Path

import rasterio
from rasterio.windows import Window

from layers.samples import images, scene

PART = Window(200, 190, 440, 370)
"""Columns 200 to 639, rows 190 to 559: quarry-grown, works- and quarry-approved."""


def small_pair(folder):
    """Write both images, cut to `PART`; the same names and days."""
    part = scene.GRID.part(
        PART.row_off, PART.col_off, height=PART.height, width=PART.width
    )
    out = []
    for path in images.write_pair(Path(folder) / "whole"):
        with rasterio.open(path) as image:
            profile = image.profile | {
                "width": PART.width,
                "height": PART.height,
                "transform": part.transform,
            }
            pixels, names, tags = (
                image.read(window=PART),
                image.descriptions,
                image.tags(),
            )
            scales = image.scales, image.offsets
        small = Path(folder) / path.name
        with rasterio.open(small, "w", **profile) as image:
            image.write(pixels)
            image.descriptions = names
            image.scales, image.offsets = scales
            image.update_tags(**tags)
        out.append(small)
    return tuple(out)
