"""Options that say what a file does not say itself: ``inspect`` and ``review``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.read import Stated

# As in layers.datum.REGIONS; a test holds the two together. Help loads no geo library.
DATUM_REGIONS = ("mainland", "everywhere")

_OPTIONS = (
    click.option(
        "--crs",
        help="文件的坐标系：EPSG:4524、GCJ-02、百度等 / reference system of the file",
    ),
    click.option(
        "--datum-shift",
        metavar="FILE|K=V,...",
        help="转到 CGCS2000 的七参数或格网 / seven parameters or a grid to CGCS2000:"
        " shift.yaml, or dx_m=...,convention=...,source=..., or grid=...,source=...",
    ),
    click.option(
        "--datum-region",
        type=click.Choice(DATUM_REGIONS),
        help="GCJ-02/BD-09 在港澳台是否也有偏移 / whether GCJ-02 and BD-09 are shifted"
        " in Hong Kong, Macau and Taiwan too",
    ),
    click.option("--encoding", help="文件的文字编码 / text encoding of the file"),
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def stated(
    crs: str | None, datum_shift: str | None, datum_region: str | None
) -> Stated:
    """Return what the options state about a file.

    Raises
    ------
    DocumentError
        The shift cannot be read: it says which key.
    """
    from layers.datum import REGIONS, parse_shift

    shift = parse_shift(datum_shift) if datum_shift is not None else None
    region = next((one for one in REGIONS if one == datum_region), None)
    return {"crs": crs, "datum_shift": shift, "datum_region": region}
