"""Zip: everything that its directory may say, and what may lie in it."""

from __future__ import annotations

import re

import broken_files as make
import format_files
from broken_cases.entry import refused

PIECE = re.compile(r"[^\\.*|()]+")


def _readable(words):
    """One plain piece of a pattern of `format_files.HOSTILE`, the longest."""
    first = words.split("|")[0]
    return max(PIECE.findall(first), key=len).strip()


CASES = [
    *(
        refused(f"zip: {name}", build, _readable(words))
        for build, name, words in format_files.HOSTILE
    ),
    refused("zip: two Shapefiles", make.zip_of_two, "2 Shapefiles among"),
    refused(
        "zip: a Shapefile without .dbf",
        lambda folder: _without(folder, ".dbf"),
        "no .dbf",
    ),
    refused(
        "zip: a Shapefile without .prj",
        lambda folder: _without(folder, ".prj"),
        "got none",
    ),
    refused(
        "zip: a raster",
        lambda folder: make.zipped(folder, "a", {"a.tif": b"II*\0"}),
        "0 sources among a.tif",
    ),
    refused("zip: empty", lambda folder: make.zipped(folder, "a", {}), "expected"),
]


def _without(folder, part):
    path = make.shapefile(folder, "zones")
    parts = [one for one in (".shp", ".shx", ".dbf", ".prj") if one != part]
    members = {f"z{one}": path.with_suffix(one).read_bytes() for one in parts}
    return make.zipped(folder, "zones", members)
