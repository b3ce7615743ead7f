"""What ``base_map:`` says in ``workspace.yaml``: whose tiles, in which datum.

Two faults are common and both are refused: a key written into an address, since pages
are passed on; and a host of shifted tiles that is called unshifted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from layers.base_map import DATUMS, GRIDS, KEY, BaseMap, TileHost
from layers.datum import declared

if TYPE_CHECKING:
    from layers.base_map import TileDatum
    from layers.document import Entry

KEYS = (
    *("title", "url", "grid", "datum", "max_level", "attribution"),
    *("zoom_offset", "with_key"),
)
PLACES = ("{z}", "{x}", "{y}")
SECRETS = frozenset(
    ("tk", "key", "ak", "sk", "sig", "token", "apikey", "api_key", "access_token")
)
"""Parameters of an address that hold what should not be passed on, any case."""
MOST_URLS, MOST_LEVEL, MOST_OFFSET = 3, 24, 2

_HOST = re.compile(r"(?i)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?&=,%+!@{}]+")
_PLACE = re.compile(r"\{[^}]*\}?|\}")

SHIFTED_HOSTS: tuple[tuple[str, TileDatum], ...] = (
    ("amap.com", "GCJ-02"),
    ("autonavi.com", "GCJ-02"),
    ("map.qq.com", "GCJ-02"),
    ("gtimg.com", "GCJ-02"),
    ("baidu.com", "BD-09"),
    ("bdimg.com", "BD-09"),
)
"""Endings of hosts whose tiles are shifted, whatever is declared: Gaode, Tencent
(`layers.datum.names` calls both GCJ-02) and Baidu."""


def base_map_of(entry: Entry | None) -> BaseMap | None:
    """Read ``base_map:``; None where the document has none.

    Raises
    ------
    DocumentError
        A key or value that cannot be; addresses of several hosts; a key in an address
        without ``with_key: true`` (it is never repeated); ``datum`` that is not that
        of a host which is known.
    """
    if entry is None:
        return None
    entry.only(*KEYS)
    flag = entry.get("with_key")
    with_key = flag.flag() if flag else False
    url = entry.need("url")
    urls = _urls(url)
    holding = [name for name in map(_written_key, urls) if name]
    if holding and not with_key:
        url.fail(
            f"{KEY} in place of the key, which the reader of a page is then asked for;"
            " or 'with_key: true' beside it: every page then holds the key",
            f"a key as {holding[0]!r}",
        )
    if with_key and not holding and flag:
        flag.fail("true only where the address holds a key")
    offset = entry.get("zoom_offset")
    return BaseMap(
        title=entry.need("title").text(),
        urls=urls,
        grid=next(one for one in GRIDS if one == entry.need("grid").one_of(*GRIDS)),
        datum=_datum(entry.need("datum"), TileHost.of(urls[0])),
        max_level=_whole(entry.need("max_level"), 1, MOST_LEVEL),
        attribution=entry.need("attribution").text(),
        zoom_offset=_whole(offset, -MOST_OFFSET, MOST_OFFSET) if offset else 0,
        holds_key=bool(holding),
    )


def _urls(entry: Entry) -> tuple[str, ...]:
    """Return the addresses: one text, or a list of a few of one host."""
    urls = entry.texts() if isinstance(entry.value, tuple) else (entry.text(),)
    if not 1 <= len(urls) <= MOST_URLS:
        entry.fail(f"one to {MOST_URLS} addresses", str(len(urls)))
    for one in urls:
        if fault := _fault(one):
            # not repeated: it may hold a key
            entry.fail(fault, "another address")
    if len({TileHost.of(one) for one in urls}) > 1:
        entry.fail("addresses of one host", "several hosts")
    return urls


def _fault(url: str) -> str | None:
    """Return what an address should be that this one is not; None when it is all.

    Only what can stand in a page's policy and script without being read as more than
    an address is let through.
    """
    if not _PLAIN.fullmatch(url):
        return "an address of letters, digits and -._~:/?&=,%+!@ alone"
    host = TileHost.of(url)
    if host.scheme not in {"https", "http"} or not _HOST.fullmatch(host.host):
        return "an address that begins with https:// or http:// and a host"
    if "{" in host.host or any(one not in url for one in PLACES):
        return f"an address with {', '.join(PLACES)}"
    if set(_PLACE.findall(url)) - {*PLACES, KEY}:
        return f"an address with no other place than {', '.join((*PLACES, KEY))}"
    return None


def _written_key(url: str) -> str | None:
    """Return the parameter of an address that holds a key as it is, else None."""
    pairs = parse_qsl(urlsplit(url).query)
    return next(
        (name for name, text in pairs if name.casefold() in SECRETS and text != KEY),
        None,
    )


def _datum(entry: Entry, host: TileHost) -> TileDatum:
    """Return the datum of the tiles; that of a known host cannot be called another."""
    said = declared(entry.value) or entry.one_of(*DATUMS)
    known = _datum_of_host(host)
    if known is not None and known != said:
        entry.fail(f"{known}, which the tiles of {host.host} are in")
    return next(one for one in DATUMS if one == said)


def _datum_of_host(host: TileHost) -> TileDatum | None:
    name = host.host.partition(":")[0].casefold()
    return next(
        (
            datum
            for ending, datum in SHIFTED_HOSTS
            if name == ending or name.endswith(f".{ending}")
        ),
        None,
    )


def _whole(entry: Entry, least: int, most: int) -> int:
    """Return a whole number of a range."""
    value = entry.number()
    if value != int(value) or not least <= value <= most:
        entry.fail(f"a whole number from {least} to {most}")
    return int(value)
