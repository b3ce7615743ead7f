"""A base map that an office has chosen for the maps of its pages; none by default.

A page of this toolkit asks for nothing. An office that wants streets or an image below
its zones names a tile server in ``workspace.yaml`` (`layers.workspace.base_map_plan`
reads it). Then the page may ask that one host, once its reader has switched the base
map on. What the host is told is where the reader looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

TileGrid = Literal["geographic", "web_mercator"]
TileDatum = Literal["CGCS2000", "WGS 84", "GCJ-02", "BD-09"]
GRIDS: tuple[TileGrid, ...] = get_args(TileGrid)
DATUMS: tuple[TileDatum, ...] = get_args(TileDatum)
SHIFTED: tuple[TileDatum, ...] = ("GCJ-02", "BD-09")
"""Where tiles do not lie where surveyed data lie. CGCS2000 and WGS 84 are less than a
pixel of any tile apart."""
KEY = "{key}"
"""Stands in an address for what the reader is asked for."""


class TileHost(NamedTuple):
    """Where tiles come from, as a Content-Security-Policy names it."""

    scheme: str
    host: str

    def __str__(self) -> str:
        """Return scheme and host, as they stand in an address."""
        return f"{self.scheme}://{self.host}"

    @classmethod
    def of(cls, url: str) -> TileHost:
        """Return scheme and host (with its port) of an address."""
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc)


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A base map of tiles.

    Attributes
    ----------
    title
        What it is called on the page.
    urls
        One to three addresses with ``{z}``, ``{x}``, ``{y}`` and, where the server
        wants a key, ``{key}``; the first lies below. All of one host.
    grid
        ``geographic``: level 0 has two squares of 180 degrees; ``web_mercator``:
        level 0 is one square.
    datum
        Where the tiles lie.
    max_level
        The finest level that the server has, as its addresses count.
    attribution
        Whose map it is; stands beside the map.
    zoom_offset
        Added to the level of `grid` before it is put into an address.
    holds_key
        The addresses hold a key, and the office said that they may.
    """

    title: str
    urls: tuple[str, ...]
    grid: TileGrid
    datum: TileDatum
    max_level: int
    attribution: str
    zoom_offset: int = 0
    holds_key: bool = False

    @property
    def host(self) -> TileHost:
        """The one host that a page may ask."""
        return TileHost.of(self.urls[0])

    @property
    def needs_key(self) -> bool:
        """Whether the reader is asked for a key."""
        return any(KEY in one for one in self.urls)

    @property
    def is_shifted(self) -> bool:
        """Whether the tiles do not lie where surveyed data lie."""
        return self.datum in SHIFTED
